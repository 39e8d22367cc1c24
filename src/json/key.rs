//! Keys of an object that may be there, be null, or be missing.

use serde::{Deserialize, Deserializer};

use crate::comment::Field;

/// `None`: the key is missing, and nothing is known. `Some(None)`: it was left empty.
pub type Key<T> = Option<Option<T>>;

/// Tells a key that is null from one that is missing.
///
/// # Errors
/// Those of the value.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    input: D,
) -> Result<Key<T>, D::Error> {
    Option::<T>::deserialize(input).map(Some)
}

/// What a form field says that has any value.
pub fn value<T>(key: Key<T>) -> Field<T> {
    match key {
        None => Field::Unknown,
        Some(None) => Field::Empty,
        Some(Some(value)) => Field::Known(value),
    }
}

/// What a form field says that has a text; white space alone was left empty.
pub fn text(key: Key<impl Into<String>>) -> Field<String> {
    match key {
        None => Field::Unknown,
        Some(None) => Field::Empty,
        Some(Some(text)) => Field::from(text.into()),
    }
}
