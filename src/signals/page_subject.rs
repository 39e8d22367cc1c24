use super::{Evidence, Scene, name_words, signal};
use crate::analysis::Terms;

signal! {
    /// ## What it detects
    /// How much of the title of the page that sent a pingback or trackback stands in title or body of
    /// the post: the share of its words, or of their stems, each weighed by how rare it is, in [0, 1].
    /// Unknown for comments that people wrote into the form, without such a title, and without a
    /// body of at least 20 words.
    ///
    /// ## Why it matters
    /// Who links to a post writes about something near to it, and the title says about what. A
    /// trackback can repeat the title of the post in its excerpt; the title of its own page is what
    /// it advertises.
    ///
    /// ## Example
    /// Under a post on trail shoes: a page named `My trail shoes` → near 1, `Cheap loans` → 0.
    ///
    /// ## When it is wrong
    /// Collections of links have titles that say nothing (`Links for today`), and blogs append their
    /// own name.
    ///
    /// ## References
    /// Spärck Jones, *A statistical interpretation of term specificity*, 1972.
    "page_subject", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    let Some(title) = scene.page_title() else {
        return f32::NAN;
    };
    if !scene.context.has_body() {
        return f32::NAN;
    }
    let first = name_words::first_of(title).len();
    let (mut found, mut all) = (0.0, 0.0);
    for term in &Terms::of_words(&title.tokens, 0..first).distinct {
        let rarity = scene.background.rarity(term.hash);
        all += rarity;
        if scene.context.term_in_post(term) {
            found += rarity;
        }
    }
    if all > 0.0 { found / all } else { f32::NAN }
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(if value > 0.0 {
        format!(
            "{:.0} % of the title of the page that sent this stands in the post",
            100.0 * value
        )
    } else {
        "nothing of the title of the page that sent this stands in the post".to_owned()
    })
}
