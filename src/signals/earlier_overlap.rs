use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// Which part of the comment's subject the comments before it share: the rarity of the content
    /// words that stand in one of the last 20, over the rarity of all its content words, in [0, 1].
    /// Unknown for the first comment of a thread, and for a copy of what is there.
    ///
    /// ## Why it matters
    /// Threads wander off, and genuine comments wander with them. Spam follows nobody.
    ///
    /// ## Example
    /// After `Try gaiters against the sand`: `Where do you buy gaiters?` → 0.5, `Cheap loans today`
    /// → 0.
    ///
    /// ## When it is wrong
    /// Somebody may open a new subject. Where spam was let through and nobody labelled it, more spam
    /// finds company.
    ///
    /// ## References
    /// Wang et al., *Diversionary comments under political blog posts*, CIKM 2012, where the words of
    /// the preceding comments count beside those of the post.
    "earlier_overlap", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.conversation.n == 0 {
        return f32::NAN;
    }
    super::covered_rarity(scene, |word| word.is_in_earlier())
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let what = match scene.conversation.n {
        0 | 1 => "the comment before it".to_owned(),
        n => format!("the {n} comments before it"),
    };
    super::overlap_evidence(scene, value, &what, |word| word.is_in_earlier())
}
