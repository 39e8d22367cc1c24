use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// Marks of omission: 2 for an excerpt in brackets (`[…]`, `[...]`), 1 for an ellipsis, 0 for
    /// neither. Unknown without words.
    ///
    /// ## Why it matters
    /// Excerpts in brackets are what pingbacks are made of, genuine ones and those of sites that
    /// copy posts by machine. Dots in a sentence are what people make when they think aloud.
    ///
    /// ## Example
    /// `[…] a good answer to this question […]` → 2, `Well... it depends` → 1.
    ///
    /// ## When it is wrong
    /// Readers who quote with care leave out words in brackets too.
    ///
    /// ## References
    /// Pingback 1.0; excerpts in this form are made by common blog software.
    "ellipsis", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.comment.tokens.words.is_empty() {
        return f32::NAN;
    }
    let text = scene.comment.text.as_str();
    let mut value = 0.0;
    for (at, length) in ellipses(text) {
        let before = &text[..at];
        let after = &text[at + length..];
        if before.trim_end_matches(' ').ends_with('[')
            && after.trim_start_matches(' ').starts_with(']')
        {
            return 2.0;
        }
        value = 1.0;
    }
    value
}

/// Start and length of each run of three or more full stops; `…` is three after normalisation.
fn ellipses(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'.', bytes)
        .filter(|&at| at == 0 || bytes[at - 1] != b'.')
        .map(|at| {
            (
                at,
                bytes[at..].iter().take_while(|&&byte| byte == b'.').count(),
            )
        })
        .filter(|&(_, length)| length >= 3)
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let reason = match value {
        2.0 => "is or has an excerpt marked with `[…]`",
        1.0 => "has an ellipsis",
        _ => "has no ellipsis",
    };
    let text = &scene.comment.text;
    let places = ellipses(text.as_str()).map(|(at, length)| text.original_span(at..at + length));
    Evidence::new(reason).at(places)
}
