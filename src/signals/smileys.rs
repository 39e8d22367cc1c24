use std::ops::Range;

use super::{Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// Smileys (`:-)`, `;)`, `:D`, `:P`, `:(`) and emoji, as ln(1 + n). Unknown for an empty text.
    ///
    /// ## Why it matters
    /// A smiley of characters is a habit of people. Emoji stand in both: single ones in
    /// conversation, rows of them in advertisements.
    ///
    /// ## Example
    /// `Thanks ;)` → ln 2 ≈ 0.7, `note: this` → 0.
    ///
    /// ## When it is wrong
    /// Spam copies genuine comments with their smileys. A bracket after a colon may close a remark.
    ///
    /// ## References
    /// Emoji are found by the properties of UTS #51.
    "smileys", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    let text = scene.comment.text.as_str();
    if text.is_empty() {
        return f32::NAN;
    }
    ((typed(text).count() + scene.comment.tokens.emoji.len()) as f32).ln_1p()
}

/// Where smileys made of characters stand.
fn typed(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b':', b';', bytes).filter_map(move |eyes| {
        let mouth = eyes + 1 + usize::from(bytes.get(eyes + 1) == Some(&b'-'));
        let is_letter = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte > 127)
        };
        let is_smiley = match bytes.get(mouth)? {
            b')' => true,
            // `name:(see below)` and `a:Dog` are none.
            b'(' | b'D' | b'P' | b'p' => {
                !is_letter(eyes.checked_sub(1)) && !is_letter(Some(mouth + 1))
            }
            _ => false,
        };
        is_smiley.then_some(eyes..mouth + 1)
    })
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("has no smileys or emoji");
    }
    let text = &scene.comment.text;
    let emoji = &scene.comment.tokens.emoji;
    let reason = match (typed(text.as_str()).count(), emoji.len()) {
        (typed, 0) => format!("has {}", counted(typed, "smiley")),
        (0, emoji) => format!("has {emoji} emoji"),
        (typed, emoji) => format!("has {} and {emoji} emoji", counted(typed, "smiley")),
    };
    let places = typed(text.as_str()).chain(emoji.iter().cloned());
    Evidence::new(reason).at(places.map(|place| text.original_span(place)))
}
