use xxhash_rust::xxh3::xxh3_64;

use super::{Evidence, Scene, counted, shared_subject, signal, word_places};
use crate::analysis::letters;
use crate::context::Match;
use crate::tokens::Shape;

signal! {
    /// ## What it detects
    /// How many different words have the first letter of a common word and its other letters in
    /// another order: `knwlgedoe` for `knowledge`. Two neighbours that changed places are a slip of
    /// the pen and do not count, and neither do short words, words with a capital, and words with
    /// marks or of other scripts.
    ///
    /// ## Why it matters
    /// Programs that post the same praise or copied text everywhere scramble a word or two, so that no
    /// two copies are alike. Fingers do not.
    ///
    /// ## Example
    /// `There's a terrific amount of knwlgedoe in this article!` → 1.
    ///
    /// ## When it is wrong
    /// Rare words that happen to have the letters of a common one, the more so in languages that the
    /// model has seen little of, and jokes about how well scrambled words can be read.
    ///
    /// ## References
    /// None; our own idea.
    "scrambled_words", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    scrambled(scene).count() as f32
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("has no words with their letters out of order");
    }
    let scrambled: Vec<&Match> = scrambled(scene).collect();
    let places = word_places(scene, scrambled.iter().copied());
    let words = counted(value as usize, "word");
    let quoted = shared_subject::rarest(scene, &scrambled);
    Evidence::new(format!("has the letters of {words} out of order: {quoted}")).at(places)
}

fn scrambled<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = &'a Match> {
    scene.words.iter().filter(|word| {
        let tokens = &scene.comment.tokens;
        let shown = tokens.words.get(word.term.word as usize);
        !word.is_known
            && shown.is_some_and(|shown| {
                shown.shape == Shape::Lower && is_scrambled(scene, tokens.lower(shown))
            })
    })
}

/// Whether a word that the background does not know is one that it knows, with its letters in
/// another order than two neighbours changing places would bring about.
fn is_scrambled(scene: &Scene<'_>, word: &str) -> bool {
    let is_known = |hash| scene.background.look_up(hash).is_known;
    letters(word).is_some_and(is_known) && {
        let mut swapped = word.as_bytes().to_vec();
        !(1..swapped.len()).any(|at| {
            swapped.swap(at - 1, at);
            let is_slip = is_known(xxh3_64(&swapped));
            swapped.swap(at - 1, at);
            is_slip
        })
    }
}
