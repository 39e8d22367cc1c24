//! What two versions of a comment have in common when they say the same.

use super::fingerprint::{decode, without_rel};
use super::{Comment, place};

/// What WordPress writes into the `rel` attributes of links.
const REL: [&str; 4] = ["nofollow", "ugc", "noopener", "noreferrer"];

/// What may end a word and makes no other word of it. What stands inside a word or before it may lead
/// elsewhere: `nice.example/roofs` is not `nice.example.roofs`.
const ENDS: [char; 10] = ['.', ',', ';', ':', '!', '?', '…', '。', '！', '？'];

/// What a version of a comment says: its words, name, homepage and markup, without what makes no
/// others of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    author: Option<String>,
    author_url: Option<String>,
    body: String,
    html: Option<String>,
}

impl Saying {
    /// What words say with what is given beside them, each as in a [`Comment`].
    pub fn new(
        author: Option<&str>,
        author_url: Option<&str>,
        body: &str,
        html: Option<&str>,
    ) -> Self {
        Self {
            author: author.map(comparable),
            author_url: author_url.map(place),
            body: words(body),
            html: html.map(words),
        }
    }

    /// What a comment says.
    pub fn of(comment: &Comment) -> Self {
        Self::new(
            comment.author.text(),
            comment.author_url.text(),
            &comment.body,
            comment.html.text(),
        )
    }

    /// Whether it says what another version says, as far as name, homepage and markup are given here.
    /// Then it has no link that the other has not, but where it writes quotation marks of its markup as
    /// entities.
    pub fn is_that_of(&self, other: &Self) -> bool {
        self.body == other.body && same(&self.html, &other.html) && self.is_signed_like(other)
    }

    /// Whether name and homepage are those of another version, as far as they are given here.
    pub fn is_signed_like(&self, other: &Self) -> bool {
        same(&self.author, &other.author) && same(&self.author_url, &other.author_url)
    }
}

fn same(given: &Option<String>, other: &Option<String>) -> bool {
    let other = other.as_deref().unwrap_or_default();
    given.as_ref().is_none_or(|given| given == other)
}

/// A text as [`comparable`], without the punctuation at the end of words. What has no words, such as a row
/// of full stops, is as it is written.
fn words(text: &str) -> String {
    let text = comparable(text);
    let words: Vec<&str> = text
        .split(' ')
        .map(|word| word.trim_end_matches(ENDS))
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        text
    } else {
        words.join(" ")
    }
}

/// A text without what makes no other text of it: the case, the amount of white space, and what
/// WordPress adds as it stores it, which are entities and `rel` attributes.
///
/// Nothing that can be read or followed goes: other values of `rel` stay, for not every blog takes
/// them for markup, and so does the case of addresses, which may lead elsewhere by it.
pub fn comparable(text: &str) -> String {
    let bare = decode(&without_rel(text, |value| {
        value.split_whitespace().all(|word| REL.contains(&word))
    }));
    let words: Vec<String> = bare
        .split_whitespace()
        .map(|word| {
            if word.contains('/') {
                word.to_owned()
            } else {
                word.to_lowercase()
            }
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_may_be_spaced_and_punctuated_otherwise_and_have_no_other_links() {
        let said = |body: &str, html: Option<&str>| Saying::new(None, None, body, html);
        for (one, other) in [
            ("Cheap roofs. Call now!", "cheap  roofs.\nCall now"),
            ("They last", "They last …"),
        ] {
            assert_eq!(said(one, None), said(other, None), "{one}");
        }
        for (one, other) in [
            (
                "See nice.example/roofs/example",
                "See nice.example.roofs.example",
            ),
            ("See roofs, example", "See roofs.example"),
            (
                "They last.",
                "They <a href=\"https://roofs.example\">last</a>.",
            ),
            ("???", "!!!"),
            ("👟👟", "🏠🏠"),
        ] {
            assert_ne!(said(one, None), said(other, None), "{one}");
        }
        let link = Some(r#"They <a href="https://roofs.example">last</a>."#);
        let (plain, linked) = (said("They last.", None), said("They last.", link));
        assert!(!linked.is_that_of(&plain));
        assert!(plain.is_that_of(&linked));
    }

    #[test]
    fn what_says_the_same_is_the_same() {
        let cases = [
            ("They  last.\r\n", "they last."),
            ("It&#039;s &amp; was", "it's & was"),
            (
                r#"See <a href="https://x.example/Ab" rel="nofollow ugc">it</a>"#,
                r#"see <a href="https://x.example/Ab">it</a>"#,
            ),
        ];
        for (one, other) in cases {
            assert_eq!(comparable(one), comparable(other), "{one}");
        }
    }

    #[test]
    fn what_says_something_else_is_another() {
        let cases = [
            ("They last.", "They last!"),
            ("https://x.example/Ab", "https://x.example/ab"),
            (r#"a <b rel="call now">"#, "a <b>"),
            (r#"<a href="https://x.example">it</a>"#, "it"),
        ];
        for (one, other) in cases {
            assert_ne!(comparable(one), comparable(other), "{one}");
        }
    }
}
