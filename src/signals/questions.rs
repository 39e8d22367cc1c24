use super::{Addresses, Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// How many question marks the comment has, at most 5. Marks inside addresses and words are not
    /// counted. Unknown without words.
    ///
    /// ## Why it matters
    /// Readers ask about the post. Spam seldom wants to know anything, though `Could you tell me
    /// which theme you use?` is one of its set phrases.
    ///
    /// ## Example
    /// `Does it hold in the rain?` → 1, `Really??` → 2.
    ///
    /// ## When it is wrong
    /// Advertisements that open with a question. A mark does not tell whether the question belongs
    /// here.
    ///
    /// ## References
    /// None; found by comparing genuine and spam comments.
    "questions", Free
}

/// Further ones say no more.
const MOST: usize = 5;

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.comment.tokens.words.is_empty() {
        return f32::NAN;
    }
    marks(scene).take(MOST).count() as f32
}

/// Where the question marks stand. The full-width one is an ordinary one after normalisation, the
/// one upside down always comes with it.
fn marks<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
    let text = scene.comment.text.as_str();
    let bytes = text.as_bytes();
    let addresses = Addresses::of(scene);
    let plain = memchr::memchr_iter(b'?', bytes)
        .filter(|&at| !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric))
        .map(|at| at..at + 1);
    // Arabic has a mark of its own; its first byte is rare elsewhere.
    let arabic = text
        .match_indices('؟')
        .map(|(at, mark)| at..at + mark.len());
    plain
        .chain(arabic)
        .filter(move |place| !addresses.cover(place.start))
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let reason = match value as usize {
        0 => "asks no question".to_owned(),
        MOST => format!("has {MOST} question marks or more"),
        n => format!("has {}", counted(n, "question mark")),
    };
    let text = &scene.comment.text;
    Evidence::new(reason).at(marks(scene).map(|place| text.original_span(place)))
}
