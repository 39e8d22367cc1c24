//! A JSON object to fields.

use std::fmt::Formatter;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Fields, FormError};
use crate::json::whole_characters;

/// Reads a JSON object: what is nested gets names like `comment_context[0]`, null and an empty list
/// are fields left empty, truth values are `true` and `false`.
pub(super) fn parse(text: &str) -> Result<Fields, FormError> {
    let read = serde_json::from_slice(&whole_characters(text.as_bytes()));
    let Form(fields) = read.map_err(FormError::Json)?;
    Ok(fields)
}

/// The object.
struct Form(Fields);

impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Form;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Form, A::Error> {
                let mut fields = Fields::default();
                while let Some(mut name) = entries.next_key()? {
                    entries.next_value_seed(Named {
                        name: &mut name,
                        fields: &mut fields,
                    })?;
                }
                Ok(Form(fields))
            }
        }

        input.deserialize_map(Entries)
    }
}

/// Reads a value straight into the fields, and skips what finds no room there: whoever has no key may
/// send any number of values. Goes no deeper than serde_json reads (128 levels).
struct Named<'a> {
    name: &'a mut String,
    fields: &'a mut Fields,
}

impl Named<'_> {
    fn push<E>(self, value: impl ToString) -> Result<(), E> {
        self.fields.push(self.name.clone(), value.to_string());
        Ok(())
    }

    /// The value at a place in this one.
    fn at(&mut self, place: &str) -> Named<'_> {
        self.name.extend(["[", place, "]"]);
        Named {
            name: self.name,
            fields: self.fields,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Named<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        if self.fields.has_room(self.name) {
            input.deserialize_any(self)
        } else {
            IgnoredAny::deserialize(input).map(drop)
        }
    }
}

impl<'de> Visitor<'de> for Named<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.push("")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.push(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.push(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.push(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.push(Value::from(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.push(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let length = self.name.len();
        let mut index = 0;
        while items
            .next_element_seed(self.at(&index.to_string()))?
            .is_some()
        {
            self.name.truncate(length);
            index += 1;
        }
        self.name.truncate(length);
        if index == 0 { self.push("") } else { Ok(()) }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let length = self.name.len();
        while let Some(key) = entries.next_key::<String>()? {
            entries.next_value_seed(self.at(&key))?;
            self.name.truncate(length);
        }
        Ok(())
    }
}
