//! How a word is written.

/// The shape of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shape {
    /// `word`.
    Lower,
    /// `Word`, and a single capital.
    Capitalised,
    /// `WORD`.
    Upper,
    /// `wOrd`, `WordPress`.
    Mixed,
    /// Digits, perhaps with marks inside: `2024`, `3.5`.
    Number,
    /// A character of Chinese, or a word in Kana.
    Ideograph,
    /// A word of a script without case, or letters with digits and no case.
    Other,
}

impl Shape {
    /// The shape of a word.
    pub fn of(word: &str) -> Self {
        // Most words, and the least to look at.
        if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Self::Lower;
        }
        let mut n_upper = 0_usize;
        let mut n_lower = 0_usize;
        let mut n_letters = 0_usize;
        let mut starts_upper = false;
        if word.is_ascii() {
            for byte in word.bytes() {
                let is_upper = byte.is_ascii_uppercase();
                starts_upper |= is_upper && n_letters == 0;
                n_upper += usize::from(is_upper);
                n_letters += usize::from(byte.is_ascii_alphabetic());
            }
            n_lower = n_letters - n_upper;
        } else {
            for character in word.chars().filter(|character| character.is_alphabetic()) {
                if n_letters == 0 && is_ideographic(character) {
                    return Self::Ideograph;
                }
                let is_upper = character.is_uppercase();
                starts_upper |= is_upper && n_letters == 0;
                n_upper += usize::from(is_upper);
                n_lower += usize::from(character.is_lowercase());
                n_letters += 1;
            }
        }
        match (n_upper, n_lower) {
            (0, 0) if n_letters == 0 => Self::Number,
            (0, 0) => Self::Other,
            (0, _) => Self::Lower,
            (1, _) if starts_upper => Self::Capitalised,
            (_, 0) => Self::Upper,
            _ => Self::Mixed,
        }
    }
}

/// Chinese characters and both kinds of Kana.
fn is_ideographic(character: char) -> bool {
    matches!(character, '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, expected: Shape) {
        assert_eq!(Shape::of(word), expected, "{word}");
    }

    #[test]
    fn words_have_shapes() {
        check("word", Shape::Lower);
        check("don't", Shape::Lower);
        check("Word", Shape::Capitalised);
        check("I", Shape::Capitalised);
        check("Élan", Shape::Capitalised);
        check("USA", Shape::Upper);
        check("МОСКВА", Shape::Upper);
        check("WordPress", Shape::Mixed);
        check("iPhone", Shape::Mixed);
        check("3.5", Shape::Number);
        check("漢", Shape::Ideograph);
        check("カタカナ", Shape::Ideograph);
        check("مرحبا", Shape::Other);
    }
}
