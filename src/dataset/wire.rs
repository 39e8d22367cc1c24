//! One line of a thread file: JSON in, [`Thread`] out.

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::comment::{Comment, Field, Kind, Label, Post, Role, Thread};

/// Why a line is no thread.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The bytes are no UTF-8.
    #[error("expected UTF-8 text, found byte 0x{byte:02x} at byte {at}")]
    Utf8 {
        /// The offending byte.
        byte: u8,
        /// Where it stands in the line, from 0.
        at: usize,
    },
    /// The line is no JSON object of the expected form.
    #[error("expected a thread as JSON: {}", of_line(.0))]
    Json(serde_json::Error),
    /// The line does not say which blog it is of.
    #[error("expected the name of a blog in `site`, found nothing to read")]
    NoSite,
    /// The line is longer than this program reads.
    #[error("expected a line of at most {limit} bytes, found a longer one")]
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
}

/// The message holds what serde_json says, so it is no source besides.
impl From<serde_json::Error> for LineError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

/// What serde_json says, without the number of a first line: whoever reads lines has a number of
/// their own.
fn of_line(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let (line, column) = (error.line(), error.column());
    let message = match message.strip_suffix(&format!(" at line {line} column {column}")) {
        Some(what) if line == 1 => format!("{what} at column {column}"),
        _ => message,
    };
    without_middle(message)
}

/// Characters that are kept of each end of a long message; what quotes nothing is shorter.
const END: usize = 150;

/// A message that quotes a long value without most of it: what was found stands before, what was
/// expected behind.
pub(super) fn without_middle(message: String) -> String {
    let start = message.char_indices().nth(END);
    let end = message.char_indices().nth_back(END - 1);
    match (start, end) {
        (Some((start, _)), Some((end, _))) if start < end => {
            format!("{} … {}", &message[..start], &message[end..])
        }
        _ => message,
    }
}

/// A line without the byte order mark that some editors begin a file with.
pub(super) fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
}

/// `None`: the key is missing. `Some(None)`: it is null.
type Key<T> = Option<Option<T>>;

fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Key<T>, D::Error> {
    Option::<T>::deserialize(input).map(Some)
}

/// Sources number their posts and comments, or name them.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected an id as text or as a number")]
enum Id {
    Text(String),
    Unsigned(u64),
    Signed(i64),
    Real(f64),
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        match id {
            Id::Text(text) => text,
            Id::Unsigned(number) => number.to_string(),
            Id::Signed(number) => number.to_string(),
            Id::Real(number) => number.to_string(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireLabel {
    Ham,
    Spam,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireRole {
    Visitor,
    Member,
    Staff,
}

/// What a key says that a comment lacks while another comment of the line has it.
#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Missing {
    Empty,
    Unknown,
}

#[derive(Deserialize, Default)]
struct WirePost {
    #[serde(default)]
    id: Option<Id>,
    #[serde(default, deserialize_with = "present")]
    title: Key<String>,
    #[serde(default, deserialize_with = "present")]
    body: Key<String>,
    #[serde(default, deserialize_with = "present")]
    url: Key<String>,
    #[serde(default, deserialize_with = "present")]
    author: Key<String>,
    #[serde(default, deserialize_with = "present")]
    tags: Key<Vec<String>>,
}

#[derive(Deserialize)]
struct WireComment {
    #[serde(default)]
    id: Option<Id>,
    #[serde(default, deserialize_with = "present")]
    parent: Key<Id>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default, deserialize_with = "present")]
    author: Key<String>,
    #[serde(default, deserialize_with = "present")]
    author_url: Key<String>,
    #[serde(default, deserialize_with = "present")]
    author_email: Key<String>,
    #[serde(default, deserialize_with = "present")]
    body: Key<String>,
    #[serde(default, deserialize_with = "present")]
    html: Key<String>,
    #[serde(default, deserialize_with = "present")]
    by_post_author: Key<bool>,
    #[serde(default)]
    label: Option<WireLabel>,
    #[serde(default, deserialize_with = "present")]
    honeypot: Key<bool>,
    #[serde(default, deserialize_with = "present")]
    seconds_on_page: Key<f64>,
    #[serde(default, deserialize_with = "present")]
    role: Key<WireRole>,
    #[serde(default)]
    relevance: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct WireThread {
    site: String,
    #[serde(default)]
    post: Option<Object<WirePost>>,
    comments: Vec<Object<WireComment>>,
    #[serde(default)]
    invented: Option<bool>,
    #[serde(default)]
    missing: Option<Missing>,
}

/// A JSON object. What serde derives for a struct would take an array as well, by the order of its
/// fields.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Fields<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = T;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(fields))
            }
        }
        input
            .deserialize_map(Fields(std::marker::PhantomData))
            .map(Self)
    }
}

/// Reads one line.
///
/// A missing key counts as left empty if any comment of the line has that key and the line does not
/// say otherwise, or else as unknown; null and an empty string were left empty. Unknown keys are
/// ignored, `posted` among them: it is never read.
///
/// # Errors
/// The line is no UTF-8, no JSON, or not a thread; the error says what was expected and where.
pub fn parse_thread(line: &[u8]) -> Result<Thread, LineError> {
    let bytes = without_mark(line);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = line.len() - bytes.len() + error.valid_up_to();
        let byte = line.get(at).copied().unwrap_or_default();
        LineError::Utf8 { byte, at }
    })?;
    let Object::<WireThread>(wire) = serde_json::from_str(text)?;
    if wire.site.trim().is_empty() {
        return Err(LineError::NoSite);
    }
    let comments = wire.comments.into_iter();
    let mut thread = Thread {
        site: wire.site,
        post: post(wire.post.map(|Object(post)| post).unwrap_or_default()),
        comments: comments.map(|Object(wire)| comment(wire)).collect(),
        is_invented: wire.invented.unwrap_or(false),
        missing_is_unknown: wire.missing == Some(Missing::Unknown),
    };
    thread.settle_missing();
    Ok(thread)
}

/// Reads a comment by itself, which must have a body, perhaps one that was left empty. Its label is
/// read like any other key.
///
/// # Errors
/// It is no JSON object of the form that a thread's comments have.
pub fn parse_comment(json: &str) -> Result<Comment, serde_json::Error> {
    let Object::<WireComment>(wire) = serde_json::from_str(json)?;
    if wire.body.is_none() {
        return Err(serde::de::Error::missing_field("body"));
    }
    Ok(comment(wire))
}

/// Reads a post by itself, which must have a title or a body.
///
/// # Errors
/// It is no JSON object of the form that a thread's post has.
pub fn parse_post(json: &str) -> Result<Post, serde_json::Error> {
    let Object::<WirePost>(wire) = serde_json::from_str(json)?;
    if wire.title.is_none() && wire.body.is_none() {
        return Err(serde::de::Error::custom(
            "missing fields `title` and `body`, of which a post has one at least",
        ));
    }
    Ok(post(wire))
}

fn post(wire: WirePost) -> Post {
    Post {
        id: wire.id.map(String::from).unwrap_or_default(),
        title: text(wire.title),
        body: text(wire.body),
        url: text(wire.url),
        author: text(wire.author),
        tags: match wire.tags {
            None => Field::Unknown,
            Some(tags) => {
                let tags: Vec<String> = tags
                    .into_iter()
                    .flatten()
                    .filter(|tag| !tag.trim().is_empty())
                    .collect();
                if tags.is_empty() {
                    Field::Empty
                } else {
                    Field::Known(tags)
                }
            }
        },
    }
}

fn text(key: Key<String>) -> Field<String> {
    match key {
        Some(Some(value)) => Field::from(value),
        Some(None) => Field::Empty,
        None => Field::Unknown,
    }
}

fn value<T>(key: Key<T>) -> Field<T> {
    match key {
        Some(Some(value)) => Field::Known(value),
        Some(None) => Field::Empty,
        None => Field::Unknown,
    }
}

/// A missing key leaves its field unknown; see [`Thread::settle_missing`].
fn comment(wire: WireComment) -> Comment {
    Comment {
        id: wire.id.map(String::from).unwrap_or_default(),
        // A parent that is not present is unknown: a flat source and a first comment look alike.
        parent: match wire.parent {
            Some(Some(id)) => Field::from(String::from(id)),
            Some(None) | None => Field::Unknown,
        },
        kind: wire
            .kind
            .as_deref()
            .map(Kind::from_name)
            .unwrap_or_default(),
        author: text(wire.author),
        author_url: text(wire.author_url),
        author_email: text(wire.author_email),
        body: wire.body.flatten().unwrap_or_default(),
        html: text(wire.html),
        by_post_author: value(wire.by_post_author),
        label: wire.label.map(|label| match label {
            WireLabel::Ham => Label::Ham,
            WireLabel::Spam => Label::Spam,
        }),
        honeypot: value(wire.honeypot),
        seconds_on_page: match value(wire.seconds_on_page) {
            Field::Known(seconds) if !seconds.is_finite() || seconds < 0.0 => Field::Unknown,
            seconds => seconds,
        },
        role: match value(wire.role) {
            Field::Known(WireRole::Visitor) => Field::Known(Role::Visitor),
            Field::Known(WireRole::Member) => Field::Known(Role::Member),
            Field::Known(WireRole::Staff) => Field::Known(Role::Staff),
            Field::Empty => Field::Empty,
            Field::Unknown => Field::Unknown,
        },
        relevance: wire.relevance.and_then(|value| match value {
            serde_json::Value::String(text) => Some(text),
            _ => None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Thread {
        parse_thread(line.as_bytes()).unwrap()
    }

    #[test]
    fn a_missing_key_is_unknown_unless_another_comment_of_the_line_has_it() {
        let thread = parse(
            r#"{"site":"s","post":{"id":7},"comments":[{"id":1,"body":"a"},{"id":2,"body":"b","author":null,"author_url":""}]}"#,
        );
        assert_eq!(thread.post.id, "7");
        assert_eq!(thread.comments[0].author, Field::Empty);
        assert_eq!(thread.comments[0].author_url, Field::Empty);
        assert_eq!(thread.comments[0].author_email, Field::Unknown);
        assert_eq!(thread.comments[1].author, Field::Empty);
        assert_eq!(thread.post.title, Field::Unknown);
    }

    #[test]
    fn a_line_may_say_that_what_is_missing_is_unknown() {
        let line = |missing: &str| {
            format!(
                r#"{{"site":"s","missing":{missing},"comments":[{{"body":"a"}},{{"body":"b","author":"","role":"staff"}}]}}"#
            )
        };
        let thread = parse(&line(r#""unknown""#));
        assert_eq!(thread.comments[0].author, Field::Unknown);
        assert_eq!(thread.comments[0].role, Field::Unknown);
        assert_eq!(thread.comments[1].author, Field::Empty);
        for otherwise in [r#""empty""#, "null"] {
            assert_eq!(parse(&line(otherwise)).comments[0].author, Field::Empty);
        }
        assert!(parse_thread(line(r#""lost""#).as_bytes()).is_err());
    }

    #[test]
    fn a_parent_that_is_not_present_stays_unknown() {
        let thread = parse(
            r#"{"site":"s","comments":[{"id":"1","body":"a"},{"id":"2","parent":"1","body":"b"}]}"#,
        );
        assert_eq!(thread.comments[0].parent, Field::Unknown);
        assert_eq!(thread.comments[1].parent, Field::Known("1".into()));
    }

    #[test]
    fn unknown_keys_kinds_and_the_date_are_no_trouble() {
        let thread = parse(
            r#"{"site":"s","x":[[1]],"post":null,"comments":[{"posted":17,"kind":"webmention","body":null}]}"#,
        );
        assert_eq!(thread.comments[0].kind, Kind::Other);
        assert_eq!(thread.comments[0].body, "");
        assert!(!thread.is_invented);
        assert!(parse(r#"{"site":"s","invented":true,"comments":[]}"#).is_invented);
    }

    #[test]
    fn a_comment_by_itself_has_a_body_that_may_be_null() {
        assert_eq!(parse_comment(r#"{"body":null}"#).unwrap().body, "");
        assert!(parse_comment(r#"{"author":"Anna"}"#).is_err());
    }

    #[test]
    fn errors_say_what_was_expected_and_where() {
        for (line, expected) in [
            (
                &b"{\"site\":\"s\",\"comments\":[{\"label\":\"junk\"}]}"[..],
                "unknown variant `junk`",
            ),
            (b"{\"comments\":[]}", "missing field `site`"),
            (
                b"{\"site\":\" \",\"comments\":[]}",
                "expected the name of a blog in `site`",
            ),
            (b"{\"site\":\"s\",\"comments\":[", "EOF while parsing"),
            (b"{\"site\":\"\xff\"}", "found byte 0xff at byte 9"),
            // A byte order mark counts, as it stands in the line.
            (
                b"\xef\xbb\xbf{\"site\":\"\xff\"}",
                "found byte 0xff at byte 12",
            ),
        ] {
            let message = parse_thread(line).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
        let line = format!(
            r#"{{"site":"s","comments":[{{"label":"{}"}}]}}"#,
            "ж".repeat(10_000)
        );
        let message = parse_thread(line.as_bytes()).unwrap_err().to_string();
        assert!(message.chars().count() < 400, "{message}");
        assert!(message.contains("unknown variant `жжж"), "{message}");
        assert!(
            message.contains("жжж`, expected `ham` or `spam`"),
            "{message}"
        );
    }
}
