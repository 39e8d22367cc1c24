//! Which writing systems a text uses.

use unicode_script::{Script, UnicodeScript};

/// Writing systems, in the coarseness that matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ScriptGroup {
    /// Latin.
    Latin,
    /// Cyrillic.
    Cyrillic,
    /// Greek.
    Greek,
    /// Arabic.
    Arabic,
    /// Hebrew.
    Hebrew,
    /// Chinese characters.
    Han,
    /// Hiragana and Katakana.
    Kana,
    /// Korean.
    Hangul,
    /// Thai.
    Thai,
    /// Devanagari.
    Devanagari,
    /// Any other writing system.
    Other,
    /// No letter at all.
    None,
}

impl ScriptGroup {
    /// How many groups there are.
    pub const COUNT: usize = 12;

    /// All groups in the order of their discriminants.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Latin,
        Self::Cyrillic,
        Self::Greek,
        Self::Arabic,
        Self::Hebrew,
        Self::Han,
        Self::Kana,
        Self::Hangul,
        Self::Thai,
        Self::Devanagari,
        Self::Other,
        Self::None,
    ];

    /// The group of one character; [`ScriptGroup::None`] for anything but letters, and for the
    /// few letters that all scripts share.
    pub fn of(character: char) -> Self {
        if character.is_ascii() {
            return if character.is_ascii_alphabetic() {
                Self::Latin
            } else {
                Self::None
            };
        }
        if !character.is_alphabetic() {
            return Self::None;
        }
        match character {
            '\u{c0}'..='\u{24f}' => return Self::Latin,
            '\u{400}'..='\u{52f}' => return Self::Cyrillic,
            '\u{4e00}'..='\u{9fff}' => return Self::Han,
            '\u{ac00}'..='\u{d7a3}' => return Self::Hangul,
            _ => {}
        }
        match character.script() {
            Script::Latin => Self::Latin,
            Script::Cyrillic => Self::Cyrillic,
            Script::Greek => Self::Greek,
            Script::Arabic => Self::Arabic,
            Script::Hebrew => Self::Hebrew,
            Script::Han => Self::Han,
            Script::Hiragana | Script::Katakana => Self::Kana,
            Script::Hangul => Self::Hangul,
            Script::Thai => Self::Thai,
            Script::Devanagari => Self::Devanagari,
            Script::Common | Script::Inherited | Script::Unknown => Self::None,
            _ => Self::Other,
        }
    }

    /// Whether it is one of the scripts of Chinese, Japanese and Korean.
    pub fn is_cjk(self) -> bool {
        matches!(self, Self::Han | Self::Kana | Self::Hangul)
    }
}

/// How many letters of each group a text has; the place of [`ScriptGroup::None`] stays 0.
fn script_counts(text: &str) -> [u32; ScriptGroup::COUNT] {
    let mut counts = [0; ScriptGroup::COUNT];
    for character in text.chars() {
        let group = ScriptGroup::of(character);
        if group != ScriptGroup::None {
            counts[group as usize] += 1;
        }
    }
    counts
}

/// The group with most letters; the earlier one in [`ScriptGroup::ALL`] if two have as many.
pub fn main_script(text: &str) -> ScriptGroup {
    if text.is_ascii() {
        let has_letter = text.bytes().any(|byte| byte.is_ascii_alphabetic());
        return if has_letter {
            ScriptGroup::Latin
        } else {
            ScriptGroup::None
        };
    }
    let counts = script_counts(text);
    let mut main = ScriptGroup::None;
    for group in ScriptGroup::ALL {
        if counts[group as usize] > counts[main as usize] {
            main = group;
        }
    }
    main
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: ScriptGroup) {
        assert_eq!(main_script(input), expected, "{input}");
    }

    #[test]
    fn the_script_with_most_letters_wins() {
        check("", ScriptGroup::None);
        check("123 !", ScriptGroup::None);
        check("plain", ScriptGroup::Latin);
        check("größer", ScriptGroup::Latin);
        check("да ok, хорошо", ScriptGroup::Cyrillic);
        check("日本語", ScriptGroup::Han);
        check("ありがとう", ScriptGroup::Kana);
        check("감사합니다", ScriptGroup::Hangul);
        check("ქართული", ScriptGroup::Other);
        check("😀", ScriptGroup::None);
    }

    #[test]
    fn discriminants_index_the_counts() {
        for (index, group) in ScriptGroup::ALL.into_iter().enumerate() {
            assert_eq!(group as usize, index);
        }
    }
}
