//! What a blog is told when a comment's answer turns out wrong later.

use serde_json::{Map, Value, json};

use crate::comment::Label;

/// The header that comes with the body, name and value.
pub const WEBHOOK_HEADER: (&str, &str) = ("X-akismet-webhook", "1");

/// A comment whose answer is to be corrected. Apart from the name all fields only help the blog to
/// find it faster; what is not known is left out, because the blog would look for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The name of the answer, as it was given.
    pub guid: String,
    /// What it is.
    pub label: Label,
    /// The blog's id of the post.
    pub post: Option<String>,
    /// The blog's id of the comment that it answers; `0` if it answers none.
    pub parent: Option<String>,
    /// The e-mail address given.
    pub author_email: Option<String>,
}

/// The JSON that is posted to the `callback` of a check, but for the key, which is stored nowhere and
/// comes in by [`with_key`].
///
/// Akismet's plugin has the receiver since version 5.5. It acts only where the last change of the
/// comment's state was its own, so a decision that was made on the blog itself stands.
pub fn webhook_body(corrections: &[Correction]) -> String {
    let comments = corrections.iter().map(|correction| {
        let result = match correction.label {
            Label::Ham => "false",
            Label::Spam => "true",
        };
        let entries = [
            ("guid", Some(correction.guid.as_str())),
            ("result", Some(result)),
            ("comment_post_ID", correction.post.as_deref()),
            ("comment_parent", correction.parent.as_deref()),
            ("comment_author_email", correction.author_email.as_deref()),
        ];
        let known = entries
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?))));
        Value::Object(known.collect::<Map<_, _>>())
    });
    json!({
        "endpoint": "comment-check",
        "comments": comments.collect::<Value>(),
    })
    .to_string()
}

/// A body of [`webhook_body`] with the key that the check came with. Anything else stays as it is.
pub fn with_key(body: &str, key: &str) -> String {
    match serde_json::from_str(body) {
        Ok(Value::Object(mut entries)) => {
            entries.insert("key".to_owned(), key.into());
            Value::Object(entries).to_string()
        }
        _ => body.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_names_the_answer_and_what_is_known() {
        let whole = Correction {
            guid: "a".repeat(32),
            label: Label::Spam,
            post: Some("7".to_owned()),
            parent: Some("0".to_owned()),
            author_email: Some("wil@slowmiles.example".to_owned()),
        };
        let bare = Correction {
            guid: "b".repeat(32),
            label: Label::Ham,
            post: None,
            parent: None,
            author_email: None,
        };
        let body: Value =
            serde_json::from_str(&with_key(&webhook_body(&[whole, bare]), "abcdef123456")).unwrap();
        assert_eq!(
            body,
            json!({
                "key": "abcdef123456",
                "endpoint": "comment-check",
                "comments": [
                    {
                        "guid": "a".repeat(32),
                        "result": "true",
                        "comment_post_ID": "7",
                        "comment_parent": "0",
                        "comment_author_email": "wil@slowmiles.example",
                    },
                    {"guid": "b".repeat(32), "result": "false"},
                ],
            })
        );
    }
}
