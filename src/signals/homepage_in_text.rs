use super::homepage_given::shown;
use super::homepage_host::label;
use super::{Evidence, Scene, signal};
use crate::comment::Field;
use crate::context::Match;

signal! {
    /// ## What it detects
    /// How many words of the comment stand in the name of the author's homepage: distinct words of
    /// at least four characters that carry a subject. Unknown without a homepage.
    ///
    /// ## Why it matters
    /// Who promotes a site writes about what the site is named after. Readers write about the post.
    ///
    /// ## Example
    /// `We restore old pianos` with `http://pianorestorers.example.com` → 0 (no whole word), with
    /// `http://oldpianos.net` → 1.
    ///
    /// ## When it is wrong
    /// On a blog about one subject, readers with a blog about the same subject; nicknames that
    /// people sign with.
    ///
    /// ## References
    /// None; found by comparing homepages of genuine and of spam comments.
    "homepage_in_text", Free
}

/// Shorter words are found in too many names by chance.
const SHORTEST: usize = 4;

fn observe(scene: &Scene<'_>) -> f32 {
    let Field::Known(homepage) = scene.homepage() else { return f32::NAN };
    let name = label(homepage);
    scene.words.iter().filter(|word| is_in(scene, word, name)).count() as f32
}

fn is_in(scene: &Scene<'_>, word: &Match, name: &str) -> bool {
    word.is_content() && {
        let text = text_of(scene, word);
        // Hosts are ASCII, so that bytes count characters in what can be found.
        (SHORTEST..=name.len()).contains(&text.len())
            && name.as_bytes().windows(text.len()).any(|part| part == text.as_bytes())
    }
}

fn text_of<'a>(scene: &'a Scene<'_>, word: &Match) -> &'a str {
    let tokens = &scene.comment.tokens;
    tokens.words.get(word.term.word as usize).map_or("", |word| tokens.lower(word))
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let Some(homepage) = scene.homepage().value().filter(|_| value > 0.0) else {
        return Evidence::new("no word of the comment stands in the name of the homepage");
    };
    let name = label(homepage);
    let found: Vec<&Match> =
        scene.words.iter().filter(|word| is_in(scene, word, name)).take(3).collect();
    let words: Vec<String> =
        found.iter().map(|word| format!("`{}`", text_of(scene, word))).collect();
    let reason = format!(
        "the name of the homepage, {}, has words of the comment: {}",
        shown(&homepage.host),
        words.join(", ")
    );
    let index = |word: &&Match| word.term.word as usize;
    let places = found.iter().map(index).map(|word| scene.comment.place_of_words(word, word));
    Evidence::new(reason).at(places)
}
