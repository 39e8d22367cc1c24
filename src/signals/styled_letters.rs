use super::mixed_scripts::places;
use super::{Evidence, Scene, counted, signal};
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
    /// ## References
    /// UAX #15 (compatibility characters, NFKC), by which they are read.
    "styled_letters", Rising
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
