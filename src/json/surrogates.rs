//! JSON with halves of characters.

use std::borrow::Cow;

/// JSON in which U+FFFD stands for every escape that is half a character. Strings of JavaScript may end
/// between the halves, and `JSON.stringify` writes what is left as `\ud83d`, which no reader of JSON
/// takes: a visitor could choose that there is no verdict.
pub fn whole_characters(json: &[u8]) -> Cow<'_, [u8]> {
    let mut whole = Cow::Borrowed(json);
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'\\', &json[at..]) {
        at += next;
        let unit = |at: usize| utf16_unit(json.get(at..)?);
        at += match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                whole.to_mut()[at..at + 6].copy_from_slice(br"\ufffd");
                6
            }
            // Behind an escaped backslash, no escape begins with it.
            _ => 2.min(json.len() - at),
        };
    }
    whole
}

/// The unit of UTF-16 that an escape at the beginning gives.
fn utf16_unit(json: &[u8]) -> Option<u16> {
    let digits = json.strip_prefix(br"\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_are_replaced_and_nothing_else() {
        for (json, expected) in [
            (r#""a\ud83d b""#, r#""a\ufffd b""#),
            (r#""\uDE00\uD83D\n\udc00""#, r#""\ufffd\ufffd\n\ufffd""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\\\ud83d\\ude00""#, r#""\\\ufffd\\ude00""#),
        ] {
            let found = whole_characters(json.as_bytes());
            assert_eq!(found, expected.as_bytes(), "{json}");
        }
        for json in [
            r#""\ud83d\ude00 \u00e9 é""#,
            r#""\\ud83d \\\\ude00""#,
            r#""\ud8"#,
            r#""\u+d83""#,
            r#""\"#,
            r"\",
            "",
        ] {
            let found = whole_characters(json.as_bytes());
            assert!(matches!(found, Cow::Borrowed(_)), "{json}");
        }
    }

    proptest! {
        #[test]
        fn any_units_of_utf16_become_the_text_that_they_are_read_as(
            units in prop::collection::vec(
                prop_oneof![0xd7fe..0xe002_u16, any::<u16>(), Just(0x5c), Just(0x75)], 0..20,
            )
        ) {
            let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let json = format!("\"{escaped}\"");
            let read: String = serde_json::from_slice(&whole_characters(json.as_bytes())).unwrap();
            prop_assert_eq!(read, String::from_utf16_lossy(&units));
        }
    }
}
