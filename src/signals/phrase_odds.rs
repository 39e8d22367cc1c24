use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// What the comment's runs of three words speak for: for each, the logarithm of the number of
    /// blogs where it stands in spam over that where it stands in genuine comments, summed and
    /// divided by their number plus five. Unknown below three words.
    ///
    /// ## Why it matters
    /// `template_phrases` asks which phrases only spam has; this one weighs those that both have.
    ///
    /// ## Example
    /// Praise put together from stock phrases → above 0.3, a question in plain words → below 0.
    ///
    /// ## When it is wrong
    /// Most phrases are known for nothing and count zero, so that short and unusual comments of
    /// both kinds stay near 0.
    ///
    /// ## References
    /// None; a shrunken mean of log-odds, the five being what a phrase must stand up against.
    "phrase_odds", Rising
}

/// Phrases without evidence that each comment is given, so that one known phrase of a short comment
/// does not decide.
const PRIOR: f32 = 5.0;

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.phrases.total == 0 {
        return f32::NAN;
    }
    scene.phrases.log_odds / (scene.phrases.total as f32 + PRIOR)
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(match value {
        value if value >= 0.3 => "its phrases are those of spam on other blogs",
        value if value >= 0.05 => "its phrases stand more in spam than in genuine comments",
        value if value > -0.05 => {
            "its phrases stand in neither spam nor genuine comments in particular"
        }
        value if value > -0.3 => "its phrases stand more in genuine comments than in spam",
        _ => "its phrases are those of genuine comments on other blogs",
    })
}
