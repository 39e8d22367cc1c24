use super::name_self::possible_keyword;
use super::{Evidence, Scene, name_words, signal};

signal! {
    /// ## What it detects
    /// How the author's name is written: 0 with capitals and small letters, or without letters that
    /// have a case; 1 one word in small letters; 2 several words in small letters; 3 more than three
    /// letters, all capitals. Unknown without a name, and where it says who somebody is (`name_self`).
    ///
    /// ## Why it matters
    /// People who give two names write them with capitals. Keywords come as they were typed into a
    /// search box.
    ///
    /// ## Example
    /// `Jo Keller` → 0, `jo` → 1, `running shoes` → 2, `CHEAP SHOES` → 3.
    ///
    /// ## When it is wrong
    /// Nicknames are small for love of it, and some people write all in capitals.
    ///
    /// ## References
    /// None; our own idea.
    "name_case", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    let Some(name) = possible_keyword(scene) else {
        return f32::NAN;
    };
    let (mut n_lower, mut n_upper) = (0, 0);
    for character in name.text.as_str().chars() {
        n_lower += usize::from(character.is_lowercase());
        n_upper += usize::from(character.is_uppercase());
    }
    match (n_lower, n_upper) {
        (0, 4..) => 3.0,
        (1.., 0) if name.tokens.words.len() > 1 => 2.0,
        (1.., 0) => 1.0,
        _ => 0.0,
    }
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = name_words::quoted(scene).unwrap_or_default();
    Evidence::new(match value {
        1.0 => format!("the name {name} is written small"),
        2.0 => format!("the name {name} has several words, all written small"),
        3.0 => format!("the name {name} is all in capitals"),
        _ => format!("the name {name} is written as names are"),
    })
}
