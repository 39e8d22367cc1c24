use std::collections::HashMap;
use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64;

use super::word_set::WordSet;
use super::{Evidence, Scene, share, signal};
use crate::analysis::{BuildIdentity, Languages};
use crate::tokens::Word;

signal! {
    /// ## What it detects
    /// Which share of the words are pronouns of the first person, in [0, 1]: `I`, `my`, `ich`,
    /// `je`, `я`, `我` and their forms. What is another word in the comment's own language, as far as
    /// that can be told, does not count. Unknown without words.
    ///
    /// ## Why it matters
    /// Readers tell what they did and think. Advertisements speak of `we` and `you`, articles of
    /// nobody.
    ///
    /// ## Example
    /// `I tried it on my phone` → 0.33, `Our shop has the best prices` → 0.
    ///
    /// ## When it is wrong
    /// Praise made to measure and invented success stories say `I` a lot. Polish, Spanish, Italian,
    /// Japanese and others mostly do without the pronoun. A few words do not tell a language, so that
    /// `i` and `im` count in any short comment.
    ///
    /// ## References
    /// None; the lists were written for this program.
    "first_person", Free
}

/// Sorted by bytes. English, German, French, Spanish, Portuguese, Italian, Dutch, Swedish, Polish,
/// Russian, Indonesian, Turkish, Vietnamese, Chinese, Japanese, Korean, Arabic, Hindi, Thai.
const PRONOUNS: &[&str] = &[
    "aku",
    "bana",
    "ben",
    "beni",
    "benim",
    "comigo",
    "conmigo",
    "eu",
    "gua",
    "gue",
    "i",
    "i'd",
    "i'll",
    "i'm",
    "i've",
    "ich",
    "ik",
    "im",
    "io",
    "ive",
    "j'adore",
    "j'ai",
    "j'aime",
    "j'avais",
    "j'en",
    "j'y",
    "j'étais",
    "jag",
    "je",
    "jeg",
    "me",
    "mein",
    "meine",
    "meinem",
    "meinen",
    "meiner",
    "meines",
    "mes",
    "meu",
    "meus",
    "mi",
    "mia",
    "mich",
    "mie",
    "miei",
    "mig",
    "mij",
    "mijn",
    "mim",
    "min",
    "mina",
    "mine",
    "minha",
    "minhas",
    "mio",
    "mir",
    "mis",
    "mitt",
    "mnie",
    "mną",
    "moi",
    "moim",
    "moja",
    "moje",
    "mojego",
    "mojej",
    "mon",
    "my",
    "myself",
    "mình",
    "mí",
    "mía",
    "mío",
    "mój",
    "saya",
    "tôi",
    "yo",
    "меня",
    "мне",
    "мной",
    "мое",
    "моего",
    "моей",
    "мои",
    "моим",
    "моих",
    "мой",
    "мою",
    "моя",
    "моё",
    "я",
    "أنا",
    "मुझे",
    "मेरा",
    "मेरी",
    "मैं",
    "ฉัน",
    "ผม",
    "俺",
    "僕",
    "我",
    "私",
    "나는",
    "나도",
    "내가",
    "저는",
    "저도",
    "제가",
];

static PRONOUN_SET: LazyLock<WordSet> = LazyLock::new(|| WordSet::of(PRONOUNS.iter().copied()));

/// Those that are other words elsewhere, with the languages that have them as pronouns: `im` is `in
/// the` in German, `i` `and` in Polish, `min` stands for minutes.
const PRONOUNS_OF: [(&str, &[&str]); 14] = [
    ("ben", &["tr"]),
    ("eu", &["pt", "ro", "gl"]),
    ("i", &["en"]),
    ("im", &["en"]),
    ("io", &["it"]),
    ("ive", &["en"]),
    ("je", &["fr"]),
    ("mes", &["fr"]),
    ("mi", &["es", "it"]),
    ("min", &["da", "no", "sv"]),
    ("mina", &["sv"]),
    ("mir", &["de"]),
    ("mis", &["es"]),
    ("mon", &["fr"]),
];

static LANGUAGES_OF: LazyLock<HashMap<u64, Languages, BuildIdentity>> = LazyLock::new(|| {
    let languages =
        |(word, codes): (&str, &[&str])| (xxh3_64(word.as_bytes()), Languages::of(codes));
    PRONOUNS_OF.map(languages).into_iter().collect()
});

fn observe(scene: &Scene<'_>) -> f32 {
    share(pronouns(scene).count(), scene.comment.tokens.words.len())
}

/// Index of each pronoun.
fn pronouns<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = usize> + 'a {
    let (pronouns, languages_of) = (&*PRONOUN_SET, &*LANGUAGES_OF);
    let language = scene.comment.language;
    let is_pronoun = move |word: &Word| {
        let is_of = |&languages: &Languages| language.is_none_or(|own| own.may_be(languages));
        pronouns.has(word.hash) && languages_of.get(&word.hash).is_none_or(is_of)
    };
    let words = scene.comment.tokens.words.iter().enumerate();
    words
        .filter(move |(_, word)| is_pronoun(word))
        .map(|(index, _)| index)
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("does not speak of its author (`I`, `my`)");
    }
    let n = pronouns(scene).count();
    let words = super::counted(scene.comment.tokens.words.len(), "word");
    let times = if n == 1 {
        "once".to_owned()
    } else {
        format!("{n} times")
    };
    let places = pronouns(scene).map(|word| scene.comment.place_of_words(word, word));
    Evidence::new(format!(
        "speaks of its author (`I`, `my`) {times} in {words}"
    ))
    .at(places)
}

#[cfg(test)]
mod tests {
    use super::super::shared_subject::tests::with_scene;
    use super::*;
    use crate::comment::Post;

    #[test]
    fn the_list_is_in_order() {
        assert!(PRONOUNS.is_sorted() && PRONOUNS_OF.is_sorted());
        assert!(PRONOUNS_OF.iter().all(|(word, _)| PRONOUNS.contains(word)));
    }

    #[test]
    fn words_of_other_languages_are_no_pronouns() {
        let share = |body| with_scene(&Post::default(), &[], ("", body), observe);
        assert_eq!(
            share("Das Wasser ist im Sommer warm und im Winter hart"),
            0.0
        );
        assert_eq!(share("Im sure that this is what you have in there"), 0.1);
        assert_eq!(share("Ich war im Sommer auch da und es war schön"), 0.1);
    }
}
