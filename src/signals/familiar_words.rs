use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// The share of the comment's words, everyday words included and each as often as it stands, that
    /// also stand in the post or in an earlier comment. Unknown without a body of at least 20 words.
    ///
    /// ## Why it matters
    /// People of one conversation talk alike, in their small words too. Machine-made text and other
    /// registers (advertising, another language) fall out.
    ///
    /// ## Example
    /// Under a long post in English: `I think the second one is better` → 1, `Kredit ohne Schufa` → 0.
    ///
    /// ## When it is wrong
    /// The longer the thread, the more words are familiar. Names, slips of the pen and code are
    /// foreign everywhere.
    ///
    /// ## References
    /// None; our own idea.
    "familiar_words", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    if !scene.context.has_body() {
        return f32::NAN;
    }
    let (mut familiar, mut all) = (0, 0);
    for word in &scene.words {
        all += word.term.count as usize;
        if word.is_around() {
            familiar += word.term.count as usize;
        }
    }
    super::share(familiar, all)
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let around = match scene.conversation.n {
        0 => "the post",
        _ => "the post or the comments before",
    };
    if value == 0.0 {
        return Evidence::new(format!(
            "has no word in common with {around}, not even an everyday one"
        ));
    }
    Evidence::new(format!(
        "{:.0} % of its words, everyday ones included, stand in {around}",
        value * 100.0
    ))
}
