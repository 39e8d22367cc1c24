//! A form field that was filled in, left empty, or never asked for.

/// The value of a form field.
///
/// *Unknown is not absent*: a reader who leaves the homepage field empty says something, a caller
/// that does not transmit the field says nothing. A signal that stands on an unknown field is
/// unknown itself and contributes exactly zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Field<T> {
    /// The field was filled in. Never an empty string.
    Known(T),
    /// The field was there and left empty.
    Empty,
    /// The caller does not say.
    #[default]
    Unknown,
}

impl<T> Field<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Empty | Self::Unknown => None,
        }
    }

    /// Whether the caller does not say.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether the field was there and left empty.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

impl Field<String> {
    /// The value as a string slice: empty when the field was left empty, `None` when unknown.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Known(value) => Some(value),
            Self::Empty => Some(""),
            Self::Unknown => None,
        }
    }
}

impl From<String> for Field<String> {
    /// White space alone counts as left empty.
    fn from(value: String) -> Self {
        if value.trim().is_empty() {
            Self::Empty
        } else {
            Self::Known(value)
        }
    }
}

impl From<&str> for Field<String> {
    /// White space alone counts as left empty.
    fn from(value: &str) -> Self {
        Self::from(value.to_owned())
    }
}
