use super::homepage_host::label;
use super::{Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// How many characters the registered part of the host has whose page sent a pingback or
    /// trackback. Unknown for comments that people wrote.
    ///
    /// ## Why it matters
    /// Domains made of search phrases are long; so are those that a machine made up.
    ///
    /// ## Example
    /// `https://example.com/` → 7.
    ///
    /// ## When it is wrong
    /// Blogs with a sentence for a name.
    ///
    /// ## References
    /// Public Suffix List, for where the registered part starts.
    "page_host", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    scene
        .page()
        .map_or(f32::NAN, |page| label(page).chars().count() as f32)
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(format!(
        "the site that sent this has a name of {}",
        counted(value as usize, "character")
    ))
}
