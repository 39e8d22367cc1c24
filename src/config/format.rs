//! What values look like.

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use super::Secret;

/// Fewest characters of a token: 16 of 64 kinds are 96 bits.
const MIN_TOKEN: usize = 16;

/// Reads values of one kind.
pub(super) trait Format {
    /// What is read.
    type Value;
    /// Reads a value as a flag gives it.
    fn read(&self, text: &str) -> Option<Self::Value>;
    /// What a value has to be, to come after `expected`.
    fn expected(&self) -> String;
    /// Whether a file has the value in quotes.
    fn quoted(&self) -> bool {
        true
    }
    /// Whether the value must not be shown.
    fn secret(&self) -> bool {
        false
    }
}

/// A whole number in a range that includes its ends.
pub(super) struct Whole<T> {
    least: u64,
    most: u64,
    value: PhantomData<T>,
}

/// A whole number from `least` to `most`.
pub(super) fn whole<T>(least: u64, most: u64) -> Whole<T> {
    Whole {
        least,
        most,
        value: PhantomData,
    }
}

impl<T: TryFrom<u64>> Format for Whole<T> {
    type Value = T;

    fn read(&self, text: &str) -> Option<T> {
        let number: u64 = text.parse().ok()?;
        (self.least..=self.most)
            .contains(&number)
            .then(|| T::try_from(number).ok())?
    }

    fn expected(&self) -> String {
        format!("a whole number from {} to {}", self.least, self.most)
    }

    fn quoted(&self) -> bool {
        false
    }
}

/// A limit, where 0 is none.
pub(super) struct LimitOrNone;

impl Format for LimitOrNone {
    type Value = Option<NonZeroU32>;

    fn read(&self, text: &str) -> Option<Self::Value> {
        text.parse().ok().map(NonZeroU32::new)
    }

    fn expected(&self) -> String {
        format!("a whole number up to {}, or 0 for no limit", u32::MAX)
    }

    fn quoted(&self) -> bool {
        false
    }
}

/// `true` or `false`.
pub(super) struct Switch;

impl Format for Switch {
    type Value = bool;

    fn read(&self, text: &str) -> Option<bool> {
        text.parse().ok()
    }

    fn expected(&self) -> String {
        "true or false".to_owned()
    }

    fn quoted(&self) -> bool {
        false
    }
}

/// An address of this machine.
pub(super) struct Address;

impl Format for Address {
    type Value = SocketAddr;

    fn read(&self, text: &str) -> Option<SocketAddr> {
        text.parse().ok()
    }

    fn expected(&self) -> String {
        "an address with its port, such as \"127.0.0.1:8080\"".to_owned()
    }
}

/// A file or a folder.
pub(super) struct Path;

impl Format for Path {
    type Value = PathBuf;

    fn read(&self, text: &str) -> Option<PathBuf> {
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    fn expected(&self) -> String {
        "a path".to_owned()
    }
}

/// A secret that callers show.
pub(super) struct Token;

impl Format for Token {
    type Value = Secret;

    fn read(&self, text: &str) -> Option<Secret> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        (visible && text.len() >= MIN_TOKEN).then(|| Secret::new(text.to_owned()))
    }

    fn expected(&self) -> String {
        format!("at least {MIN_TOKEN} characters of ASCII without spaces")
    }

    fn secret(&self) -> bool {
        true
    }
}

/// One of a few names.
pub(super) struct Choice<T: 'static>(pub(super) &'static [(&'static str, T)]);

impl<T: Copy> Format for Choice<T> {
    type Value = T;

    fn read(&self, text: &str) -> Option<T> {
        let found = self.0.iter().find(|(name, _)| *name == text);
        found.map(|(_, value)| *value)
    }

    fn expected(&self) -> String {
        let names: Vec<String> = self.0.iter().map(|(name, _)| format!("{name:?}")).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => names.concat(),
        }
    }
}

/// A value that may be left out, or left empty.
pub(super) struct Optional<F>(pub(super) F);

impl<F: Format> Format for Optional<F> {
    type Value = Option<F::Value>;

    fn read(&self, text: &str) -> Option<Self::Value> {
        if text.is_empty() {
            Some(None)
        } else {
            self.0.read(text).map(Some)
        }
    }

    fn expected(&self) -> String {
        format!("{}, or nothing", self.0.expected())
    }

    fn quoted(&self) -> bool {
        self.0.quoted()
    }

    fn secret(&self) -> bool {
        self.0.secret()
    }
}
