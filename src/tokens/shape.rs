//! How a word is written.

use unicode_script::{Script, UnicodeScript};

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
    /// A character of Chinese, in Japanese texts, too.
    Ideograph,
    /// A word in Katakana.
    Katakana,
    /// A letter of Hiragana.
    Hiragana,
    /// A few letters of Thai, Lao, Khmer or Burmese, in which UAX #29 finds no words.
    Cluster,
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
                if n_letters == 0
                    && let Some(unspaced) = Self::unspaced(character)
                {
                    return unspaced;
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

    /// What begins with a letter of a script that does not space its words.
    fn unspaced(first: char) -> Option<Self> {
        // No such script comes before Thai, and most others do.
        if first < '\u{e00}' {
            return None;
        }
        match first.script() {
            Script::Han => Some(Self::Ideograph),
            Script::Katakana => Some(Self::Katakana),
            Script::Hiragana => Some(Self::Hiragana),
            Script::Thai | Script::Lao | Script::Khmer | Script::Myanmar => Some(Self::Cluster),
            _ => None,
        }
    }

    /// Whether it is of a script that does not space its words.
    pub fn is_unspaced(self) -> bool {
        matches!(
            self,
            Self::Ideograph | Self::Katakana | Self::Hiragana | Self::Cluster
        )
    }

    /// Whether it is a piece of a word from which nobody could tell what the word is. Hiragana spell
    /// the grammar of Japanese, mostly, which all of its texts share.
    pub fn is_fragment(self) -> bool {
        matches!(self, Self::Hiragana | Self::Cluster)
    }
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
        check("カタカナ", Shape::Katakana);
        check("の", Shape::Hiragana);
        check("ก", Shape::Cluster);
        check("हिन्दी", Shape::Other);
        check("한국어", Shape::Other);
        check("مرحبا", Shape::Other);
    }
}
