use super::{Evidence, Scene, share, signal};

signal! {
    /// ## What it detects
    /// Characters per word, on average. Unknown without words.
    ///
    /// ## Why it matters
    /// Talk has short words, articles and product names have long ones.
    ///
    /// ## Example
    /// `I do it so too` → 2, `Professional accounting services` → 10.
    ///
    /// ## When it is wrong
    /// Languages differ: German and Finnish have long words, Vietnamese short ones, and Chinese
    /// characters count as words. Experts use long words.
    ///
    /// ## References
    /// None; word length is among the oldest measures of style.
    "word_length", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    let text = scene.comment.text.as_str();
    let words = &scene.comment.tokens.words;
    let length = |span: &std::ops::Range<u32>| (span.end - span.start) as usize;
    let characters: usize = if text.is_ascii() {
        words.iter().map(|word| length(&word.span)).sum()
    } else {
        let written = |span: &std::ops::Range<u32>| &text[span.start as usize..span.end as usize];
        words.iter().map(|word| written(&word.span).chars().count()).sum()
    };
    share(characters, words.len())
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(format!("its words have {value:.1} characters on average"))
}
