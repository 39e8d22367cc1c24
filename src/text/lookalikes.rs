//! Letters of other alphabets that stand in for Latin ones.
//!
//! Only words that mix Latin with another alphabet are touched: a word that is Cyrillic or Greek
//! throughout means itself. Follows UTS #39, section 4, but folds single letters only and never
//! Latin ones, for `rn` is not `m` to a word list.

use std::ops::Range;

use unicode_script::{Script, UnicodeScript};
use unicode_security::confusable_detection::skeleton;

use super::alignment::{Rewrite, Rewriter};
use super::ascii_end;

/// Folds look-alikes; `mixed` gets the spans of words that mix alphabets. `None` if nothing
/// changed.
pub(super) fn fold(text: &str, mixed: &mut dyn FnMut(Range<usize>)) -> Option<Rewrite> {
    let mut rewriter = Rewriter::new(text);
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let foreign = ascii_end(text, at);
        if foreign == text.len() {
            return rewriter.finish();
        }
        // From one ASCII character that is no part of a word to the next.
        let before = &bytes[at..foreign];
        let start = before
            .iter()
            .rposition(|byte| !byte.is_ascii_alphanumeric())
            .map_or(at, |last| at + last + 1);
        let end = bytes[foreign..]
            .iter()
            .position(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric())
            .map_or(text.len(), |len| foreign + len);
        if bytes[start..end].iter().any(u8::is_ascii_alphabetic) {
            fold_words(text, start..end, &mut rewriter, mixed);
        }
        at = end;
    }
}

/// Folds the words of a stretch of text.
fn fold_words(
    text: &str,
    range: Range<usize>,
    rewriter: &mut Rewriter<'_>,
    mixed: &mut dyn FnMut(Range<usize>),
) {
    let mut start = range.start;
    let mut has_ascii_letter = false;
    let mut has_foreign = false;
    let characters = text[range.clone()].char_indices();
    for (offset, character) in characters.chain([(range.len(), ' ')]) {
        let at = range.start + offset;
        if character.is_ascii_alphabetic() {
            has_ascii_letter = true;
        } else if !character.is_ascii() && is_word_character(character) {
            has_foreign = true;
        } else if !character.is_ascii_digit() {
            // Words without an ASCII letter could mix `é` with Cyrillic; nobody gains by that.
            if has_ascii_letter && has_foreign {
                fold_word(text, start..at, rewriter, mixed);
            }
            start = at + character.len_utf8();
            (has_ascii_letter, has_foreign) = (false, false);
        }
    }
}

fn is_word_character(character: char) -> bool {
    // Accented Latin letters and Cyrillic ones are the commonest; the tables would say the same.
    matches!(character, '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' | '\u{400}'..='\u{481}')
        || character.is_alphanumeric()
        || unicode_normalization::char::is_combining_mark(character)
}

fn fold_word(
    text: &str,
    span: Range<usize>,
    rewriter: &mut Rewriter<'_>,
    mixed: &mut dyn FnMut(Range<usize>),
) {
    let word = &text[span.clone()];
    let mut n_latin = 0;
    let mut n_foreign = 0;
    let mut n_foldable = 0;
    for character in word.chars() {
        if character.is_ascii_alphabetic() {
            n_latin += 1;
        } else if is_foreign(character) {
            n_foreign += 1;
            n_foldable += usize::from(latin_twin(character).is_some());
        }
    }
    if n_foldable == 0 || (n_foreign == 1 && is_symbol(word)) {
        return;
    }
    mixed(span.clone());
    // `USBкабель` is a Russian word with a Latin beginning; folding would only spoil it.
    if n_foreign - n_foldable >= n_latin {
        return;
    }
    for (offset, character) in word.char_indices() {
        if is_foreign(character)
            && let Some(twin) = latin_twin(character)
        {
            let at = span.start + offset;
            let mut buffer = [0; 4];
            rewriter.replace(at..at + character.len_utf8(), twin.encode_utf8(&mut buffer));
        }
    }
}

/// Letters of the alphabets whose letters pass for Latin ones.
fn is_foreign(character: char) -> bool {
    if character.is_ascii() || !character.is_alphabetic() {
        return false;
    }
    matches!(
        character.script(),
        Script::Cyrillic
            | Script::Greek
            | Script::Armenian
            | Script::Cherokee
            | Script::Coptic
            | Script::Lisu
            | Script::Georgian
    )
}

/// A unit or a quantity, such as `μm`, `kΩ`, `Δt`, `sinα`.
fn is_symbol(word: &str) -> bool {
    const SYMBOLS: [char; 14] = [
        'μ', 'Ω', 'Δ', 'Σ', 'π', 'λ', 'σ', 'β', 'θ', 'φ', 'δ', 'α', 'γ', 'ω',
    ];
    let letters = word.trim_matches(|c: char| c.is_ascii_digit());
    letters.starts_with(SYMBOLS) || letters.ends_with(SYMBOLS)
}

/// The ASCII letter a foreign one is taken for.
fn latin_twin(character: char) -> Option<char> {
    // The data give small capitals for these, which is too fine a distinction for readers.
    match character {
        'к' => return Some('k'),
        'м' => return Some('m'),
        'т' => return Some('t'),
        'н' => return Some('h'),
        'в' => return Some('b'),
        _ => {}
    }
    let mut buffer = [0; 4];
    let mut twins = skeleton(character.encode_utf8(&mut buffer));
    let twin = twins.next().filter(char::is_ascii_alphabetic)?;
    if twins.next().is_some() {
        return None;
    }
    // The data fold capital i to small l.
    Some(if twin == 'l' && character.is_uppercase() {
        'I'
    } else {
        twin
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str, expected_mixed: &[&str]) {
        let mut mixed = Vec::new();
        let folded = fold(input, &mut |span| mixed.push(&input[span]));
        assert_eq!(
            folded.map_or_else(|| input.to_owned(), |made| made.text),
            expected,
            "{input}"
        );
        assert_eq!(mixed, expected_mixed, "{input}");
    }

    #[test]
    fn mixed_words_become_latin() {
        check("frее сrурtо", "free crypto", &["frее", "сrурtо"]);
        check(
            "vіаgrа РауРаl Іnvest",
            "viagra PayPal Invest",
            &["vіаgrа", "РауРаl", "Іnvest"],
        );
        check("bitсοin", "bitcoin", &["bitсοin"]);
    }

    #[test]
    fn words_of_one_alphabet_stay() {
        check(
            "хорошо сор Ελλάδα modern größe",
            "хорошо сор Ελλάδα modern größe",
            &[],
        );
        check("IT-специалист 5μm Δt", "IT-специалист 5μm Δt", &[]);
        check("10kΩ 4.7kΩ cosφ sinα", "10kΩ 4.7kΩ cosφ sinα", &[]);
        check("日本語text", "日本語text", &[]);
    }

    #[test]
    fn russian_words_with_a_latin_part_stay() {
        check("USBкабель", "USBкабель", &["USBкабель"]);
    }
}
