//! Emoji, each with its modifiers and joined parts.

use std::ops::Range;

use unicode_properties::UnicodeEmoji;
use unicode_properties::emoji::is_regional_indicator;

use crate::text::ascii_end;

const JOINER: char = '\u{200d}';
const EMOJI_STYLE: char = '\u{fe0f}';
const TEXT_STYLE: char = '\u{fe0e}';
const KEYCAP: char = '\u{20e3}';

/// The emoji of a text, in order.
pub(super) fn emoji(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    // Whether the last emoji still takes the character that follows.
    let mut is_open = false;
    let mut after_joiner = false;
    let mut flag_half = false;
    let mut end = 0;
    loop {
        // Of a run of ASCII only the last character can be part of an emoji.
        let mut at = end;
        let ascii_end = ascii_end(text, at);
        if ascii_end > at + 1 {
            at = ascii_end - 1;
            is_open = false;
        }
        let mut characters = text[at..].chars();
        let Some(character) = characters.next() else {
            return found;
        };
        end = at + character.len_utf8();
        let next = characters.next();
        let continues = is_open
            && (matches!(character, JOINER | EMOJI_STYLE | KEYCAP)
                || is_modifier(character)
                || ('\u{e0020}'..='\u{e007f}').contains(&character)
                || (flag_half && is_regional_indicator(character))
                || (after_joiner && is_pictograph(character)));
        if continues && let Some(last) = found.last_mut() {
            last.end = end;
            flag_half = false;
            after_joiner = character == JOINER;
            continue;
        }
        let starts = match character {
            '0'..='9' | '#' | '*' => next == Some(EMOJI_STYLE) || next == Some(KEYCAP),
            _ if character.is_ascii() => false,
            // Arrows and the like are text unless a selector says otherwise.
            _ if is_text_by_default(character) => next == Some(EMOJI_STYLE),
            _ => is_pictograph(character) && next != Some(TEXT_STYLE),
        };
        is_open = starts;
        after_joiner = false;
        flag_half = starts && is_regional_indicator(character);
        if starts {
            found.push(at..end);
        }
    }
}

fn is_pictograph(character: char) -> bool {
    !character.is_ascii() && character.is_emoji_char()
}

fn is_modifier(character: char) -> bool {
    ('\u{1f3fb}'..='\u{1f3ff}').contains(&character)
}

/// `©`, `®`, `↔` and other signs that were text before there were emoji. Hearts, stars and faces
/// of the same age are meant as emoji by most who type them.
fn is_text_by_default(character: char) -> bool {
    matches!(character, '\u{80}'..='\u{25ff}' | '\u{2900}'..='\u{2b4f}' | '\u{3000}'..='\u{33ff}')
        && !matches!(
            character,
            '\u{231a}' | '\u{231b}' | '\u{23e9}'..='\u{23f3}' | '\u{2b1b}' | '\u{2b1c}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &[&str]) {
        let found: Vec<_> = emoji(input).into_iter().map(|span| &input[span]).collect();
        assert_eq!(found, expected, "{input}");
    }

    #[test]
    fn emoji_are_found_whole() {
        check("a 😀😀 b", &["😀", "😀"]);
        check(
            "👩\u{200d}👧 ❤\u{fe0f}\u{200d}🔥 👍🏽",
            &["👩\u{200d}👧", "❤\u{fe0f}\u{200d}🔥", "👍🏽"],
        );
        check("🇩🇪🇫🇷", &["🇩🇪", "🇫🇷"]);
        check(
            "1\u{fe0f}\u{20e3} ↔\u{fe0f} ❤",
            &["1\u{fe0f}\u{20e3}", "↔\u{fe0f}", "❤"],
        );
        check(
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            &["🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"],
        );
    }

    #[test]
    fn signs_are_not_emoji() {
        check("© ® ↔ 1 # € – é 漢", &[]);
    }
}
