use super::mixed_scripts::places;
use super::{Evidence, Scene, Weight, counted, signal};
use crate::text::OddityKind;

signal! {
    /// ## What it detects
    /// Words written with a space between their letters.
    ///
    /// ## Why it matters
    /// It is done to pass word lists, and to shout.
    ///
    /// ## Example
    /// `c a s i n o bonus` → 1.
    ///
    /// ## When it is wrong
    /// Emphasis (`v e r y`), and lists of single letters.
    ///
    /// The weights are written down: on most blogs nobody does it, so there is nothing to learn from.
    /// In all collected comments together, one such word stands in 18 genuine comments and 1,267 of
    /// spam, more in 2 and 3; 1 log-odds for one word and 2 for more.
    ///
    /// ## References
    /// None; the trick is as old as mail filters.
    "spaced_letters", Rising, Weight::Fixed { edges: &[0.5, 1.5], values: &[0.0, 1.0, 2.0] }
}

fn observe(scene: &Scene<'_>) -> f32 {
    scene.comment.text.oddity_count(OddityKind::SpacedLetters) as f32
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("has no words with spaces between their letters");
    }
    let words = counted(value as usize, "word");
    Evidence::new(format!("puts spaces between the letters of {words}"))
        .at(places(scene, OddityKind::SpacedLetters))
}
