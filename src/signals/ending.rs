use super::{Evidence, Scene, flag, signal};

signal! {
    /// ## What it detects
    /// Whether the comment ends as texts do: 1 with a full stop, an exclamation or question mark, an
    /// emoji, or a smiley, also before closing quotation marks and brackets; otherwise 0. Unknown
    /// without words.
    ///
    /// ## Why it matters
    /// Texts put together by a program often break off, or end in a key phrase or an address.
    /// People who write sentences end them.
    ///
    /// ## Example
    /// `That worked, thanks.` → 1, `(I did!)` → 1, `best garden tools` → 0.
    ///
    /// ## When it is wrong
    /// Many people leave out the last full stop, above all in short comments and on telephones.
    /// Thai writes none at all.
    ///
    /// ## References
    /// None; found by comparing genuine and spam comments.
    "ending", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.comment.tokens.words.is_empty() {
        return f32::NAN;
    }
    let text = scene.comment.text.as_str().trim_end();
    let inside = text.trim_end_matches(CLOSING).trim_end();
    let last = scene.comment.tokens.emoji.last();
    let has_emoji = last.is_some_and(|last| [inside.len(), text.len()].contains(&last.end));
    flag(has_emoji || ends(text))
}

/// What may stand behind the end of a sentence.
const CLOSING: [char; 11] = ['"', '\'', ')', ']', '“', '”', '’', '»', '」', '』', '*'];

const SMILEYS: [&str; 10] = [
    ":)", ":-)", ";)", ";-)", ":D", ":-D", ":(", ":P", ":-P", "<3",
];

fn ends(text: &str) -> bool {
    const MARKS: [char; 11] = ['.', '!', '?', '…', '。', '｡', '！', '？', '।', '؟', '۔'];
    let smiles = |text: &str| SMILEYS.iter().any(|smiley| text.ends_with(smiley));
    // The bracket of a smiley closes nothing, so that one bracket at a time is taken off.
    let mut rest = text;
    loop {
        if rest.ends_with(MARKS) || smiles(rest) {
            return true;
        }
        match rest.strip_suffix(CLOSING) {
            Some(inside) => rest = inside.trim_end(),
            None => return false,
        }
    }
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(if value > 0.0 {
        "ends like a sentence"
    } else {
        "breaks off without a full stop"
    })
}

#[cfg(test)]
mod tests {
    use super::ends;

    #[test]
    fn closing_marks_may_follow_the_end() {
        for text in [
            "Yes.",
            "(I did!)",
            "„Gut.“",
            "\"Really?\"",
            "はい。」",
            "thanks :)",
            "(honestly :))",
            "(or not :P)",
        ] {
            assert!(ends(text), "{text}");
        }
        for text in [
            "",
            "tools",
            "tools,",
            "(see above)",
            "at 10:30",
            "\"cheap\"",
        ] {
            assert!(!ends(text), "{text}");
        }
    }
}
