//! Character references such as `&amp;`, `&#8217;` and `&eacute;`.

use std::borrow::Cow;

use html5gum::{Token, Tokenizer};

/// Longest reference looked at, in bytes; the longest name of the standard has 32.
const MAX_REFERENCE: usize = 40;

/// The reference at the start of `text` (which begins with `&`): its length and what it stands
/// for. Named references need their semicolon, because `?a=1&copy=2` in an address has none.
pub(super) fn reference(text: &str) -> Option<(usize, Cow<'static, str>)> {
    let bytes = text.as_bytes();
    let len = reference_len(bytes)?;
    let common = match &bytes[..len] {
        b"&amp;" => "&",
        b"&lt;" => "<",
        b"&gt;" => ">",
        b"&quot;" | b"&#34;" => "\"",
        b"&apos;" | b"&#39;" | b"&#039;" | b"&#x27;" => "'",
        b"&nbsp;" | b"&#160;" => "\u{a0}",
        b"&rsquo;" | b"&#8217;" => "\u{2019}",
        _ => "",
    };
    if !common.is_empty() {
        return Some((len, Cow::Borrowed(common)));
    }
    let decoded = html5gum_text(&text[..len]);
    (decoded != text[..len]).then_some((len, Cow::Owned(decoded)))
}

/// `text` with all references decoded.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let (len, value) = reference(rest).unwrap_or((1, Cow::Borrowed("&")));
        decoded.push_str(&value);
        rest = &rest[len..];
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

fn reference_len(bytes: &[u8]) -> Option<usize> {
    let window = &bytes[..bytes.len().min(MAX_REFERENCE)];
    let digits_from = |start: usize, is_digit: fn(&u8) -> bool| {
        let n_digits = window
            .get(start..)?
            .iter()
            .take_while(|byte| is_digit(byte))
            .count();
        let end = start + n_digits;
        (n_digits > 0).then(|| {
            if window.get(end) == Some(&b';') {
                end + 1
            } else {
                end
            }
        })
    };
    match (window.get(1)?, window.get(2)) {
        (b'#', Some(b'x' | b'X')) => digits_from(3, u8::is_ascii_hexdigit),
        (b'#', _) => digits_from(2, u8::is_ascii_digit),
        (first, _) if first.is_ascii_alphabetic() => {
            let end = window
                .iter()
                .skip(1)
                .position(|byte| !byte.is_ascii_alphanumeric())?
                + 1;
            (window.get(end) == Some(&b';')).then_some(end + 1)
        }
        _ => None,
    }
}

/// What the HTML tokeniser makes of a piece without tags.
fn html5gum_text(text: &str) -> String {
    let mut decoded = Vec::new();
    for token in Tokenizer::new(text) {
        if let Ok(Token::String(string)) = token {
            decoded.extend_from_slice(&string);
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        assert_eq!(decode(input), expected, "{input}");
    }

    #[test]
    fn references_are_decoded() {
        check(
            "a &amp; b &lt;3 &eacute;&#x1F600;&#128512;",
            "a & b <3 é😀😀",
        );
        check(
            "&#150; &#0; &#x110000; &#xD800;",
            "– \u{fffd} \u{fffd} \u{fffd}",
        );
        check(
            "&NotEqualTilde;&CounterClockwiseContourIntegral;",
            "≂\u{338}∳",
        );
    }

    #[test]
    fn what_is_no_reference_stays() {
        check(
            "AT&T & ?a=1&copy=2 &nosuchname; &; &#; &#x;",
            "AT&T & ?a=1&copy=2 &nosuchname; &; &#; &#x;",
        );
        check("&", "&");
        check("&é;", "&é;");
    }
}
