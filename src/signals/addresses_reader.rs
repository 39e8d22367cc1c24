use super::name_words::EVERYDAY;
use super::{Evidence, Scene, name_words, shown, signal};
use crate::analysis::CommentAnalysis;
use crate::tokens::{Shape, Word};

signal! {
    /// ## What it detects
    /// Whether the comment speaks to somebody who commented before: 1 if a word of that person's name
    /// stands in it with a capital, after `@`, or among the first four words; at the start of a
    /// sentence, only with a mark behind it. Everyday words, titles and words of up to two letters do not
    /// count, nor do words of the author's own name, nor a word without `@` before another capital
    /// (`Fall River`) that is in nobody's name and no everyday word. Unknown if nobody gave a name before.
    ///
    /// ## Why it matters
    /// People answer each other by name. Spam would have to read the thread to do so.
    ///
    /// ## Example
    /// After a comment by `Jo Keller`: `@keller which size?` → 1, `You sell keller shoes?` → 0.
    ///
    /// ## When it is wrong
    /// Names that are also those of places and firms. Some machines greet the last commenter.
    ///
    /// ## References
    /// None; our own idea.
    "addresses_reader", Falling
}

/// Words at the start of a comment in which people put whom they speak to.
const SALUTATION: usize = 4;

fn observe(scene: &Scene<'_>) -> f32 {
    if !scene.context.has_names() || scene.comment.tokens.words.is_empty() {
        return f32::NAN;
    }
    super::flag(addressed(scene, |word| scene.context.is_name_word(word)).is_some())
}

fn explain(scene: &Scene<'_>, _: f32) -> Evidence {
    match addressed(scene, |word| scene.context.is_name_word(word)) {
        Some(index) => addressed_evidence(scene, index, "who commented before"),
        None => Evidence::new("speaks to nobody who commented before"),
    }
}

/// The reason for a word of the body, by its index, that speaks to somebody.
pub(super) fn addressed_evidence(scene: &Scene<'_>, index: usize, who: &str) -> Evidence {
    let place = scene.comment.place_of_words(index, index);
    let body = &scene.comment.comment.body;
    let name = shown(body.get(place.clone()).unwrap_or_default());
    Evidence::new(format!("speaks to {name}, {who}")).at([place])
}

/// The index of the first word by which somebody is spoken to.
pub(super) fn addressed(scene: &Scene<'_>, is_name: impl Fn(&str) -> bool) -> Option<usize> {
    let comment = scene.comment;
    comment
        .tokens
        .words
        .iter()
        .enumerate()
        .find_map(|(index, word)| {
            let lower = comment.tokens.lower(word);
            let is_addressed = stands_out(comment, index)
                && !name_words::is_title(lower)
                && !begins_another_name(scene, index, &is_name)
                && lower.chars().nth(2).is_some()
                && is_name(lower)
                && scene.background.rarity(word.hash) >= EVERYDAY
                && !name_words::is_own_name(scene, index);
            is_addressed.then_some(index)
        })
}

/// Whether a word of the body without `@` stands before another one with a capital that is in no name
/// and no everyday word, such as `Thanks`: then both are the name of something else.
fn begins_another_name(scene: &Scene<'_>, index: usize, is_name: impl Fn(&str) -> bool) -> bool {
    let comment = scene.comment;
    let words = &comment.tokens.words;
    let (word, Some(next)) = (&words[index], words.get(index + 1)) else {
        return false;
    };
    let between = word.span.end as usize..next.span.start as usize;
    let lower = comment.tokens.lower(next);
    word.shape == Shape::Capitalised
        && next.shape == Shape::Capitalised
        && comment.text.as_str().get(between) == Some(" ")
        && lower.chars().nth(2).is_some()
        && !is_name(lower)
        && scene.background.rarity(next.hash) >= EVERYDAY
        && !is_marked(comment, word)
}

/// Whether a word stands after `@`.
fn is_marked(comment: &CommentAnalysis<'_>, word: &Word) -> bool {
    comment.text.as_str()[..word.span.start as usize].ends_with('@')
}

/// Whether a word of the body stands where a name would, or as one. Every word has a capital where a
/// sentence begins: there, what follows has to set it apart.
fn stands_out(comment: &CommentAnalysis<'_>, index: usize) -> bool {
    let text = comment.text.as_str();
    let word = &comment.tokens.words[index];
    if is_marked(comment, word) {
        return true;
    }
    let sentences = &comment.tokens.sentences;
    let starts = sentences.binary_search_by_key(&index, |sentence| sentence.start);
    if starts.is_ok() {
        let behind = text[word.span.end as usize..].chars().next();
        return behind.is_none_or(|behind| !behind.is_alphanumeric() && behind != ' ');
    }
    index < SALUTATION || matches!(word.shape, Shape::Capitalised | Shape::Upper | Shape::Mixed)
}

#[cfg(test)]
mod tests {
    use super::super::shared_subject::tests::with_scene;
    use super::*;
    use crate::comment::Post;

    fn check(earlier: &str, body: &str, expected: f32) {
        let earlier = [(earlier, "Mine are wet.")];
        let value = with_scene(&Post::default(), &earlier, ("Mia Santos", body), observe);
        assert!(
            value == expected || (value.is_nan() && expected.is_nan()),
            "{body}: {value}"
        );
    }

    #[test]
    fn names_are_capitalised_marked_or_in_front() {
        check("Jo Keller", "as you said on it, Keller", 1.0);
        check("Jo Keller", "is that the one that you saw @keller?", 1.0);
        check("Jo Keller", "hi keller, it is wet", 1.0);
        check(
            "Jo Keller",
            "is that the one of which keller sells a lot?",
            0.0,
        );
        check("Юрий", "Юрий, спасибо", 1.0);
        check("Jo Keller", "It is wet. Keller: which size?", 1.0);
        check("Fall Guy", "We were on the Fall River side", 0.0);
        check("Jo Keller", "as you said on it, Jo Keller", 1.0);
        check("Jo Keller", "@Keller Dale sells them", 1.0);
        check("Mrs Keller", "it was on Mrs Dale, too", 0.0);
        check("Dove of Peace", "Peace of mind is worth it", 0.0);
    }

    #[test]
    fn everyday_short_and_own_words_are_no_address() {
        check("The Editors", "The shoes are wet", 0.0);
        check("Jo Keller", "Jo, mine are wet", 0.0);
        check("Mia", "Mine too. Mia", 0.0);
    }

    #[test]
    fn without_names_it_is_unknown() {
        check("", "Keller, it is wet", f32::NAN);
        check("Keller", "", f32::NAN);
    }
}
