use super::{Evidence, Scene, echo, signal};

signal! {
    /// ## What it detects
    /// Whether the comment was written under this post rather than under another one of the same blog:
    /// the log-odds that a small model of its own gives, from all that comment, post and earlier
    /// comments have in common. It is trained without spam labels, on genuine comments under their
    /// own and under other posts of their blog. Unknown for a comment that says nothing beyond its author's name
    /// and the title (`echo`): machines copy titles.
    ///
    /// ## Why it matters
    /// A conversation is about something. Spam that is sent to a thousand blogs is about none of
    /// them.
    ///
    /// ## Example
    /// Under a post on trail shoes: `My left heel slips on wet roots` → high, `Great read, bookmarked!`
    /// → low.
    ///
    /// ## When it is wrong
    /// Short thanks fit everywhere and score low. Posts of a few words leave little to compare with.
    ///
    /// ## References
    /// Rajadesingan, Mahendran, *Comment spam classification in blogs through comment analysis and
    /// comment-blog post relationships*, CICLing 2012; the training by swapped posts is our own.
    "relevance", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    if echo::is_mere(scene) {
        return f32::NAN;
    }
    scene.relevance
}

fn explain(_: &Scene<'_>, value: f32) -> Evidence {
    let percent = 100.0 / (1.0 + (-value).exp());
    let what = match percent {
        60.0.. => "fits this post",
        40.0.. => "may belong to this post or to another",
        _ => "could stand under any other post",
    };
    Evidence::new(format!(
        "{what} ({percent:.0} % likely to have been written for this one)"
    ))
}
