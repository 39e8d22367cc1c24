//! Tables and numbers as people read them.

use comfy_table::presets::{ASCII_MARKDOWN, NOTHING};
use comfy_table::{CellAlignment, Table};

use crate::text::joins;

/// A table with a head, numbers to the right. Its cells may hold what strangers wrote.
pub(super) fn table(head: &[&str], rows: Vec<Vec<String>>, markdown: bool) -> String {
    let mut table = Table::new();
    table.load_style(if markdown { ASCII_MARKDOWN } else { NOTHING });
    table.set_header(head.to_vec());
    for row in rows {
        table.add_row(row.iter().map(|cell| {
            let cell = printable(cell);
            if markdown {
                cell.replace('|', "\\|")
            } else {
                cell
            }
        }));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let text = table.to_string();
    text.lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A share of 1 as a percentage with one digit.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A number with a comma before each three of its digits.
pub(super) fn thousands(n: usize) -> String {
    if n < 1000 {
        n.to_string()
    } else {
        format!("{},{:03}", thousands(n / 1000), n % 1000)
    }
}

/// Text of strangers without what a terminal would obey or hide.
pub(super) fn printable(text: &str) -> String {
    let mut before = None;
    let mut characters = text.chars().peekable();
    let mut shown = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        let after = characters.peek().copied();
        shown.push(match character {
            '\n' | '\r' | '\t' => ' ',
            character if character.is_control() => '\u{fffd}',
            // Words of Persian, Hindi or Kannada are spelled with them.
            '\u{200c}' | '\u{200d}'
                if before.is_some_and(joins) && after.is_some_and(char::is_alphabetic) =>
            {
                character
            }
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => '\u{fffd}',
            character => character,
        });
        before = Some(character);
    }
    shown
}

/// The first words of a text, in at most so many characters.
pub(super) fn beginning(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().take(most).collect();
    let words = words.join(" ");
    match words.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words,
    }
}

/// A number of things with its noun.
pub(super) fn counted(n: usize, noun: &str) -> String {
    if n == 1 {
        format!("1 {noun}")
    } else {
        format!("{} {noun}s", thousands(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joiners_stay_between_letters_that_they_shape_and_nowhere_else() {
        for text in ["می\u{200c}خواهم", "क्\u{200d}ष", "ನ್\u{200c}ನ"] {
            assert_eq!(printable(text), text);
        }
        for (text, expected) in [
            ("vi\u{200c}agra", "vi\u{fffd}agra"),
            ("می\u{200c}", "می\u{fffd}"),
            ("می\u{200c}\u{200c}خ", "می\u{fffd}\u{fffd}خ"),
            ("\u{200d}ष", "\u{fffd}ष"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }
}
