use super::{Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// How long the comment is, as ln(1 + words). Characters count as words where words are not
    /// spaced.
    ///
    /// ## Why it matters
    /// By itself it says little. It tells how much the other signals have to stand on: a word shared
    /// with the post is worth more in a comment of five words than in one of five hundred.
    ///
    /// ## Example
    /// `Thanks, that helped.` → ln 4 ≈ 1.4; no words → 0.
    ///
    /// ## When it is wrong
    /// Both kinds come short and long; praise for any post is often two or three sentences. Of very
    /// long texts only head and tail are counted.
    ///
    /// ## References
    /// None; found by comparing genuine and spam comments.
    "length", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    (scene.comment.tokens.words.len() as f32).ln_1p()
}

fn explain(scene: &Scene<'_>, _value: f32) -> Evidence {
    Evidence::new(match scene.comment.tokens.words.len() {
        0 => "has no words".to_owned(),
        n => format!("has {}", counted(n, "word")),
    })
}
