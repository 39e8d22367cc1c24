//! The slashes that WordPress puts before quotes, taken away again.
//!
//! WordPress puts a backslash before every quote and backslash of what a form sends
//! (`wp_magic_quotes`). Its comment check passes the text on like that, while reports of spam and
//! ham, second checks and comments that came through its REST interface have none. Nothing in the
//! request says which; the text itself does.

/// Whether texts that came together were slashed: every quote and every backslash in them is
/// escaped, and there is one at least.
///
/// A person who writes such a text by chance (`\"so\"` in a comment that is not slashed, and no
/// other quote in name or text) loses these backslashes.
pub fn is_slashed<'a>(texts: impl IntoIterator<Item = &'a str>) -> bool {
    let mut found = false;
    for text in texts {
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            match byte {
                b'\\' if matches!(bytes.next(), Some(b'\'' | b'"' | b'\\')) => found = true,
                b'\\' | b'\'' | b'"' => return false,
                _ => {}
            }
        }
    }
    found
}

/// A text that [`is_slashed`] without its slashes: every backslash stands for what follows it.
pub(super) fn strip(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unslash(text: &str) -> String {
        if is_slashed([text]) {
            strip(text)
        } else {
            text.to_owned()
        }
    }

    /// PHP's `addslashes`, but for NUL, which WordPress never lets through.
    fn slash(text: &str) -> String {
        let mut slashed = String::new();
        for c in text.chars() {
            if matches!(c, '\'' | '"' | '\\') {
                slashed.push('\\');
            }
            slashed.push(c);
        }
        slashed
    }

    #[test]
    fn slashes_go_once_and_only_where_all_quotes_have_them() {
        let cases = [
            (r"Merci l\'article", "Merci l'article"),
            (
                r#"<a href=\"http://x.example/\">x</a>"#,
                r#"<a href="http://x.example/">x</a>"#,
            ),
            (r"C:\\Temp", r"C:\Temp"),
            (r"it\\\'s", r"it\'s"),
            ("l'article", "l'article"),
            (r"¯\_(ツ)_/¯", r"¯\_(ツ)_/¯"),
            (r#"he said \"no\" and "yes""#, r#"he said \"no\" and "yes""#),
            (r"ends with \", r"ends with \"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(unslash(text), expected, "{text}");
        }
    }

    #[test]
    fn texts_that_came_together_are_judged_together() {
        assert!(is_slashed([r"O\'Brien", "no quote here"]));
        assert!(!is_slashed([r"\'quoted\' by hand", "isn't it"]));
        assert!(!is_slashed([]));
    }

    proptest! {
        #[test]
        fn what_was_slashed_comes_back(text in r#"[a\\'"é \n]{0,12}|\PC{0,40}"#) {
            let slashed = slash(&text);
            prop_assert_eq!(is_slashed([slashed.as_str()]), slashed != text);
            prop_assert_eq!(unslash(&slashed), text);
        }

        #[test]
        fn a_text_that_is_not_slashed_stays(text in r#"[a\\'"é \n]{0,12}|\PC{0,40}"#) {
            let once = unslash(&text);
            prop_assert!(is_slashed([text.as_str()]) || once == text);
            if !is_slashed([once.as_str()]) {
                prop_assert_eq!(unslash(&once), once);
            }
        }
    }
}
