//! Where sentences end.

/// Whether a sentence ends in `gap`, the text between two words (or after the last one); `before`
/// is the word in front of it.
pub(super) fn ends_in(gap: &str, before: &str) -> bool {
    let mut ended = false;
    let mut after_break = false;
    for character in gap.chars() {
        match character {
            '.' | '!' | '?' | '…' => {
                // The dot of an initial, as in `J. Smith`.
                let is_initial = character == '.'
                    && before.len() == 1
                    && before.as_bytes()[0].is_ascii_uppercase();
                ended = !is_initial;
                after_break = false;
            }
            // These stand without a space behind them.
            '。' | '！' | '？' | '｡' => return true,
            '\n' if after_break => return true,
            '\n' if ended => return true,
            '\n' => after_break = true,
            ' ' if ended => return true,
            '"' | '\'' | ')' | ']' | '”' | '’' | '»' | '*' => {}
            _ => {
                ended = false;
                after_break = false;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(gap: &str, expected: bool) {
        assert_eq!(ends_in(gap, "word"), expected, "{gap:?}");
    }

    #[test]
    fn sentences_end_at_punctuation_and_empty_lines() {
        check(". ", true);
        check("?! ", true);
        check(".\" ", true);
        check("...\n", true);
        check("\n\n", true);
        check("。", true);
        check(" ", false);
        check(", ", false);
        check("\n", false);
        check(".", false);
        check("/", false);
        assert!(!ends_in(". ", "J"));
    }
}
