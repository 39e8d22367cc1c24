//! Words, by the rules of UAX #29.
//!
//! Text is cut at white space first, which the rules always allow; pieces of plain ASCII, the
//! great majority, then take a short path of the same result.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::Shape;
use crate::text::ascii_end;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it stands in the normalised text.
    pub span: Range<u32>,
    /// Where its lower-cased form stands in the store of [`super::Tokens::lower`].
    pub(super) lower: Range<u32>,
    /// XXH3 (64 bits, no seed) of the lower-cased form.
    pub hash: u64,
    /// How it is written.
    pub shape: Shape,
    /// Whether a line break stands between the previous word and this one.
    pub break_before: bool,
}

/// Calls `found` with the span of each word in `text[range]`. Underscores at the ends, which the
/// rules leave there, are taken off: `_this_` is how people write emphasis.
pub(super) fn words_in(text: &str, range: Range<usize>, found: &mut impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\n');
    let mut start = range.start;
    loop {
        let foreign = ascii_end(&text[..range.end], start);
        if foreign == range.end {
            return ascii_words(bytes, start..foreign, found);
        }
        let space = bytes[start..foreign].iter().rposition(is_space);
        let piece = space.map_or(start, |last| start + last + 1);
        ascii_words(bytes, start..piece, found);
        let end = bytes[foreign..range.end].iter().position(is_space);
        let end = end.map_or(range.end, |len| foreign + len);
        unicode_words(text, piece..end, found);
        start = end;
    }
}

fn unicode_words(text: &str, range: Range<usize>, found: &mut impl FnMut(Range<usize>)) {
    for (offset, word) in text[range.clone()].unicode_word_indices() {
        let start = range.start + offset;
        emit(text.as_bytes(), start..start + word.len(), found);
    }
}

/// UAX #29 restricted to ASCII: letters, digits and underscores stick together; `:` joins letters,
/// `,` and `;` join digits, `.` and `'` join both.
fn ascii_words(bytes: &[u8], range: Range<usize>, found: &mut impl FnMut(Range<usize>)) {
    let bytes = &bytes[..range.end];
    let mut at = range.start;
    while at < bytes.len() {
        if !is_inner(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        loop {
            while bytes.get(at).copied().is_some_and(is_inner) {
                at += 1;
            }
            let (Some(&joint), Some(&next)) = (bytes.get(at), bytes.get(at + 1)) else {
                break;
            };
            let previous = bytes[at - 1];
            let joins_letters = matches!(joint, b':' | b'.' | b'\'')
                && previous.is_ascii_alphabetic()
                && next.is_ascii_alphabetic();
            let joins_digits = matches!(joint, b',' | b';' | b'.' | b'\'')
                && previous.is_ascii_digit()
                && next.is_ascii_digit();
            if !joins_letters && !joins_digits {
                break;
            }
            at += 1;
        }
        emit(bytes, start..at, found);
    }
}

#[inline]
fn is_inner(byte: u8) -> bool {
    INNER[usize::from(byte)]
}

/// Which bytes are ASCII letters, digits or underscores.
const INNER: [bool; 256] = {
    let mut inner = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let character = byte as u8;
        inner[byte] = character.is_ascii_alphanumeric() || character == b'_';
        byte += 1;
    }
    inner
};

fn emit(bytes: &[u8], mut span: Range<usize>, found: &mut impl FnMut(Range<usize>)) {
    while span.start < span.end && bytes[span.start] == b'_' {
        span.start += 1;
    }
    while span.start < span.end && bytes[span.end - 1] == b'_' {
        span.end -= 1;
    }
    if span.start < span.end {
        found(span);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        words_in(text, 0..text.len(), &mut |span| found.push(&text[span]));
        found
    }

    fn check(input: &str, expected: &[&str]) {
        assert_eq!(split(input), expected, "{input}");
    }

    #[test]
    fn words_are_found() {
        check("", &[]);
        check(
            "Don't pay 3.5 or 1,000 for a_b!",
            &["Don't", "pay", "3.5", "or", "1,000", "for", "a_b"],
        );
        check("_really_ 'quoted' end.", &["really", "quoted", "end"]);
        check("e.g. U.S.A. x-y", &["e.g", "U.S.A", "x", "y"]);
        check("café naïve — größer", &["café", "naïve", "größer"]);
        check("日本語 カタカナ", &["日", "本", "語", "カタカナ"]);
        check("привет, мир", &["привет", "мир"]);
        check("😀 :-) ...", &[]);
    }

    fn check_paths_agree(text: &str) {
        let mut expected = Vec::new();
        unicode_words(text, 0..text.len(), &mut |span| expected.push(&text[span]));
        assert_eq!(split(text), expected, "{text:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn the_short_path_gives_what_the_rules_give(text in "[a-c1-2_.,:;'\"@ \n-]{0,16}") {
            check_paths_agree(&text);
        }

        #[test]
        fn cutting_at_white_space_changes_nothing(text in "[a1_.' \néжあカ漢ด\u{301}]{0,16}") {
            check_paths_agree(&text);
        }
    }
}
