use super::{Evidence, Scene, name_words, signal};
use crate::analysis::Terms;

signal! {
    /// ## What it detects
    /// The share of the words of the author's name (those of more than two letters, but for everyday
    /// words), or of their stems, that stand in title or body of the post. Unknown without such a word,
    /// and without a body of at least 20 words.
    ///
    /// ## Why it matters
    /// Keyword names meet posts on the same subject, since spam looks for them. The author of the
    /// post and people whom it names comment too.
    ///
    /// ## Example
    /// Under a post on trail shoes: `Best trail shoes` → 0.67, `Keller` → 0.
    ///
    /// ## When it is wrong
    /// Names that are words (Mark, Will) stand in many posts.
    ///
    /// ## References
    /// None; our own idea.
    "name_in_post", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    let Some(name) = scene.person().value() else {
        return f32::NAN;
    };
    if !scene.context.has_body() {
        return f32::NAN;
    }
    let first = name_words::first_words(scene).len();
    let terms = Terms::of_words(&name.tokens, 0..first);
    let (mut found, mut all) = (0, 0);
    for term in &terms.distinct {
        if name_words::is_special(scene, name, term) {
            all += 1;
            found += usize::from(scene.context.term_in_post(term));
        }
    }
    super::share(found, all)
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = name_words::quoted(scene).unwrap_or_default();
    Evidence::new(match value {
        0.0 => format!("the name {name} does not stand in the post"),
        1.0.. => format!("all words of the name {name} stand in the post"),
        _ => format!("some words of the name {name} stand in the post"),
    })
}
