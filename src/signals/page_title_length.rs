use super::{Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// How many characters the title of the page has that sent a pingback or trackback. Unknown for
    /// comments that people wrote into the form.
    ///
    /// ## Why it matters
    /// Spam trackbacks are sent in the name of a keyword or a first name, pingbacks in that of a
    /// page.
    ///
    /// ## Example
    /// A trackback named `cheap loans` → 11.
    ///
    /// ## When it is wrong
    /// Blogs with very short or very long titles.
    ///
    /// ## References
    /// None; our own idea.
    "page_title_length", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    scene.page_title().map_or(f32::NAN, |title| {
        title.text.as_str().trim().chars().count() as f32
    })
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(format!(
        "the page that sent this has a title of {}",
        counted(value as usize, "character")
    ))
}
