use super::{Evidence, Scene, name_words, signal};

signal! {
    /// ## What it detects
    /// How many digits the author's name has. Unknown without a name.
    ///
    /// ## Why it matters
    /// Machines that need many names number them.
    ///
    /// ## Example
    /// `Jo Keller` → 0, `jo1987` → 4, `slot88` → 2.
    ///
    /// ## When it is wrong
    /// Nicknames carry years of birth, and computer people write `j0`.
    ///
    /// ## References
    /// None; our own idea.
    "name_digits", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    let Some(name) = scene.person().value() else {
        return f32::NAN;
    };
    name.text
        .as_str()
        .chars()
        .filter(|character| character.is_numeric())
        .count() as f32
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = name_words::quoted(scene).unwrap_or_default();
    if value == 0.0 {
        return Evidence::new(format!("the name {name} has no digits"));
    }
    Evidence::new(format!(
        "the name {name} has {}",
        super::counted(value as usize, "digit")
    ))
}
