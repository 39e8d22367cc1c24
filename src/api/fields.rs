//! What of a request is not as expected.

use super::problem::Problem;
use crate::json::Key;
use crate::moderation::{Invalid, is_blank};

/// Collects what is not as expected.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<Invalid>);

impl Fields {
    pub(super) fn expect(&mut self, holds: bool, field: &str, expected: &str, found: String) {
        if !holds {
            self.0.push(Invalid {
                field: field.to_owned(),
                expected: expected.to_owned(),
                found,
            });
        }
    }

    /// A text that is more than white space and invisible characters, of at most so many characters.
    pub(super) fn text(&mut self, field: &str, text: &str, most: usize) {
        self.length(field, Some(text), most);
        self.expect(
            !is_blank(text),
            field,
            "more than white space and invisible characters",
            format!("`{text}`"),
        );
    }

    /// At most so many characters.
    pub(super) fn length(&mut self, field: &str, text: Option<&str>, most: usize) {
        let Some(text) = text else { return };
        // Bytes are at least as many as characters, and cheaper to count.
        if text.len() > most {
            let found = text.chars().count();
            self.expect(
                found <= most,
                field,
                &format!("at most {most} characters"),
                found.to_string(),
            );
        }
    }

    /// The same of what a key may leave empty.
    pub(super) fn key(&mut self, field: &str, key: &Key<String>, most: usize) {
        self.length(field, key.as_ref().and_then(|text| text.as_deref()), most);
    }

    pub(super) fn done(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Problem::with(self.0))
        }
    }
}
