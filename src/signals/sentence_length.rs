use super::{Evidence, Scene, share, signal};

signal! {
    /// ## What it detects
    /// Words per sentence, on average. Unknown without words.
    ///
    /// ## Why it matters
    /// Praise made to measure comes in short, complete sentences; lists of search phrases are one
    /// sentence without an end. What people write lies between.
    ///
    /// ## Example
    /// `Great post. I love it. Keep it up.` → 2.7.
    ///
    /// ## When it is wrong
    /// People who write without full stops, and Thai. Characters count as words where words are not
    /// spaced.
    ///
    /// ## References
    /// None; sentence length is among the oldest measures of style.
    "sentence_length", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    let tokens = &scene.comment.tokens;
    share(tokens.words.len(), tokens.sentences.len())
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(match scene.comment.tokens.sentences.len() {
        1 => format!("is one sentence of {}", super::counted(value as usize, "word")),
        _ => format!("has {value:.1} words per sentence"),
    })
}
