//! Which language a text is in, told by its everyday words.

use std::collections::HashMap;
use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64;

use super::BuildIdentity;
use crate::text::{ScriptGroup, main_script};

/// A language, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language {
    /// The writing system that most letters belong to.
    pub script: ScriptGroup,
    /// The languages that its everyday words may belong to, a bit each by their place in
    /// [`LANGUAGES`]; 0 where the words are too few to tell.
    likely: u64,
    /// The place of the language that has most of them.
    first: u8,
}

/// Words that are looked at: the time that a comment may take is short, and a paragraph is enough.
const ENOUGH: usize = 60;

/// Bytes that the writing system is told by.
const HEAD: usize = 200;

/// Everyday words that tell a language: fewer may be a name, a title or a quotation.
const FEWEST: u8 = 3;

/// One word in so many has to be an everyday word of a language: a long list of keywords, or a text in
/// a language of which we know nothing, meets some by chance. A guess, not measured.
const ONE_IN: usize = 7;

/// Codes of the languages whose everyday words are known, and their names in English.
const LANGUAGES: [(&str, &str); 46] = [
    ("af", "Afrikaans"),
    ("ar", "Arabic"),
    ("bg", "Bulgarian"),
    ("bn", "Bengali"),
    ("ca", "Catalan"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("es", "Spanish"),
    ("et", "Estonian"),
    ("eu", "Basque"),
    ("fa", "Persian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("ga", "Irish"),
    ("gl", "Galician"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hr", "Croatian"),
    ("hu", "Hungarian"),
    ("hy", "Armenian"),
    ("id", "Indonesian"),
    ("it", "Italian"),
    ("lt", "Lithuanian"),
    ("lv", "Latvian"),
    ("mr", "Marathi"),
    ("ms", "Malay"),
    ("nl", "Dutch"),
    ("no", "Norwegian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sk", "Slovak"),
    ("sl", "Slovenian"),
    ("so", "Somali"),
    ("sv", "Swedish"),
    ("sw", "Swahili"),
    ("tl", "Tagalog"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("vi", "Vietnamese"),
    ("zu", "Zulu"),
];

/// For each everyday word, by its hash, the languages that have it. Single characters are left out:
/// every text has some.
static EVERYDAY: LazyLock<HashMap<u64, u64, BuildIdentity>> = LazyLock::new(|| {
    let mut words: HashMap<u64, u64, BuildIdentity> = HashMap::default();
    for (place, (code, _)) in LANGUAGES.iter().enumerate() {
        for word in stop_words::lookup(code).unwrap_or_default() {
            if word.chars().nth(1).is_some() {
                *words.entry(xxh3_64(word.as_bytes())).or_default() |= 1 << place;
            }
        }
    }
    words
});

/// As much of a text as its writing system is told by.
pub(super) fn head_of(text: &str) -> &str {
    &text[..crate::text::floor_boundary(text, HEAD)]
}

/// Some of the languages whose everyday words are known, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Languages(u64);

impl Languages {
    /// Those of these ISO 639-1 codes; codes of others are passed over.
    pub fn of(codes: &[&str]) -> Self {
        let places = codes
            .iter()
            .filter_map(|code| LANGUAGES.iter().position(|(own, _)| own == code));
        Self(places.fold(0, |all, place| all | 1 << place))
    }
}

impl Language {
    /// The language of a normalised text, given with the hashes of its lower-cased words in their
    /// order; `None` for a text without letters.
    pub fn of(text: &str, words: &[u64]) -> Option<Self> {
        let script = main_script(head_of(text));
        if script == ScriptGroup::None {
            return None;
        }
        let mut distinct = [0; ENOUGH];
        let n = words.len().min(ENOUGH);
        distinct[..n].copy_from_slice(&words[..n]);
        let distinct = &mut distinct[..n];
        distinct.sort_unstable();
        let (mut counts, mut n, mut last) = ([0u8; LANGUAGES.len()], 0, None);
        for &mut word in distinct {
            if last.replace(word) == Some(word) {
                continue;
            }
            n += 1;
            let mut of = EVERYDAY.get(&word).copied().unwrap_or_default();
            while of != 0 {
                counts[of.trailing_zeros() as usize] += 1;
                of &= of - 1;
            }
        }
        let most = counts.iter().copied().max().unwrap_or_default();
        let first = counts.iter().position(|&count| count == most);
        let is_sure = most >= FEWEST && usize::from(most) * ONE_IN >= n;
        let likely = |(place, &count): (usize, &u8)| u64::from(2 * count > most) << place;
        Some(Self {
            script,
            likely: if is_sure {
                counts.iter().enumerate().map(likely).sum()
            } else {
                0
            },
            first: first.filter(|_| is_sure).unwrap_or_default() as u8,
        })
    }

    /// Whether it may be one of those, as far as can be told.
    pub fn may_be(self, languages: Languages) -> bool {
        self.likely == 0 || self.likely & languages.0 != 0
    }

    /// Only its writing system.
    pub fn letters(self) -> Self {
        Self {
            likely: 0,
            first: 0,
            ..self
        }
    }

    /// Whether two texts are surely in different languages: in other letters, or in everyday words
    /// that hardly ever belong to the same one.
    pub fn differs_from(self, other: Self) -> bool {
        let group = |script| match script {
            // Japanese mixes its scripts with Chinese characters.
            ScriptGroup::Kana => ScriptGroup::Han,
            other => other,
        };
        let both_told = self.likely != 0 && other.likely != 0;
        group(self.script) != group(other.script) || (both_told && self.likely & other.likely == 0)
    }

    /// Its name in English.
    pub fn name(self) -> &'static str {
        if self.likely != 0 {
            return LANGUAGES[usize::from(self.first)].1;
        }
        match self.script {
            ScriptGroup::Latin => "a language in Latin letters",
            ScriptGroup::Cyrillic => "a language in Cyrillic letters",
            ScriptGroup::Greek => "Greek",
            ScriptGroup::Arabic => "a language in Arabic letters",
            ScriptGroup::Hebrew => "Hebrew",
            ScriptGroup::Han | ScriptGroup::Kana => "Chinese or Japanese",
            ScriptGroup::Hangul => "Korean",
            ScriptGroup::Thai => "Thai",
            ScriptGroup::Devanagari => "a language in Devanagari",
            ScriptGroup::Other | ScriptGroup::None => "another language",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(text: &str) -> Option<Language> {
        let words: Vec<u64> = text
            .split_whitespace()
            .map(|word| xxh3_64(word.to_lowercase().as_bytes()))
            .collect();
        Language::of(text, &words)
    }

    #[test]
    fn languages_differ_by_letters_or_by_words() {
        let english = language("I have worn these shoes for a whole winter now").unwrap();
        let french =
            language("Je porte ces chaussures depuis tout un hiver et elles sont bien").unwrap();
        let russian = language("Отличные кроссовки").unwrap();
        let japanese = language("靴がとても好きです").unwrap();
        let chinese = language("这双鞋很好").unwrap();
        assert!(english.differs_from(french) && english.differs_from(russian));
        assert!(!japanese.differs_from(chinese));
        assert!(
            !english.differs_from(language("Merci!").unwrap()),
            "too short to tell"
        );
        assert_eq!(language("12 :-)"), None);
        assert_eq!(
            [english.name(), french.name(), japanese.name()],
            ["English", "French", "Chinese or Japanese"]
        );
    }

    #[test]
    fn two_texts_in_one_language_agree_whatever_the_language() {
        let texts = [
            [
                "saya tidak tahu dari mana sepatu itu",
                "terima kasih, ini yang saya cari untuk dia",
            ],
            [
                "ik weet niet of deze schoenen te klein zijn",
                "wat een mooie tocht was dat over de dijk",
            ],
            [
                "nie wiem czy te buty są dla mnie",
                "to jest to co chcę ale tylko na lato",
            ],
        ];
        for [first, second] in texts {
            let (first, second) = (language(first).unwrap(), language(second).unwrap());
            assert!(first.likely != 0 && second.likely != 0);
            assert!(
                !first.differs_from(second),
                "{} {}",
                first.name(),
                second.name()
            );
        }
    }

    #[test]
    fn every_language_has_everyday_words() {
        for (code, name) in LANGUAGES {
            assert!(stop_words::lookup(code).is_some(), "{name}");
        }
    }
}
