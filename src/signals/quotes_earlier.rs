use super::{Evidence, Scene, quotes_post, signal};

signal! {
    /// ## What it detects
    /// The share of the comment's words that stand in runs of three or more words taken from one of
    /// the last 20 comments before it, in [0, 1]. Unknown for the first comment of a thread, and for
    /// a copy of what is there.
    ///
    /// ## Why it matters
    /// People quote each other to answer. Spam does not answer anybody.
    ///
    /// ## Example
    /// After `try gaiters against the sand`: `> try gaiters against the sand. I did!` → 0.71.
    ///
    /// ## When it is wrong
    /// Some spam copies an earlier comment and adds a sentence of its own; see `thread_duplicate`. Everyday runs
    /// (`thanks for the`) stand in any thread.
    ///
    /// ## References
    /// Broder, *On the resemblance and containment of documents*, 1997, for the runs of words.
    "quotes_earlier", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.conversation.n == 0 {
        return f32::NAN;
    }
    let quoted = scene.quoted_from_earlier();
    super::share(
        quoted.iter().filter(|&&is_quoted| is_quoted).count(),
        quoted.len(),
    )
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("quotes nobody who commented before");
    }
    let percent = value * 100.0;
    Evidence::new(format!(
        "{percent:.0} % of its words are taken from earlier comments in whole runs"
    ))
    .at(quotes_post::places_of_runs(
        scene,
        scene.quoted_from_earlier(),
    ))
}
