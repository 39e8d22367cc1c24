use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// The share of the comment's runs of three words that stand in earlier comments of the thread,
    /// also in those long past, in [0, 1]. Unknown for the first comment and for comments of fewer
    /// than five words, which are alike by chance.
    ///
    /// ## Why it matters
    /// Machines send the same text again, or copy what somebody else wrote and hang a link on it.
    ///
    /// ## Example
    /// `Thanks, the part on granite was new to me` for the second time → 1.
    ///
    /// ## When it is wrong
    /// People press the button twice, and quote; see `quotes_earlier`. Only comments that are not
    /// marked as spam are compared with. Sixteen runs of each comment are remembered, the same ones in
    /// every copy: a passage out of a much longer comment is found in part only.
    ///
    /// ## References
    /// Broder, *On the resemblance and containment of documents*, 1997.
    "thread_duplicate", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.context.n_earlier() == 0 {
        return f32::NAN;
    }
    scene.context.repeated_share(scene.comment)
}

fn explain(_: &Scene<'_>, value: f32) -> Evidence {
    match value * 100.0 {
        0.0 => Evidence::new("repeats no earlier comment of this thread"),
        100.0.. => Evidence::new("repeats earlier comments of this thread word for word"),
        percent => Evidence::new(format!(
            "repeats earlier comments of this thread to {percent:.0} %"
        )),
    }
}
