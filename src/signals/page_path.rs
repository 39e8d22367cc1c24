use super::homepage_path::parts;
use super::{Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// How deep the address of the page that sent a pingback or trackback leads into its site: the
    /// parts of its path, and one more for a query. Unknown for comments that people wrote.
    ///
    /// ## Why it matters
    /// A post that links here has an address of its own. Spam often sends the front page of the site
    /// that it promotes.
    ///
    /// ## Example
    /// `https://example.com/2020/05/shoes/` → 3, `https://example.com` → 0.
    ///
    /// ## When it is wrong
    /// Link lists on the front page of a small site.
    ///
    /// ## References
    /// None; our own idea.
    "page_path", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    scene.page().map_or(f32::NAN, |page| parts(page) as f32)
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(format!(
        "the page that sent this lies {} deep in its site",
        counted(value as usize, "step")
    ))
}
