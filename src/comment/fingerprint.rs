//! What tells a comment from others to a caller that knows no id of it.

use xxhash_rust::xxh3::Xxh3;

/// What tells a comment from others to a caller that knows no id of it: its name and words, and where
/// it stands. A check and a later report of the same comment agree in all that both of them say;
/// clients say less in the one or in the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// The [`words_digest`].
    pub words: i64,
    /// The blog, as a [`place`](super::place()).
    pub blog: Option<String>,
    /// The blog's own id of the post.
    pub post: Option<String>,
    /// The page of the post, as a [`place`](super::place()).
    pub page: Option<String>,
}

/// A digest of the name and the words of a comment.
///
/// They are compared as what is left of them when everything is taken away that WordPress adds or
/// changes between the check and the stored comment: backslashes, `rel` attributes of links, entities
/// for `& < > " '`, and the amount of white space.
pub fn words_digest(author: &str, body: &str) -> i64 {
    let mut digest = Xxh3::new();
    for part in [settled(author), settled(body)] {
        digest.update(&(part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    digest.digest().cast_signed()
}

/// What is left of a text.
fn settled(text: &str) -> String {
    let bare = decode(&without_rel(&text.replace('\\', ""), |_| true));
    let mut settled = String::with_capacity(bare.len());
    for word in bare.split_whitespace() {
        if !settled.is_empty() {
            settled.push(' ');
        }
        settled.push_str(word);
    }
    settled
}

/// Takes `rel="…"` out of tags, where the value is one that `goes`; WordPress adds it to links as it
/// stores them.
pub(super) fn without_rel(text: &str, goes: impl Fn(&str) -> bool) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').map_or(rest.len(), |at| start + at);
        kept.push_str(&rest[..start]);
        let tag = &rest[start..end];
        match rel(tag) {
            Some(rel) if goes(rel.value) => {
                kept.push_str(&tag[..rel.from]);
                kept.push_str(&tag[rel.to..]);
            }
            Some(_) | None => kept.push_str(tag),
        }
        rest = &rest[end..];
    }
    kept.push_str(rest);
    kept
}

/// A quoted `rel` attribute.
struct Rel<'a> {
    value: &'a str,
    /// Where it begins in its tag, with the white space before it.
    from: usize,
    to: usize,
}

/// The quoted `rel` attribute of a tag.
fn rel(tag: &str) -> Option<Rel<'_>> {
    let name = tag
        .to_ascii_lowercase()
        .match_indices("rel=")
        .map(|(at, _)| at)
        .find(|at| tag[..*at].ends_with(|c: char| c.is_whitespace()))?;
    let from = tag[..name].trim_end().len();
    let value = name + "rel=".len();
    let quote = tag[value..].chars().next().filter(|c| "'\"".contains(*c))?;
    let length = tag[value + 1..].find(quote)?;
    let (begin, end) = (value + 1, value + 1 + length);
    Some(Rel {
        value: &tag[begin..end],
        from,
        to: end + 1,
    })
}

/// The entities that WordPress puts in place of characters, each way of writing them.
const ENTITIES: [(&str, char); 8] = [
    ("&amp;", '&'),
    ("&#038;", '&'),
    ("&#38;", '&'),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&quot;", '"'),
    ("&#039;", '\''),
    ("&#39;", '\''),
];

/// Entities to characters, once.
pub(super) fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = ENTITIES.iter().find(|(name, _)| rest.starts_with(name));
        let (length, c) = entity.map_or((1, '&'), |(name, c)| (name.len(), *c));
        decoded.push(c);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_wordpress_changes_makes_no_difference() {
        let link = r#"<a href="http://x.example/?a=1&b=2">here</a>"#;
        let digest = words_digest("Zoë O'Hara", &format!("it's {link}"));
        let slashed = r#"it\'s <a href=\"http://x.example/?a=1&b=2\">here</a>"#;
        let stored = r#"it's <a href="http://x.example/?a=1&amp;b=2" rel="nofollow ugc">here</a>"#;
        assert_eq!(
            words_digest(r"Zoë O\'Hara", &format!("{slashed}\r\n")),
            digest
        );
        assert_eq!(words_digest("Zoë O&#039;Hara", stored), digest);
        for (author, body) in [("Zoë O'Mara", stored), ("Zoë O'Hara", "it's here")] {
            assert_ne!(words_digest(author, body), digest);
        }
        assert_ne!(words_digest("a", "b"), words_digest("", "ab"));
    }

    #[test]
    fn rel_goes_from_tags_only() {
        let cases = [
            (
                r#"<a href="u" rel="nofollow ugc">x</a>"#,
                r#"<a href="u">x</a>"#,
            ),
            (r#"<a REL='ugc' href="u">x</a>"#, r#"<a href="u">x</a>"#),
            (r#"a rel="ugc" b"#, r#"a rel="ugc" b"#),
            (r#"<a xrel="ugc">"#, r#"<a xrel="ugc">"#),
            (r#"<a rel=ugc>"#, r#"<a rel=ugc>"#),
            (r#"< rel="ugc"#, r#"< rel="ugc"#),
        ];
        for (text, expected) in cases {
            assert_eq!(without_rel(text, |_| true), expected);
        }
        assert_eq!(
            decode("a &amp;amp; b &lt;i&gt; & &#039;c&#39;"),
            "a &amp; b <i> & 'c'"
        );
    }

    proptest! {
        #[test]
        fn storing_a_comment_does_not_change_what_is_left(text in r#"(?s).{0,40}|([a<>&;'" \n]|rel="x"|<a |é){0,24}"#) {
            let slashed: String = text
                .chars()
                .flat_map(|c| {
                    let slash = matches!(c, '\'' | '"' | '\\').then_some('\\');
                    slash.into_iter().chain([c])
                })
                .collect();
            prop_assert_eq!(settled(&slashed), settled(&text));
            prop_assert_eq!(settled(&format!(" {text}\r\n")), settled(&text));
        }
    }
}
