//! Words written `l i k e t h i s` to pass word lists.

use std::ops::Range;

use super::script::ScriptGroup;

/// Fewest letters that count. Four occur in ordinary text (`a b c d` in a list, `i e a t` typos);
/// the words hidden this way are longer.
const MIN_LETTERS: usize = 5;

/// Finds runs of five or more single letters with single spaces between them.
pub(super) fn spaced_letters(text: &str, mut found: impl FnMut(Range<usize>)) {
    let mut n_letters = 0;
    let mut run = 0..0;
    let mut start = 0;
    let bytes = text.as_bytes();
    let spaces = (0..bytes.len()).filter(|&at| bytes[at] == b' ');
    for end in spaces.chain([text.len()]) {
        if (1..=4).contains(&(end - start)) && is_one_letter(&text[start..end]) {
            if n_letters == 0 {
                run.start = start;
            }
            n_letters += 1;
            run.end = end;
        } else {
            if n_letters >= MIN_LETTERS {
                found(run.clone());
            }
            n_letters = 0;
        }
        start = end + 1;
    }
    if n_letters >= MIN_LETTERS {
        found(run);
    }
}

fn is_one_letter(piece: &str) -> bool {
    let mut characters = piece.chars();
    match (characters.next(), characters.next()) {
        // Words of one character are ordinary in Chinese and Japanese.
        (Some(letter), None) => letter.is_alphabetic() && !ScriptGroup::of(letter).is_cjk(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &[&str]) {
        let mut found = Vec::new();
        spaced_letters(input, |range| found.push(&input[range]));
        assert_eq!(found, expected, "{input}");
    }

    #[test]
    fn spaced_words_are_found() {
        check("buy v i a g r a now", &["v i a g r a"]);
        check("V I A G R A", &["V I A G R A"]);
        check("к у п и т ь", &["к у п и т ь"]);
        check("I a m o k", &["I a m o k"]);
    }

    #[test]
    fn ordinary_text_has_none() {
        check("a b c d", &[]);
        check("plan B is a go", &[]);
        check("1 2 3 4 5 6", &[]);
        check("我 们 都 是 人", &[]);
        check("", &[]);
    }
}
