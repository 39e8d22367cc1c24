//! White space: one space between words, at most one empty line between lines.

use super::alignment::{Rewrite, Rewriter};

/// Tidies white space and drops control characters. `None` if there is nothing to do.
pub(super) fn tidy(text: &str) -> Option<Rewrite> {
    let mut rewriter = Rewriter::new(text);
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        // One space between two visible ASCII characters is by far the commonest case.
        if is_plain(bytes[at]) {
            at += match bytes[at..].first_chunk() {
                Some(window) if is_tidy(window) => WINDOW - 1,
                _ => bytes[at..]
                    .iter()
                    .take_while(|&&byte| is_plain(byte))
                    .count(),
            };
            continue;
        }
        if bytes[at] == b' '
            && at > 0
            && is_plain(bytes[at - 1])
            && bytes.get(at + 1).is_some_and(|&next| is_plain(next))
        {
            at += 2;
            continue;
        }
        let (end, gap) = gap_at(text, at);
        if end == at {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let replacement = match gap {
            Gap::Nothing => "",
            _ if at == 0 || end == bytes.len() => "",
            Gap::Space => " ",
            Gap::Lines(1) => "\n",
            Gap::Lines(_) => "\n\n",
        };
        rewriter.replace(at..end, replacement);
        at = end;
    }
    rewriter.finish()
}

/// Bytes that are looked at in one go.
const WINDOW: usize = 17;

/// Whether there is nothing but ASCII and single spaces, if the first byte is not a space. All
/// bytes are looked at in any case, which compilers make a few instructions of.
fn is_tidy(window: &[u8; WINDOW]) -> bool {
    let is_ascii = |byte: u8| byte.wrapping_sub(0x20) < 0x5f;
    let pairs = window.iter().zip(&window[1..]);
    pairs.fold(true, |is_tidy, (&byte, &next)| {
        is_tidy & is_ascii(byte) & is_ascii(next) & (byte | next != b' ')
    })
}

/// ASCII that is neither white space nor a control character.
fn is_plain(byte: u8) -> bool {
    (0x21..0x7f).contains(&byte)
}

enum Gap {
    /// Control characters only.
    Nothing,
    Space,
    Lines(usize),
}

/// The longest run of white space and control characters at `start`: its end and what it is.
fn gap_at(text: &str, start: usize) -> (usize, Gap) {
    let mut n_lines = 0;
    let mut has_space = false;
    let mut after_return = false;
    let mut end = start;
    for character in text[start..].chars() {
        match character {
            '\n' if after_return => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => n_lines += 1,
            _ if character.is_whitespace() => has_space = true,
            _ if character.is_control() => {}
            _ => break,
        }
        after_return = character == '\r';
        end += character.len_utf8();
    }
    let gap = match (n_lines, has_space) {
        (0, false) => Gap::Nothing,
        (0, true) => Gap::Space,
        (n_lines, _) => Gap::Lines(n_lines),
    };
    (end, gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        let tidied = tidy(input).map_or_else(|| input.to_owned(), |made| made.text);
        assert_eq!(tidied, expected, "{input:?}");
        assert!(
            tidy(&tidied).is_none(),
            "{input:?} is not tidy after one round"
        );
    }

    #[test]
    fn white_space_is_tidied() {
        check("", "");
        check(" \n ", "");
        check("  a  b\t\tc ", "a b c");
        check("a\r\nb\rc\u{2028}d\u{2029}e\u{85}f", "a\nb\nc\nd\ne\nf");
        check("a \n \r\n\n  b", "a\n\nb");
        check("a\u{a0}\u{3000}b", "a b");
        check("é  ö", "é ö");
    }

    #[test]
    fn control_characters_are_dropped() {
        check("a\0b\u{7f}c\u{9d}d \u{1} e", "abcd e");
    }
}
