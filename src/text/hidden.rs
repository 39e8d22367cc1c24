//! Characters that show nothing.

use unicode_properties::UnicodeEmoji;

/// What becomes of an invisible character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Its script or its emoji needs it.
    Keep,
    /// It goes, and that is all: typesetting leaves such characters behind.
    Drop,
    /// It goes, and that it was there is worth a note.
    DropNoted,
}

/// What to do with `character` between two neighbours (the last one kept and the next one in the
/// input), or `None` if it is visible. `index` is its place in the input.
pub(super) fn fate(
    character: char,
    before: Option<char>,
    after: Option<char>,
    index: usize,
) -> Option<Fate> {
    let keep_if = |wanted: bool| Some(if wanted { Fate::Keep } else { Fate::DropNoted });
    let drop_quietly_if = |ordinary: bool| {
        Some(if ordinary {
            Fate::Drop
        } else {
            Fate::DropNoted
        })
    };
    match character {
        // Zero-width non-joiner and joiner.
        '\u{200c}' => keep_if(before.is_some_and(joins)),
        '\u{200d}' => keep_if(
            before.is_some_and(joins)
                || (before.is_some_and(ends_emoji) && after.is_some_and(is_emoji)),
        ),
        // Variation selectors.
        '\u{fe0e}' | '\u{fe0f}' => keep_if(match before {
            Some('0'..='9' | '#' | '*') => after == Some('\u{20e3}'),
            Some(before) => is_emoji(before) || is_ideographic(before),
            None => false,
        }),
        '\u{fe00}'..='\u{fe0d}' | '\u{e0100}'..='\u{e01ef}' => {
            keep_if(before.is_some_and(is_ideographic))
        }
        '\u{180b}'..='\u{180f}' => {
            keep_if(before.is_some_and(|c| ('\u{1800}'..='\u{18af}').contains(&c)))
        }
        // Tag characters of the flags of England, Scotland and Wales.
        '\u{e0020}'..='\u{e007f}' => keep_if(matches!(
            before,
            Some('\u{1f3f4}' | '\u{e0020}'..='\u{e007e}')
        )),
        // Zero-width space: between words of scripts that are written without spaces.
        '\u{200b}' => drop_quietly_if(before.is_some_and(is_unspaced)),
        // Directional marks: where right meets left.
        '\u{200e}' | '\u{200f}' | '\u{61c}' => drop_quietly_if(
            before.is_some_and(is_right_to_left) || after.is_some_and(is_right_to_left),
        ),
        // Byte order mark.
        '\u{feff}' => drop_quietly_if(index == 0),
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{2800}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => Some(Fate::DropNoted),
        _ => None,
    }
}

/// An emoji that is not an ASCII character.
pub(super) fn is_emoji(character: char) -> bool {
    !character.is_ascii() && character.is_emoji_char()
}

/// An emoji or what may follow one inside a sequence.
fn ends_emoji(character: char) -> bool {
    character == '\u{fe0f}' || is_emoji(character)
}

/// Scripts in which letters change shape beside joiners: Arabic to Myanmar, Khmer, Mongolian and
/// the extensions of these.
pub fn joins(character: char) -> bool {
    matches!(character,
        '\u{600}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{a800}'..='\u{abff}'
        | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

fn is_unspaced(character: char) -> bool {
    matches!(character, '\u{e00}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{9fff}')
}

fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fefc}')
}

fn is_ideographic(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}')
}
