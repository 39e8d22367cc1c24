use super::{Evidence, Scene, echo, signal};

signal! {
    /// ## What it detects
    /// Which part of the comment's subject the body of the post shares: the rarity of the content
    /// words that stand in the body, over the rarity of all its content words, in [0, 1]. Unknown
    /// without a body of at least 20 words, and for a comment that says nothing beyond its author's
    /// name and the title (`echo`).
    ///
    /// ## Why it matters
    /// Who has read the post uses its words. Who writes for any post cannot.
    ///
    /// ## Example
    /// Under a post that compares trail shoes: `The lugs wear off on granite` → 0.5, `Cheap loans
    /// today` → 0.
    ///
    /// ## When it is wrong
    /// Readers with a story of their own bring their own words. Spam that pastes a paragraph of the
    /// post overlaps completely; see `quotes_post`.
    ///
    /// ## References
    /// Mishne, Carmel, Lempel, *Blocking blog spam with language model disagreement*, AIRWeb 2005.
    "body_overlap", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    if !scene.context.has_body() || echo::is_mere(scene) {
        return f32::NAN;
    }
    super::covered_rarity(scene, |word| word.is_in_body())
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    super::overlap_evidence(scene, value, "the text of the post", |word| {
        word.is_in_body()
    })
}
