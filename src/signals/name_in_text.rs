use super::name_words::EVERYDAY;
use super::{Evidence, Scene, name_words, signal};
use crate::analysis::Terms;

signal! {
    /// ## What it detects
    /// The share of the words of the author's name (those of more than two letters, but for everyday
    /// words) that also stand in the comment. A name at its end, behind a mark, is a signature and does
    /// not count. Unknown without such a word or without a body.
    ///
    /// ## Why it matters
    /// A name that comes up in its own comment is a keyword (`Cheap shoes: we sell cheap shoes`).
    ///
    /// ## Example
    /// `Cheap shoes for all` by `Cheap Shoes` → 1, `Regards, Keller` by `Jo Keller` → 0.
    ///
    /// ## When it is wrong
    /// Readers who speak of themselves by name, or have something behind their signature; the excerpt
    /// in a pingback.
    ///
    /// ## References
    /// None; our own idea.
    "name_in_text", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    let Some(name) = scene.person().value() else {
        return f32::NAN;
    };
    let tokens = &scene.comment.tokens;
    let n_unsigned = n_unsigned(scene);
    let unsigned;
    let body = if n_unsigned < tokens.words.len() {
        unsigned = Terms::of_words(tokens, 0..n_unsigned);
        &unsigned.distinct
    } else {
        &scene.comment.terms.distinct
    };
    if body.is_empty() {
        return f32::NAN;
    }
    let first = name_words::first_words(scene).len();
    let (mut found, mut all) = (0, 0);
    for own in &Terms::of_words(&name.tokens, 0..first).distinct {
        if name_words::is_special(scene, name, own) {
            all += 1;
            found += usize::from(body.iter().any(|term| term.hash == own.hash));
        }
    }
    super::share(found, all)
}

/// How many words the comment has before the name that it is signed with: one at its end, behind a
/// mark or on a line of its own.
fn n_unsigned(scene: &Scene<'_>) -> usize {
    let words = &scene.comment.tokens.words;
    let signature = (0..words.len())
        .rev()
        .take_while(|&index| name_words::is_own_name(scene, index));
    let is_set_apart = |&first: &usize| {
        let before = &scene.comment.text.as_str()[..words[first].span.start as usize];
        let marked = before.trim_end_matches(' ');
        first > 0 && !marked.ends_with(char::is_alphanumeric)
    };
    signature.last().filter(is_set_apart).unwrap_or(words.len())
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = name_words::quoted(scene).unwrap_or_default();
    if value == 0.0 {
        return Evidence::new(format!("the name {name} does not come up in the comment"));
    }
    let words = &scene.comment.tokens.words;
    let places = (0..n_unsigned(scene)).filter(|&index| {
        scene.background.rarity(words[index].hash) >= EVERYDAY
            && name_words::is_own_name(scene, index)
    });
    let what = if value == 1.0 {
        "comes up"
    } else {
        "comes up in part"
    };
    Evidence::new(format!("the name {name} {what} in the comment"))
        .at(places.map(|index| scene.comment.place_of_term(index)))
}
