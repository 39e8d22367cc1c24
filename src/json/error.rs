//! Why JSON is not what it is read as.

use serde_json::error::Category;

/// Why JSON is not what it is read as: what was expected, what was found, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    message: String,
    is_json: bool,
}

impl Error {
    /// `path` leads to the value, such as `comments[0].label`.
    pub(super) fn new(path: &str, error: &serde_json::Error) -> Self {
        let message = error.to_string();
        let (line, column) = (error.line(), error.column());
        let what = message.strip_suffix(&format!(" at line {line} column {column}"));
        // It counts what was read: the end, and what follows a line's end, is a column further.
        let column = (column + usize::from(error.is_eof())).max(1);
        let place = match what {
            None => String::new(),
            // Who writes one line has a number of their own for it.
            Some(_) if line == 1 => format!(" at column {column}"),
            Some(_) => format!(" at line {line} column {column}"),
        };
        let what = in_words(what.unwrap_or(&message));
        let is_json = error.classify() == Category::Data;
        let message = match path {
            // The whole is called so.
            "" | "." => format!("{what}{place}"),
            _ if is_json => format!("in `{path}`: {what}{place}"),
            _ => format!("{what}{place}"),
        };
        Self {
            message: without_middle(message),
            is_json,
        }
    }

    /// That there is no JSON at all, but what was found.
    pub(super) fn no_json(found: String) -> Self {
        Self {
            message: format!("expected an object, found {found}"),
            is_json: false,
        }
    }

    /// That JSON lacks what is said.
    pub fn lacking(what: impl Into<String>) -> Self {
        Self {
            message: what.into(),
            is_json: true,
        }
    }

    /// Whether it is JSON, though not of the form that was expected.
    pub fn is_json(&self) -> bool {
        self.is_json
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::new("", &error)
    }
}

/// What serde says of types, in the words of those who write JSON. What is quoted stands in the middle
/// and stays as it is.
fn in_words(message: &str) -> String {
    let mismatch = ["invalid type: ", "invalid value: "]
        .into_iter()
        .find_map(|kind| message.strip_prefix(kind));
    let Some((found, expected)) = mismatch.and_then(|it| it.rsplit_once(", expected ")) else {
        return message.to_owned();
    };
    let expected = match expected {
        "a string" => "text",
        "a sequence" => "a list",
        "a map" => "an object",
        "a boolean" => "`true` or `false`",
        "f32" | "f64" => "a number",
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => {
            "a whole number"
        }
        other => other,
    };
    let found = match found {
        "sequence" => "a list".to_owned(),
        "map" => "an object".to_owned(),
        other => {
            let values = [
                ("string ", "text "),
                ("integer ", "number "),
                ("floating point ", "number "),
                ("boolean ", ""),
            ];
            let value = values
                .into_iter()
                .find_map(|(kind, word)| Some((word, other.strip_prefix(kind)?)));
            value.map_or_else(|| other.to_owned(), |(word, it)| format!("{word}{it}"))
        }
    };
    format!("expected {expected}, found {found}")
}

/// Characters that are kept of each end of a long message; what quotes nothing is shorter.
const END: usize = 150;

/// A message that quotes a long value without most of it: what was found stands before or behind it,
/// what was expected at the other end.
pub fn without_middle(message: String) -> String {
    let start = message.char_indices().nth(END);
    let end = message.char_indices().nth_back(END - 1);
    match (start, end) {
        (Some((start, _)), Some((end, _))) if start < end => {
            format!("{} … {}", &message[..start], &message[end..])
        }
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_from_one_and_what_is_no_json_is_told() {
        let message = |json: &str| {
            let read: Result<serde_json::Value, _> = super::super::read(json.as_bytes());
            read.unwrap_err().to_string()
        };
        for json in ["", " \n"] {
            assert_eq!(message(json), "expected an object, found an empty text");
        }
        assert_eq!(
            message(" author,body\x1b[2J"),
            "expected an object, found text that begins with `author,body\u{fffd}[2J`"
        );
        assert_eq!(message("{"), "EOF while parsing an object at column 2");
        assert_eq!(
            message("{\n"),
            "EOF while parsing an object at line 2 column 1"
        );
        assert_eq!(
            message("7"),
            "expected an object, found number `7` at column 1"
        );
        assert!(message("{\"a\": \"\n\"}").ends_with(" at line 2 column 1"));
    }

    #[test]
    fn types_are_told_in_words_and_what_is_quoted_stays() {
        for (message, expected) in [
            (
                r#"invalid type: string "a, expected a map", expected a sequence"#,
                r#"expected a list, found text "a, expected a map""#,
            ),
            (
                "invalid type: integer `12`, expected a string",
                "expected text, found number `12`",
            ),
            (
                "invalid type: boolean `true`, expected f64",
                "expected a number, found `true`",
            ),
            (
                "invalid type: null, expected a boolean",
                "expected `true` or `false`, found null",
            ),
            (
                "invalid type: map, expected a string",
                "expected text, found an object",
            ),
            (
                "invalid value: floating point `0.5`, expected u32",
                "expected a whole number, found number `0.5`",
            ),
            ("missing field `site`", "missing field `site`"),
        ] {
            assert_eq!(in_words(message), expected);
        }
    }
}
