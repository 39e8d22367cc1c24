use super::{Evidence, Scene, share, signal};

signal! {
    /// ## What it detects
    /// Which share of the comment's runs of three words stands in genuine comments of at least two
    /// other blogs and in no spam, in [0, 1]. Unknown below three words.
    ///
    /// ## Why it matters
    /// Talk has phrases of its own (`have you tried`, `it turns out`), which advertisements and
    /// praise made to measure do not need.
    ///
    /// ## Example
    /// `have you tried to turn it off` → some of its five phrases, `buy cheap garden tools` → 0.
    ///
    /// ## When it is wrong
    /// Comments in languages of which the data have few; spam that copies genuine comments.
    ///
    /// ## References
    /// None; the counterpart of `template_phrases`.
    "common_phrases", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    share(
        scene.phrases.ham_only as usize,
        scene.phrases.total as usize,
    )
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("has no phrases that stand only in genuine comments");
    }
    let (known, total) = (scene.phrases.ham_only, scene.phrases.total);
    let stand = if known == 1 { "stands" } else { "stand" };
    Evidence::new(format!(
        "{known} of its {total} phrases {stand} in genuine comments on other blogs and never in spam"
    ))
}
