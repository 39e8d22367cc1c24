//! Addressed people: `@name`.

use std::ops::Range;

use memchr::memchr_iter;

/// Longest name, in characters.
const MAX_NAME: usize = 64;

/// A mention of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where it stands in the normalised text, with the `@`.
    pub span: Range<u32>,
}

/// Calls `found` with the span of each `@name` in `text[range]`.
pub(super) fn mentions_in(text: &str, range: Range<usize>, found: &mut impl FnMut(Range<usize>)) {
    for offset in memchr_iter(b'@', &text.as_bytes()[range.clone()]) {
        let at = range.start + offset;
        if text[range.start..at].ends_with(|c: char| c.is_alphanumeric() || c == '@') {
            continue;
        }
        let name = &text[at + 1..range.end];
        let len: usize = name
            .chars()
            .take(MAX_NAME)
            .take_while(|&c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
            .map(char::len_utf8)
            .sum();
        // A full stop after the name belongs to the sentence.
        let name = name[..len].trim_end_matches(['.', '-']);
        if name.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            found(at..at + 1 + name.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &[&str]) {
        let mut found = Vec::new();
        mentions_in(input, 0..input.len(), &mut |span| found.push(&input[span]));
        assert_eq!(found, expected, "{input}");
    }

    #[test]
    fn mentions_are_found() {
        check(
            "@Anna: thanks, (@j.doe_1) and @Ünal.",
            &["@Anna", "@j.doe_1", "@Ünal"],
        );
        check("me@home @ 5 @@x @", &[]);
    }
}
