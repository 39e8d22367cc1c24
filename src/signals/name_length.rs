use super::name_self::possible_keyword;
use super::{Evidence, Scene, name_words, signal};

signal! {
    /// ## What it detects
    /// How many characters the author's name has. Unknown without a name, and where it says who
    /// somebody is (`name_self`).
    ///
    /// ## Why it matters
    /// Names are some 3 to 20 characters long. Keywords, slogans and addresses in place of a name are
    /// longer; random letters tend to one length.
    ///
    /// ## Example
    /// `Jo` → 2, `best running shoes for flat feet` → 32.
    ///
    /// ## When it is wrong
    /// Pingbacks have the title of a page as their name.
    ///
    /// ## References
    /// None; our own idea.
    "name_length", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    possible_keyword(scene).map_or(f32::NAN, |name| {
        name.text.as_str().trim().chars().count() as f32
    })
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = name_words::quoted(scene).unwrap_or_default();
    Evidence::new(format!(
        "the name {name} is {} long",
        super::counted(value as usize, "character")
    ))
}
