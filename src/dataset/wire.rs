//! One line of a thread file: JSON in, [`Thread`] out.

use serde::Deserialize;

use super::unknown_keys::UnknownKeys;
use crate::comment::{Comment, Field, Kind, Label, Post, Role, Thread};
use crate::json::{self, Key, Named, Object, OwnId, present, text, value, without_mark};

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
    #[error("expected a thread as JSON: {0}")]
    Json(json::Error),
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

/// The message holds what the error says, so it is no source besides.
impl From<json::Error> for LineError {
    fn from(error: json::Error) -> Self {
        Self::Json(error)
    }
}

impl From<serde_json::Error> for LineError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error.into())
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
    id: Option<OwnId>,
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
    id: Option<OwnId>,
    #[serde(default, deserialize_with = "present")]
    parent: Key<OwnId>,
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
    label: Option<Named<WireLabel>>,
    #[serde(default, deserialize_with = "present")]
    honeypot: Key<bool>,
    #[serde(default, deserialize_with = "present")]
    seconds_on_page: Key<f64>,
    #[serde(default, deserialize_with = "present")]
    role: Key<Named<WireRole>>,
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
    missing: Option<Named<Missing>>,
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
    parse_thread_noting(line).map(|(thread, _)| thread)
}

/// The same, with the keys that are ignored, but for the time of posting.
///
/// # Errors
/// Those of [`parse_thread`].
pub fn parse_thread_noting(line: &[u8]) -> Result<(Thread, UnknownKeys), LineError> {
    let bytes = without_mark(line);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = line.len() - bytes.len() + error.valid_up_to();
        let byte = line.get(at).copied().unwrap_or_default();
        LineError::Utf8 { byte, at }
    })?;
    let mut unknown = UnknownKeys::default();
    let wire: WireThread =
        json::read_noting(text.as_bytes(), |path| unknown.note_in_thread(&path))?;
    if wire.site.trim().is_empty() {
        return Err(LineError::NoSite);
    }
    let comments = wire.comments.into_iter();
    let mut thread = Thread {
        site: wire.site,
        post: post(wire.post.map(|Object(post)| post).unwrap_or_default()),
        comments: comments.map(|Object(wire)| comment(wire)).collect(),
        is_invented: wire.invented.unwrap_or(false),
        missing_is_unknown: wire.missing == Some(Named(Missing::Unknown)),
    };
    thread.settle_missing();
    Ok((thread, unknown))
}

/// Reads a comment by itself, which must have a body, perhaps one that was left empty, or else its
/// markup. Its label is read like any other key. Unknown keys are ignored, and given beside it.
///
/// # Errors
/// It is no JSON object of the form that a thread's comments have.
pub fn parse_comment(text: &str) -> Result<(Comment, UnknownKeys), json::Error> {
    let mut unknown = UnknownKeys::default();
    let wire: WireComment =
        json::read_noting(text.as_bytes(), |path| unknown.note_in_comment(&path))?;
    if wire.body.is_none() && wire.html.is_none() {
        return Err(json::Error::lacking("missing field `body`"));
    }
    Ok((comment(wire), unknown))
}

/// Reads a post by itself, which must have a title or a body. Unknown keys are ignored, and given beside
/// it.
///
/// # Errors
/// It is no JSON object of the form that a thread's post has.
pub fn parse_post(text: &str) -> Result<(Post, UnknownKeys), json::Error> {
    let mut unknown = UnknownKeys::default();
    let wire: WirePost = json::read_noting(text.as_bytes(), |path| unknown.note_in_post(&path))?;
    if wire.title.is_none() && wire.body.is_none() {
        return Err(json::Error::lacking(
            "missing fields `title` and `body`, of which a post has one at least",
        ));
    }
    Ok((post(wire), unknown))
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

/// A missing key leaves its field unknown; see [`Thread::settle_missing`].
fn comment(wire: WireComment) -> Comment {
    Comment {
        id: wire.id.map(String::from).unwrap_or_default(),
        // A parent that is not present is unknown: a flat source and a first comment look alike.
        parent: match wire.parent {
            Some(None) => Field::Unknown,
            given => text(given),
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
            Named(WireLabel::Ham) => Label::Ham,
            Named(WireLabel::Spam) => Label::Spam,
        }),
        honeypot: value(wire.honeypot),
        seconds_on_page: match value(wire.seconds_on_page) {
            Field::Known(seconds) if !seconds.is_finite() || seconds < 0.0 => Field::Unknown,
            seconds => seconds,
        },
        role: match value(wire.role) {
            Field::Known(Named(WireRole::Visitor)) => Field::Known(Role::Visitor),
            Field::Known(Named(WireRole::Member)) => Field::Known(Role::Member),
            Field::Known(Named(WireRole::Staff)) => Field::Known(Role::Staff),
            Field::Empty => Field::Empty,
            Field::Unknown => Field::Unknown,
        },
        relevance: wire.relevance.and_then(|value| match value {
            serde_json::Value::String(text) => Some(text),
            _ => None,
        }),
    }
    .with_html_as_body()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
        assert_eq!(parse_comment(r#"{"body":null}"#).unwrap().0.body, "");
        assert!(parse_comment(r#"{"author":"Anna"}"#).is_err());
    }

    #[test]
    fn words_that_stand_in_the_markup_alone_are_the_body() {
        let said = "<p>Which size?</p>";
        for comment in [
            json!({"html": said}),
            json!({"html": said, "body": null}),
            json!({"html": said, "body": " "}),
        ] {
            let (alone, _) = parse_comment(&comment.to_string()).unwrap();
            assert_eq!((alone.body.as_str(), alone.html), (said, Field::Unknown));
            let line = json!({"site": "s", "comments": [comment]}).to_string();
            assert_eq!(parse(&line).comments[0].body, said);
        }
        let both = r#"{"html":"<p>Which size?</p>","body":"Which size?"}"#;
        let (both, _) = parse_comment(both).unwrap();
        assert_eq!(
            (both.body.as_str(), both.html),
            ("Which size?", said.into())
        );
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
            (
                br#"{"site":"s","comments":[{},{"label":1}]}"#,
                "JSON: in `comments[1].label`: expected text, found number `1` at column 37",
            ),
            (
                br#"{"site":"s","comments":[{"label":{"ham":null}}]}"#,
                "in `comments[0].label`: expected text, found an object",
            ),
            (
                br#"{"site":"s","post":{"tags":"a,b"},"comments":[]}"#,
                "in `post.tags`: expected a list, found text \"a,b\" at column",
            ),
            (
                br#"{"site":"s","comments":[{"seconds_on_page":"12"}]}"#,
                "in `comments[0].seconds_on_page`: expected a number, found text \"12\"",
            ),
            (
                br#"{"site":"s","comments":[{"id":1.5}]}"#,
                "in `comments[0].id`: expected an id as text or as a whole number",
            ),
            (
                br#"[{"site":"s"}]"#,
                "expected a thread as JSON: expected an object, found a list",
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
