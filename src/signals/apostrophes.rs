use super::{Evidence, Scene, share, signal};

signal! {
    /// ## What it detects
    /// Apostrophes per word. Unknown without words.
    ///
    /// ## Why it matters
    /// Who talks contracts: `don't`, `it's`, `j'ai`. Translated and formal texts do not, and
    /// programs that vary words often lose the apostrophe.
    ///
    /// ## Example
    /// `I don't think it's so` → 0.4, `I do not think it is so` → 0.
    ///
    /// ## When it is wrong
    /// Most languages have no contractions; single quotation marks look the same.
    ///
    /// ## References
    /// None; found by comparing genuine and spam comments.
    "apostrophes", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    share(number(scene.comment.text.as_str()), scene.comment.tokens.words.len())
}

/// Typewriter apostrophes and curly ones; the former are what normalisation leaves inside words.
fn number(text: &str) -> usize {
    let straight = text.bytes().filter(|&byte| byte == b'\'').count();
    let curly = if text.is_ascii() { 0 } else { text.matches('’').count() };
    straight + curly
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("has no apostrophes");
    }
    let apostrophes = super::counted(number(scene.comment.text.as_str()), "apostrophe");
    let words = super::counted(scene.comment.tokens.words.len(), "word");
    Evidence::new(format!("has {apostrophes} in {words}"))
}
