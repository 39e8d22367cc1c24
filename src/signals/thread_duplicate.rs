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
    /// People press the button twice, and quote; see `quotes_earlier`. Only comments that count as
    /// conversation are compared with: none that is spam or more likely so than not. Sixteen runs of each comment are remembered, the same ones in
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
    scene.conversation.repeated
}

fn explain(_: &Scene<'_>, value: f32) -> Evidence {
    match value * 100.0 {
        0.0 => Evidence::new("repeats no comment of the conversation before it"),
        100.0.. => Evidence::new("repeats the conversation before it word for word"),
        percent => Evidence::new(format!(
            "repeats the conversation before it to {percent:.0} %"
        )),
    }
}
