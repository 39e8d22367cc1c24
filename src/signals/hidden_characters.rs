use super::{Evidence, Scene, counted, signal};
use crate::text::OddityKind;

signal! {
    /// ## What it detects
    /// Runs of characters that show nothing: zero-width spaces, soft hyphens, direction controls,
    /// and piles of combining marks.
    ///
    /// ## Why it matters
    /// They are put inside words so that word lists do not find them. People do not type them.
    ///
    /// ## Example
    /// `ca<U+200B>sino` → 1.
    ///
    /// ## When it is wrong
    /// Text pasted from a word processor may carry soft hyphens or a byte order mark. Joiners that
    /// emoji and several scripts need are not counted.
    ///
    /// ## References
    /// UTS #39, section 3 (identifier characters); Unicode, chapter 23.
    "hidden_characters", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    let count = |kind| scene.comment.text.oddity_count(kind);
    (count(OddityKind::HiddenCharacter) + count(OddityKind::StackedMarks)) as f32
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("has no hidden characters");
    }
    let hidden = |kind| matches!(kind, OddityKind::HiddenCharacter | OddityKind::StackedMarks);
    let places = scene
        .comment
        .text
        .oddities()
        .iter()
        .filter(|oddity| hidden(oddity.kind));
    Evidence::new(format!(
        "hides {} that show nothing",
        counted(value as usize, "run") + " of characters"
    ))
    .at(places.map(|oddity| oddity.original.clone()))
}
