use super::name_words::n_words;
use super::{Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// How many words the title of the page has that sent a pingback or trackback. Unknown for
    /// comments that people wrote into the form.
    ///
    /// ## Why it matters
    /// Bloggers' titles have a handful of words; pages made for search engines pile up search
    /// phrases.
    ///
    /// ## Example
    /// A pingback named `My winter shoes | Jo's blog` → 5.
    ///
    /// ## When it is wrong
    /// Blogs that append their name and slogan to every title.
    ///
    /// ## References
    /// None; our own idea.
    "page_title_words", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    scene.page_title().map_or(f32::NAN, n_words)
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(format!(
        "the page that sent this has a title of {}",
        counted(value as usize, "word")
    ))
}
