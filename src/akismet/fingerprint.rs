//! A digest by which a report finds the check that it is about.

use xxhash_rust::xxh3::Xxh3;

use crate::comment::{Field, place};

use super::CheckRequest;

/// A digest of the place, the name and the words of a comment: a check and a later report of the
/// same comment have the same. Reports carry nothing better; the name of the answer is not sent
/// back.
///
/// The place is the blog with the post's id, else the permalink, else the blog alone, each by its
/// [`place`].
///
/// Name and words are compared as what is left of them when everything is taken away that WordPress
/// adds or changes between the check and the stored comment: backslashes, `rel` attributes of links,
/// entities for `& < > " '`, and the amount of white space.
pub fn fingerprint(request: &CheckRequest) -> i64 {
    let mut digest = Xxh3::new();
    let mut add = |part: &str| {
        digest.update(&(part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    };
    let blog = request.blog.as_deref().map(place).unwrap_or_default();
    match (&request.post, &request.permalink) {
        (Some(post), _) => {
            add(&blog);
            add(post);
        }
        (None, Some(permalink)) => add(&place(permalink)),
        (None, None) => add(&blog),
    }
    match &request.author {
        Field::Known(author) => add(&settled(author)),
        Field::Empty | Field::Unknown => add(""),
    }
    add(&settled(&request.content));
    digest.digest().cast_signed()
}

/// What is left of a text.
fn settled(text: &str) -> String {
    let bare = decode(&without_rel(&text.replace('\\', "")));
    let mut settled = String::with_capacity(bare.len());
    for word in bare.split_whitespace() {
        if !settled.is_empty() {
            settled.push(' ');
        }
        settled.push_str(word);
    }
    settled
}

/// Takes `rel="…"` out of tags; WordPress adds it to links as it stores them.
fn without_rel(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').map_or(rest.len(), |at| start + at);
        kept.push_str(&rest[..start]);
        let tag = &rest[start..end];
        match rel(tag) {
            Some((from, to)) => {
                kept.push_str(&tag[..from]);
                kept.push_str(&tag[to..]);
            }
            None => kept.push_str(tag),
        }
        rest = &rest[end..];
    }
    kept.push_str(rest);
    kept
}

/// Where the quoted `rel` attribute of a tag stands, with the white space before it.
fn rel(tag: &str) -> Option<(usize, usize)> {
    let name = tag
        .to_ascii_lowercase()
        .match_indices("rel=")
        .map(|(at, _)| at)
        .find(|at| tag[..*at].ends_with(|c: char| c.is_whitespace()))?;
    let from = tag[..name].trim_end().len();
    let value = name + "rel=".len();
    let quote = tag[value..].chars().next().filter(|c| "'\"".contains(*c))?;
    let length = tag[value + 1..].find(quote)?;
    Some((from, value + 1 + length + 1))
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
fn decode(text: &str) -> String {
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
    use crate::akismet::parse_query;
    use proptest::prelude::*;

    fn of(body: &str) -> i64 {
        fingerprint(&CheckRequest::read(&parse_query(body).unwrap(), 0))
    }

    #[test]
    fn a_report_finds_its_check() {
        let check = "blog=http%3A%2F%2Fslowmiles.example&comment_post_ID=7&comment_author=Zo%C3%AB+O%5C%27Hara\
                     &comment_content=it%5C%27s+%3Ca+href%3D%5C%22http%3A%2F%2Fx.example%2F%3Fa%3D1%26b%3D2%5C%22%3Ehere%3C%2Fa%3E%0D%0A";
        for report in [
            // As submitted, without slashes.
            "blog=http%3A%2F%2Fslowmiles.example&comment_post_ID=7&comment_author=Zo%C3%AB+O'Hara\
             &comment_content=it's+%3Ca+href%3D%22http%3A%2F%2Fx.example%2F%3Fa%3D1%26b%3D2%22%3Ehere%3C%2Fa%3E",
            // As stored.
            "blog=https%3A%2F%2Fslowmiles.example%2F&comment_post_ID=7&comment_author=Zo%C3%AB+O%26%23039%3BHara\
             &comment_content=it's+%3Ca+href%3D%22http%3A%2F%2Fx.example%2F%3Fa%3D1%26amp%3Bb%3D2%22+rel%3D%22nofollow+ugc%22%3Ehere%3C%2Fa%3E",
        ] {
            assert_eq!(of(report), of(check), "{report}");
        }
        for other in [
            check.replace("post_ID=7", "post_ID=8"),
            check.replace("slowmiles", "fastmiles"),
            check.replace("Hara", "Mara"),
            check.replace("here", "there"),
            check.replace("x.example", "y.example"),
        ] {
            assert_ne!(of(&other), of(check), "{other}");
        }
    }

    #[test]
    fn without_a_post_id_the_permalink_is_the_place() {
        // Coral checks with `blog` and reports without.
        let check = "blog=https://slowmiles.example/&permalink=https://slowmiles.example/pairs/&comment_author=Wil&comment_content=x";
        let report =
            "permalink=http://slowmiles.example/pairs%23c1&comment_author=Wil&comment_content=x";
        assert_eq!(of(check), of(report));
        assert_ne!(of(check), of(&report.replace("pairs", "stairs")));
        assert_ne!(
            of("blog=a&comment_content=x"),
            of("blog=b&comment_content=x")
        );
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
            assert_eq!(without_rel(text), expected);
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
