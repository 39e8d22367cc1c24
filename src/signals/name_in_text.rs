use super::{Evidence, Scene, name_words, signal};
use crate::analysis::Terms;

signal! {
    /// ## What it detects
    /// The share of the words of the author's name (those of more than two letters) that also stand
    /// in the comment. Unknown without such a word or without a body.
    ///
    /// ## Why it matters
    /// A name that comes up in its own comment is a keyword (`Cheap shoes: we sell cheap shoes`), or
    /// a signature.
    ///
    /// ## Example
    /// `Love it! Jo` by `Jo Keller` → 0 (`Jo` is too short to count), `Regards, Keller` → 1.
    ///
    /// ## When it is wrong
    /// Some readers sign; so may the excerpt in a pingback.
    ///
    /// ## References
    /// None; our own idea.
    "name_in_text", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    let Some(name) = scene.person().value() else {
        return f32::NAN;
    };
    let body = &scene.comment.terms.distinct;
    if body.is_empty() {
        return f32::NAN;
    }
    let first = name_words::first_words(scene).len();
    let (mut found, mut all) = (0, 0);
    for own in &Terms::of_words(&name.tokens, 0..first).distinct {
        if name_words::is_telling(name, &name.tokens.words[own.word as usize]) {
            all += 1;
            found += usize::from(body.iter().any(|term| term.hash == own.hash));
        }
    }
    super::share(found, all)
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = name_words::quoted(scene).unwrap_or_default();
    if value == 0.0 {
        return Evidence::new(format!("the name {name} does not come up in the comment"));
    }
    let words = 0..scene.comment.tokens.words.len();
    let places = words.filter(|&index| name_words::is_own_name(scene, index));
    let what = if value == 1.0 {
        "comes up"
    } else {
        "comes up in part"
    };
    Evidence::new(format!("the name {name} {what} in the comment"))
        .at(places.map(|index| scene.comment.place_of_term(index)))
}
