//! Ids that blogs give.

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// An id of the blog's own, of a post or a comment: a text, or a whole number that fits into 64 bits
/// with a sign, as the API says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnId(pub String);

impl From<OwnId> for String {
    fn from(OwnId(id): OwnId) -> Self {
        id
    }
}

impl<'de> Deserialize<'de> for OwnId {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = OwnId;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an id as text or as a whole number")
            }

            fn visit_str<E: Error>(self, id: &str) -> Result<OwnId, E> {
                Ok(OwnId(id.to_owned()))
            }

            fn visit_string<E: Error>(self, id: String) -> Result<OwnId, E> {
                Ok(OwnId(id))
            }

            fn visit_u64<E: Error>(self, id: u64) -> Result<OwnId, E> {
                i64::try_from(id)
                    .map_err(|_| E::invalid_value(Unexpected::Unsigned(id), &self))
                    .and_then(|id| self.visit_i64(id))
            }

            fn visit_i64<E: Error>(self, id: i64) -> Result<OwnId, E> {
                Ok(OwnId(id.to_string()))
            }

            fn visit_f64<E: Error>(self, id: f64) -> Result<OwnId, E> {
                // To JSON, 12.0 is as whole as 12. Beyond 2⁵³ different ids are read as the same.
                if id.fract() == 0.0 && id.abs() <= (1_u64 << 53) as f64 {
                    self.visit_i64(id as i64)
                } else {
                    Err(E::invalid_type(Unexpected::Float(id), &self))
                }
            }
        }

        input.deserialize_any(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_text_or_a_whole_number() {
        let read = |json: &str| serde_json::from_str::<OwnId>(json).map(String::from);
        for (json, expected) in [
            ("\"a-1\"", "a-1"),
            ("\"\"", ""),
            ("12", "12"),
            ("-3", "-3"),
            ("12.0", "12"),
            ("-0.0", "0"),
            ("9223372036854775807", "9223372036854775807"),
        ] {
            assert_eq!(read(json).unwrap(), expected);
        }
        for json in [
            "12.5",
            "9223372036854775808",
            "18446744073709551616",
            "true",
            "null",
            "[1]",
            "{}",
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
