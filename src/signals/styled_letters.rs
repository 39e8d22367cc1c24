use super::mixed_scripts::places;
use super::{Evidence, Scene, Weight, counted, signal};
use crate::text::OddityKind;

signal! {
    /// ## What it detects
    /// Runs of letters or digits from alphabets that Unicode has for mathematics, lists and
    /// decoration: bold, circled, squared and similar ones.
    ///
    /// ## Why it matters
    /// They catch the eye where markup is not allowed, and word lists do not find them.
    ///
    /// ## Example
    /// `𝗳𝗿𝗲𝗲 money` → 1.
    ///
    /// ## When it is wrong
    /// Names and jokes in social media style; mathematics; circled numbers in East Asian
    /// lists, and the full-width Latin letters that East Asian keyboards produce.
    ///
    /// The weights are written down: on most blogs nobody does it, so there is nothing to learn from.
    /// In all collected comments together, one such run stands in 348 genuine comments and 10,294 of
    /// spam, more in 24 and 1,095; 1.5 and 2.5 log-odds are well below that.
    ///
    /// ## References
    /// UAX #15 (compatibility characters, NFKC), by which they are read.
    "styled_letters", Rising, Weight::Fixed { edges: &[0.5, 1.5], values: &[0.0, 1.5, 2.5] }
}

fn observe(scene: &Scene<'_>) -> f32 {
    scene.comment.text.oddity_count(OddityKind::StyledLetters) as f32
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("has no decorated letters");
    }
    let runs = counted(value as usize, "place");
    Evidence::new(format!("has letters from decorative alphabets in {runs}"))
        .at(places(scene, OddityKind::StyledLetters))
}
