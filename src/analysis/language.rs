//! Which language a text is in.

use whichlang::{Lang, detect_language};

use crate::text::{ScriptGroup, main_script};

/// A language, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language {
    /// The writing system that most letters belong to.
    pub script: ScriptGroup,
    /// A number for the language among those that whichlang knows; `None` for texts too short to
    /// tell.
    pub code: Option<u8>,
}

/// Fewer bytes than this do not tell a language reliably: four or five words may be a name, a title
/// or a quotation. A guess, not measured.
const FEW_LETTERS: usize = 30;

/// Bytes that are looked at: the time that a comment may take is short, and a paragraph is enough.
const ENOUGH: usize = 200;

impl Language {
    /// The language of a normalised text; `None` for a text without letters.
    pub fn of(text: &str) -> Option<Self> {
        let head = &text[..crate::text::floor_boundary(text, ENOUGH)];
        let script = main_script(head);
        if script == ScriptGroup::None {
            return None;
        }
        let latin = matches!(script, ScriptGroup::Latin | ScriptGroup::Cyrillic);
        let enough = head.len() >= FEW_LETTERS;
        let code = (latin && enough).then(|| detect_language(head) as u8);
        Some(Self { script, code })
    }

    /// Whether two texts are surely in different languages.
    pub fn differs_from(self, other: Self) -> bool {
        let group = |script| match script {
            // Japanese mixes its scripts with Chinese characters.
            ScriptGroup::Kana => ScriptGroup::Han,
            other => other,
        };
        group(self.script) != group(other.script)
            || matches!((self.code, other.code), (Some(own), Some(their)) if own != their)
    }

    /// Its name in English.
    pub fn name(self) -> &'static str {
        let lang = self.code.and_then(|code| {
            whichlang::LANGUAGES
                .iter()
                .copied()
                .find(|&language| language as u8 == code)
        });
        match (lang, self.script) {
            (Some(Lang::Deu), _) => "German",
            (Some(Lang::Eng), _) => "English",
            (Some(Lang::Fra), _) => "French",
            (Some(Lang::Ita), _) => "Italian",
            (Some(Lang::Nld), _) => "Dutch",
            (Some(Lang::Por), _) => "Portuguese",
            (Some(Lang::Rus), _) => "Russian",
            (Some(Lang::Spa), _) => "Spanish",
            (Some(Lang::Swe), _) => "Swedish",
            (Some(Lang::Tur), _) => "Turkish",
            (Some(Lang::Vie), _) => "Vietnamese",
            (_, ScriptGroup::Latin) => "a language in Latin letters",
            (_, ScriptGroup::Cyrillic) => "a language in Cyrillic letters",
            (_, ScriptGroup::Greek) => "Greek",
            (_, ScriptGroup::Arabic) => "a language in Arabic letters",
            (_, ScriptGroup::Hebrew) => "Hebrew",
            (_, ScriptGroup::Han | ScriptGroup::Kana) => "Chinese or Japanese",
            (_, ScriptGroup::Hangul) => "Korean",
            (_, ScriptGroup::Thai) => "Thai",
            (_, ScriptGroup::Devanagari) => "a language in Devanagari",
            (_, ScriptGroup::Other | ScriptGroup::None) => "another language",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_differ_by_letters_or_by_words() {
        let english = Language::of("I have worn these shoes for a whole winter now").unwrap();
        let french = Language::of("Je porte ces chaussures depuis tout un hiver").unwrap();
        let russian = Language::of("Отличные кроссовки").unwrap();
        let japanese = Language::of("靴がとても好きです").unwrap();
        let chinese = Language::of("这双鞋很好").unwrap();
        assert!(english.differs_from(french) && english.differs_from(russian));
        assert!(!japanese.differs_from(chinese));
        assert!(
            !english.differs_from(Language::of("Merci!").unwrap()),
            "too short to tell"
        );
        assert_eq!(Language::of("12 :-)"), None);
        assert_eq!(english.name(), "English");
    }
}
