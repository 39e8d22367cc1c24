use super::name_self::possible_keyword;
use super::{Evidence, Scene, name_words, signal};

signal! {
    /// ## What it detects
    /// How often people write the words of the author's name small inside their sentences, from 0
    /// (always with a capital) to 1 (always small), as a mean over the words of more than two
    /// letters; a word that was hardly seen counts half. How the name itself is written does not
    /// matter. Unknown without such a word, and where the name says who somebody is (`name_self`).
    ///
    /// ## Why it matters
    /// A keyword is a noun or a verb whichever way it is typed: `Roof Repair` stays what people write
    /// small. `Jo Keller` they do not, and neither is rarer than the other by need.
    ///
    /// ## Example
    /// `Jo Keller` → about 0.3, `Cheap Running Shoes` → about 0.9.
    ///
    /// ## When it is wrong
    /// Nicknames made of everyday words, names such as Mark and Hope, and blogs in German, which
    /// write their nouns with a capital.
    ///
    /// ## References
    /// Lita, Ittycheriah, Roukos, Kambhatla, *tRuEcasIng*, ACL 2003, for how words get their case.
    "name_small_words", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    match possible_keyword(scene) {
        Some(_) => scene.name_casing,
        None => f32::NAN,
    }
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = name_words::quoted(scene).unwrap_or_default();
    Evidence::new(match value {
        ..0.4 => format!("the name {name} is made of words that people write with a capital"),
        0.4..0.6 => format!("the name {name} is made of words that people write either way"),
        _ => format!("the name {name} is made of words that people write small"),
    })
}
