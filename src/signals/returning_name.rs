use super::{Evidence, Scene, name_words, signal};

signal! {
    /// ## What it detects
    /// Whether somebody took part in the thread before under exactly this name: 1 or 0. Case
    /// and punctuation do not count. Unknown without a name, and if nobody gave one before.
    ///
    /// ## Why it matters
    /// Who comes back to a thread talks with others. Spam seldom does, at least not under a name whose
    /// comments were kept.
    ///
    /// ## Example
    /// `jo keller` after a comment by `Jo Keller` → 1.
    ///
    /// ## When it is wrong
    /// First names are shared. Spam that went unnoticed returns as well, and names can be borrowed.
    ///
    /// ## References
    /// None; our own idea.
    "returning_name", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    let Some(name) = scene.person().value() else {
        return f32::NAN;
    };
    if !scene.context.has_names() || name.tokens.words.is_empty() {
        return f32::NAN;
    }
    super::flag(scene.context.has_name(name))
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = name_words::quoted(scene).unwrap_or_default();
    if value == 0.0 {
        return Evidence::new(format!(
            "nobody took part in the conversation before as {name}"
        ));
    }
    Evidence::new(format!("{name} has taken part in the conversation before"))
}
