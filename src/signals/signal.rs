//! What a signal is.

use std::ops::Range;

use super::Scene;
use crate::lexical::Field;

/// Which way a signal may count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// Any shape.
    Free,
    /// More of it never makes spam less likely.
    Rising,
    /// More of it never makes spam more likely.
    Falling,
}

/// Where the contribution of a signal comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Weight {
    /// Learned from labelled comments.
    Trained,
    /// Written down, and modest: labelled data don't show this signal, or on so few blogs that what
    /// is learned is about these blogs. `values[i]` log-odds for a value above `edges[i - 1]` and up
    /// to `edges[i]`.
    Fixed {
        /// Rising edges.
        edges: &'static [f32],
        /// One value more than edges, in log-odds.
        values: &'static [f64],
    },
}

/// What a signal stands on, in words and places.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// A reason that a blogger understands, a phrase without a full stop.
    pub reason: String,
    /// Places in the original body of the comment, in bytes.
    pub places: Vec<Range<usize>>,
}

impl Evidence {
    /// A reason without a place in the body.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            places: Vec::new(),
        }
    }

    /// Adds places.
    pub fn at(mut self, places: impl IntoIterator<Item = Range<usize>>) -> Self {
        let places = places.into_iter().filter(|place| !place.is_empty());
        self.places.extend(places.take(Self::MAX_PLACES));
        self
    }

    /// Most places that are named.
    pub const MAX_PLACES: usize = 12;
}

/// One thing that is looked at.
#[derive(Clone, Copy)]
pub struct Signal {
    /// The stable name, which files, reports and the command line use. It says what is seen.
    pub name: &'static str,
    /// The documentation under its five headings, as Markdown.
    pub doc: &'static str,
    /// Which way it may count.
    pub trend: Trend,
    /// Where its contribution comes from.
    pub weight: Weight,
    /// The field whose lexical score it is, for a signal that goes by words.
    pub field: Option<Field>,
    /// The value; NaN if it is unknown.
    pub observe: fn(&Scene<'_>) -> f32,
    /// The reason for a known value.
    pub explain: fn(&Scene<'_>, f32) -> Evidence,
}

impl std::fmt::Debug for Signal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signal")
            .field("name", &self.name)
            .field("trend", &self.trend)
            .finish()
    }
}

/// Declares the signal of a file: its documentation becomes both the item's docs and the text that
/// `ontopic signals` prints, so that the two cannot differ. `score of` a field is the lexical score of
/// that field; what any other signal is, `observe` says.
macro_rules! signal {
    ($(#[doc = $doc:literal])+ $name:literal, $trend:ident) => {
        signal!($(#[doc = $doc])+ $name, $trend, $crate::signals::Weight::Trained);
    };
    ($(#[doc = $doc:literal])+ $name:literal, $trend:ident, score of $field:ident) => {
        fn observe(scene: &$crate::signals::Scene<'_>) -> f32 {
            scene.lexical[$crate::lexical::Field::$field as usize]
        }

        signal!(
            @ $(#[doc = $doc])+ $name, $trend, $crate::signals::Weight::Trained,
            Some($crate::lexical::Field::$field)
        );
    };
    ($(#[doc = $doc:literal])+ $name:literal, $trend:ident, $weight:expr) => {
        signal!(@ $(#[doc = $doc])+ $name, $trend, $weight, None);
    };
    (@ $(#[doc = $doc:literal])+ $name:literal, $trend:ident, $weight:expr, $field:expr) => {
        $(#[doc = $doc])+
        pub(super) const SIGNAL: $crate::signals::Signal = $crate::signals::Signal {
            name: $name,
            doc: concat!($($doc, "\n"),+),
            trend: $crate::signals::Trend::$trend,
            weight: $weight,
            field: $field,
            observe,
            explain,
        };
    };
}
pub(super) use signal;
