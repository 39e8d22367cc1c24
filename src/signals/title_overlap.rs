use super::{Evidence, Scene, echo, signal};

signal! {
    /// ## What it detects
    /// Which part of the comment's subject the title of the post shares: the rarity of the content
    /// words that stand in the title, over the rarity of all its content words, in [0, 1].
    /// Unknown for a comment that says nothing beyond its author's name and the title (`echo`).
    ///
    /// ## Why it matters
    /// Readers take up the words of the title. Spam that was written for any post does not.
    ///
    /// ## Example
    /// Under "Choosing trail shoes": `My trail shoes leak` → 0.6, `Cheap loans today` → 0.
    ///
    /// ## When it is wrong
    /// Thanks and answers to other readers share nothing with the title; some spam pastes the title
    /// in.
    ///
    /// ## References
    /// Mishne, Carmel, Lempel, *Blocking blog spam with language model disagreement*, AIRWeb 2005.
    "title_overlap", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.context.post.title.is_none() || echo::is_mere(scene) {
        return f32::NAN;
    }
    super::covered_rarity(scene, |word| word.is_in_title())
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    super::overlap_evidence(scene, value, "the title", |word| word.is_in_title())
}
