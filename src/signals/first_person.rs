use std::sync::LazyLock;

use super::word_set::WordSet;
use super::{Evidence, Scene, share, signal};

signal! {
    /// ## What it detects
    /// Which share of the words are pronouns of the first person, in [0, 1]: `I`, `my`, `ich`,
    /// `je`, `я`, `我` and their forms. Unknown without words.
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
    /// Japanese and others mostly do without the pronoun, and some lists share words (`mi`, `i`).
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

fn observe(scene: &Scene<'_>) -> f32 {
    share(pronouns(scene).count(), scene.comment.tokens.words.len())
}

/// Index of each pronoun.
fn pronouns<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = usize> + 'a {
    let set = &*PRONOUN_SET;
    let words = scene.comment.tokens.words.iter().enumerate();
    words
        .filter(|(_, word)| set.has(word.hash))
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
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(PRONOUNS.is_sorted());
    }
}
