use super::{Evidence, Scene, counted, signal};
use crate::text::OddityKind;

signal! {
    /// ## What it detects
    /// Words in which letters of another alphabet stand for the Latin ones they look like, such as
    /// a Cyrillic `а` in an English word.
    ///
    /// ## Why it matters
    /// People hardly ever mix alphabets inside a word; it is done to pass word lists.
    ///
    /// ## Example
    /// `frее` with two Cyrillic letters → 1.
    ///
    /// ## When it is wrong
    /// Units, mathematics and brand names (`µm`); words with a foreign ending, as in Russian talk
    /// about technology.
    ///
    /// ## References
    /// UTS #39, section 4 (confusables) and mixed-script detection.
    "mixed_scripts", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    scene.comment.text.oddity_count(OddityKind::MixedScript) as f32
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("mixes no alphabets inside words");
    }
    let words = counted(value as usize, "word");
    Evidence::new(format!(
        "mixes letters of two alphabets that look alike in {words}"
    ))
    .at(places(scene, OddityKind::MixedScript))
}

/// The places of one kind of oddity, in the original.
pub(super) fn places<'a>(
    scene: &'a Scene<'_>,
    kind: OddityKind,
) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
    let oddities = scene.comment.text.oddities().iter();
    oddities
        .filter(move |oddity| oddity.kind == kind)
        .map(|oddity| oddity.original.clone())
}
