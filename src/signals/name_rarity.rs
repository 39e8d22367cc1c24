use super::{Evidence, Scene, name_words, signal};
use crate::analysis::Terms;

signal! {
    /// ## What it detects
    /// How rare the words of the author's name are in ordinary texts, in nats, as a mean over those
    /// of more than two letters. Unknown without such a word.
    ///
    /// ## Why it matters
    /// Random letters are rarer than any name. Keywords are more common than names, but that is for
    /// `name_vocabulary` and `name_small_words` to say; rarity only counts against a name.
    ///
    /// ## Example
    /// `Jo Keller` → about 9, `best running shoes` → about 5.
    ///
    /// ## When it is wrong
    /// People are called Mark and Hope. Rare is what our texts seldom have, which includes the names
    /// of half the world.
    ///
    /// ## References
    /// Spärck Jones, *A statistical interpretation of term specificity*, 1972.
    "name_rarity", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    let Some(name) = scene.person().value() else {
        return f32::NAN;
    };
    let first = name_words::first_words(scene).len();
    let terms = Terms::of_words(&name.tokens, 0..first);
    let (mut sum, mut n) = (0.0, 0);
    for term in &terms.distinct {
        let word = &name.tokens.words[term.word as usize];
        if name_words::is_telling(name, word) {
            sum += scene.background.rarity(term.hash);
            n += 1;
        }
    }
    if n == 0 { f32::NAN } else { sum / n as f32 }
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = name_words::quoted(scene).unwrap_or_default();
    // One text of so many has such a word.
    let texts = value.exp();
    Evidence::new(match texts {
        ..30.0 => format!("the name {name} is made of everyday words"),
        30.0..1000.0 => format!("the name {name} is made of words that one text in {texts:.0} has"),
        _ => format!("the name {name} is made of words that our texts hardly ever have"),
    })
}
