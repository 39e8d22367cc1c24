//! A JSON object to fields.

use serde_json::{Map, Value};

use super::form::NAME_LIMIT;
use super::{Fields, FormError};

/// Reads a JSON object: what is nested gets names like `comment_context[0]`, null and an empty list
/// are fields left empty, truth values are `true` and `false`.
pub(super) fn parse(text: &str) -> Result<Fields, FormError> {
    let object: Map<String, Value> = serde_json::from_str(text).map_err(FormError::Json)?;
    let mut fields = Fields::default();
    for (name, value) in object {
        flatten(name, value, &mut fields);
    }
    Ok(fields)
}

/// Goes no deeper than serde_json reads (128 levels), and copies no name that is too long.
fn flatten(name: String, value: Value, fields: &mut Fields) {
    if name.len() > NAME_LIMIT {
        return;
    }
    match value {
        Value::Null => fields.push(name, String::new()),
        Value::Bool(value) => fields.push(name, value.to_string()),
        Value::Number(value) => fields.push(name, value.to_string()),
        Value::String(value) => fields.push(name, value),
        Value::Array(items) if items.is_empty() => fields.push(name, String::new()),
        Value::Array(items) => {
            for (index, item) in items.into_iter().enumerate() {
                flatten(format!("{name}[{index}]"), item, fields);
            }
        }
        Value::Object(entries) => {
            for (key, item) in entries {
                flatten(format!("{name}[{key}]"), item, fields);
            }
        }
    }
}
