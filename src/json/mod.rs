//! Takes JSON that others wrote and gives values, or an [`Error`] that says where and in words that are
//! not those of a program.
//!
//! Invariants:
//! - what is to be an object is read from an object and from nothing else, a name from a text;
//! - a key that is null is told from one that is missing;
//! - what an error quotes is bounded.
//!
//! Not here: what keys there are, and how much of each is taken.

mod error;
mod key;
mod own_id;
mod shape;
mod surrogates;

use serde::de::DeserializeOwned;

pub use error::{Error, without_middle};
pub use key::{Key, present, text, value};
pub use own_id::OwnId;
pub use shape::{Named, Object, object, object_or_null};
pub use surrogates::whole_characters;

/// Reads a JSON object, perhaps behind a byte order mark.
///
/// # Errors
/// It is no JSON, or none of the form that is expected; the error says where.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Error> {
    let json = begun(json)?;
    let mut reader = serde_json::Deserializer::from_slice(json);
    let Object(value) = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| Error::new(&error.path().to_string(), error.inner()))?;
    reader.end()?;
    Ok(value)
}

/// A text without the byte order mark that some editors begin a file with.
pub fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// A text that begins as JSON does, without its mark. Of any other one, the parser would say where it
/// stopped and not what it found there.
fn begun(json: &[u8]) -> Result<&[u8], Error> {
    let json = without_mark(json);
    let text = json.trim_ascii_start();
    let is_begun = match text.first() {
        None => return Err(Error::no_json("an empty text".to_owned())),
        Some(first) => b"{[\"-0123456789".contains(first),
    };
    let names = ["true", "false", "null"];
    if is_begun || names.iter().any(|name| text.starts_with(name.as_bytes())) {
        return Ok(json);
    }
    let text = String::from_utf8_lossy(&text[..text.len().min(80)]);
    let shown = |character: char| {
        if character.is_control() {
            '\u{fffd}'
        } else {
            character
        }
    };
    let start: String = text.chars().take(20).map(shown).collect();
    Err(Error::no_json(format!("text that begins with `{start}`")))
}

/// The same, and tells of each key that is none of the value's.
///
/// # Errors
/// Those of [`read`].
pub fn read_noting<T: DeserializeOwned>(
    json: &[u8],
    note: impl FnMut(serde_ignored::Path<'_>),
) -> Result<T, Error> {
    let json = begun(json)?;
    let mut reader = serde_json::Deserializer::from_slice(json);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut reader, &mut track);
    let read = serde_ignored::deserialize(tracked, note);
    let Object(value) = read.map_err(|error| Error::new(&track.path().to_string(), &error))?;
    reader.end()?;
    Ok(value)
}
