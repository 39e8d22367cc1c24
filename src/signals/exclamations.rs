use super::{Addresses, Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// Exclamation marks per word, at most 2; each run of two or more counts for one mark more.
    /// Unknown without words.
    ///
    /// ## Why it matters
    /// Advertisements and praise made to measure are loud.
    ///
    /// ## Example
    /// `Great post!!` → 1.5, `Thanks! I will try that.` → 0.2.
    ///
    /// ## When it is wrong
    /// Cheerful people, and code (`!=`, `!important`), unless it stands inside an address.
    ///
    /// ## References
    /// None; the rule is as old as mail filters.
    "exclamations", Rising
}

/// Louder is not possible.
const MOST: f32 = 2.0;

fn observe(scene: &Scene<'_>) -> f32 {
    let n_words = scene.comment.tokens.words.len();
    if n_words == 0 {
        return f32::NAN;
    }
    let text = scene.comment.text.as_str().as_bytes();
    let (mut n, mut runs) = (0, 0);
    for at in marks(scene) {
        n += 1;
        let is_second = at > 0 && text[at - 1] == b'!' && (at < 2 || text[at - 2] != b'!');
        runs += usize::from(is_second);
    }
    ((n + runs) as f32 / n_words as f32).min(MOST)
}

/// Where the exclamation marks stand that are no part of an address.
fn marks<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = usize> + 'a {
    let text = scene.comment.text.as_str().as_bytes();
    let addresses = Addresses::of(scene);
    memchr::memchr_iter(b'!', text).filter(move |&at| !addresses.cover(at))
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("has no exclamation marks");
    }
    let text = &scene.comment.text;
    let number = counted(marks(scene).count(), "exclamation mark");
    let words = counted(scene.comment.tokens.words.len(), "word");
    let places = marks(scene).map(|at| text.original_span(at..at + 1));
    Evidence::new(format!("has {number} in {words}")).at(places)
}
