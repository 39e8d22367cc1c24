use std::ops::Range;

use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// The share of the comment's words that stand in runs of three or more words taken from the
    /// title or the body of the post, in [0, 1]. Unknown if the post has neither.
    ///
    /// ## Why it matters
    /// A little quotation is how readers say what they answer to. A comment that is nothing but
    /// quotation is how machines pretend to be one.
    ///
    /// ## Example
    /// Under a post that says `the lugs wear off on granite`: `"the lugs wear off on granite" - mine
    /// did not` → 0.67.
    ///
    /// ## When it is wrong
    /// Pingbacks quote their own page and the post they link to, genuine or not. Everyday runs (`one
    /// of the`) stand in any long post.
    ///
    /// ## References
    /// Broder, *On the resemblance and containment of documents*, 1997, for the runs of words.
    "quotes_post", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.context.post.title.is_none() && scene.context.post.body.is_none() {
        return f32::NAN;
    }
    let quoted = scene.quoted_from_post();
    super::share(
        quoted.iter().filter(|&&is_quoted| is_quoted).count(),
        quoted.len(),
    )
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("quotes nothing from the post");
    }
    Evidence::new(format!(
        "{:.0} % of its words are taken from the post in whole runs",
        value * 100.0
    ))
    .at(places_of_runs(scene, scene.quoted_from_post()))
}

/// The places of the runs of words that are marked.
pub(super) fn places_of_runs(
    scene: &Scene<'_>,
    marked: &[bool],
) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    marked
        .chunk_by(|one, next| one == next)
        .filter_map(move |run| {
            let first = start;
            start += run.len();
            run[0].then(|| scene.comment.place_of_words(first, start - 1))
        })
}
