use super::{Evidence, Scene, share, signal};
use crate::lexical::PHRASE;

signal! {
    /// ## What it detects
    /// Which share of the comment's runs of three words stands in the spam of at least two other
    /// blogs and in no genuine comment, in [0, 1]. A single one does not count in a comment of ten
    /// words or more, which may have it by chance. Unknown below three words.
    ///
    /// ## Why it matters
    /// Spam is filled in from templates that are sent to blog after blog. People do not hit on the
    /// same rare phrases by chance.
    ///
    /// ## Example
    /// A sentence of praise that ten blogs received word by word → near 1.
    ///
    /// ## When it is wrong
    /// Set phrases that no genuine comment of the data happens to have. New templates are unknown
    /// until they are learned.
    ///
    /// ## References
    /// Broder, *On the resemblance and containment of documents*, 1997, for runs of words.
    "template_phrases", Rising
}

/// Runs of a comment among which a single one may be known by chance.
const BY_CHANCE: u32 = 8;

fn observe(scene: &Scene<'_>) -> f32 {
    let (known, total) = (scene.phrases.spam_only, scene.phrases.total);
    let known = if known == 1 && total >= BY_CHANCE {
        0
    } else {
        known
    };
    share(known as usize, total as usize)
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("has no phrases, or a single one, that stand only in spam");
    }
    let (known, total) = (scene.phrases.spam_only, scene.phrases.total);
    let places = scene.phrases.places.iter().map(|&first| {
        let first = first as usize;
        scene.comment.place_of_words(first, first + PHRASE - 1)
    });
    let stand = if known == 1 { "stands" } else { "stand" };
    let reason = format!(
        "{known} of its {total} phrases {stand} in spam on other blogs and in no genuine comment"
    );
    Evidence::new(reason).at(places)
}
