use super::homepage_hyphens::hyphens;
use super::{Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// Hyphens in the address of the page that sent a pingback or trackback, up to eight. Unknown for
    /// comments that people wrote.
    ///
    /// ## Why it matters
    /// The address of a post spells out its title. The front page of a promoted site has none, or
    /// has them in its host.
    ///
    /// ## Example
    /// `https://example.com/my-winter-shoes/` → 2.
    ///
    /// ## When it is wrong
    /// Blogs that number their posts.
    ///
    /// ## References
    /// None; our own idea.
    "page_hyphens", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    scene.page().map_or(f32::NAN, hyphens)
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(format!(
        "the address of the page that sent this has {}",
        counted(value as usize, "hyphen")
    ))
}
