use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// Which part of the comment's subject the tags of the post share: the rarity of the content
    /// words that stand among the tags, over the rarity of all its content words, in [0, 1]. Unknown
    /// without tags.
    ///
    /// ## Why it matters
    /// Tags name the subject in a few words. A comment that uses them is on it, even where the post
    /// itself puts it differently.
    ///
    /// ## Example
    /// Under a post tagged "running, shoes": `Which shoes for a first marathon?` → 0.5, `Cheap loans
    /// today` → 0.
    ///
    /// ## When it is wrong
    /// Most genuine comments use none of the tags, so 0 says little. Spam that picks blogs by their
    /// tags may use them.
    ///
    /// ## References
    /// None; the measure is that of `title_overlap`.
    "tags_overlap", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.context.post.tags.is_none() {
        return f32::NAN;
    }
    super::covered_rarity(scene, |word| word.is_in_tags())
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    super::overlap_evidence(scene, value, "the tags of the post", |word| {
        word.is_in_tags()
    })
}
