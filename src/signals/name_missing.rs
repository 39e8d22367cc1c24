use super::{Evidence, Scene, name_words, signal};
use crate::comment::Field;

signal! {
    /// ## What it detects
    /// Whether the author's name was left empty: 1 or 0. Unknown where the form does not ask for it.
    ///
    /// ## Why it matters
    /// Spam wants its name read, for it is the text of the link to its homepage. Shy readers leave
    /// theirs out.
    ///
    /// ## Example
    /// A comment without a name → 1, by `Jo` → 0.
    ///
    /// ## When it is wrong
    /// Badly written spam machines leave the name out too, and many forms do not let people do so.
    ///
    /// ## References
    /// None; it follows from what the form asks for.
    "name_missing", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    match scene.person() {
        Field::Known(_) => 0.0,
        Field::Empty => 1.0,
        Field::Unknown => f32::NAN,
    }
}

fn explain(scene: &Scene<'_>, _: f32) -> Evidence {
    Evidence::new(match name_words::quoted(scene) {
        Some(name) => format!("gives the name {name}"),
        None => "gives no name".to_owned(),
    })
}
