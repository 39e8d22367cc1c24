//! Lists of a body, of which no more is kept than may be there.

use std::marker::PhantomData;

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::fields::Fields;

/// A list of at most `MOST` entries. What goes beyond is counted and thrown away as it is read: a body
/// that is packed into a few kilobytes may have millions.
#[derive(Debug, Clone)]
pub(super) struct List<T, const MOST: usize> {
    pub(super) kept: Vec<T>,
    found: usize,
}

impl<T, const MOST: usize> List<T, MOST> {
    /// Whether it is as short as it has to be.
    pub(super) fn check(&self, field: &str, entries: &str, fields: &mut Fields) {
        fields.expect(
            self.found <= MOST,
            field,
            &format!("at most {MOST} {entries}"),
            self.found.to_string(),
        );
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for List<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Entries<T, const MOST: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Entries<T, MOST> {
            type Value = List<T, MOST>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut kept = Vec::new();
                while kept.len() < MOST
                    && let Some(entry) = entries.next_element()?
                {
                    kept.push(entry);
                }
                let mut found = kept.len();
                while found >= MOST && entries.next_element::<IgnoredAny>()?.is_some() {
                    found += 1;
                }
                Ok(List { kept, found })
            }
        }

        input.deserialize_seq(Entries(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_beyond_is_counted_and_not_kept() {
        let read = |text: &str| serde_json::from_str::<List<u8, 2>>(text);
        for (text, kept, found) in [
            ("[]", &[][..], 0),
            ("[1]", &[1], 1),
            ("[1,2]", &[1, 2], 2),
            ("[1,2,{},[3],\"x\"]", &[1, 2], 5),
        ] {
            let list = read(text).unwrap();
            assert_eq!((&list.kept[..], list.found), (kept, found), "{text}");
            let mut fields = Fields::default();
            list.check("numbers", "numbers", &mut fields);
            assert_eq!(fields.done().is_ok(), found <= 2, "{text}");
        }
        for bad in ["[1,{}]", "[1,2,3", "{}"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
