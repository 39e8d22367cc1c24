//! What two versions of a text have in common when they say the same.

use super::fingerprint::{decode, without_rel};

/// What WordPress writes into the `rel` attributes of links.
const REL: [&str; 4] = ["nofollow", "ugc", "noopener", "noreferrer"];

/// A text without what makes no other text of it: the case, the amount of white space, and what
/// WordPress adds as it stores it, which are entities and `rel` attributes.
///
/// Nothing that can be read or followed goes: other values of `rel` stay, for not every blog takes
/// them for markup, and so does the case of addresses, which may lead elsewhere by it.
pub fn folded(text: &str) -> String {
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
            assert_eq!(folded(one), folded(other), "{one}");
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
            assert_ne!(folded(one), folded(other), "{one}");
        }
    }
}
