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
    let has_emoji = scene
        .comment
        .tokens
        .emoji
        .last()
        .is_some_and(|last| last.end == text.len());
    flag(has_emoji || ends(text))
}

fn ends(text: &str) -> bool {
    const CLOSING: [char; 11] = ['"', '\'', ')', ']', '“', '”', '’', '»', '」', '』', '*'];
    const SMILEYS: [&str; 8] = [":)", ":-)", ";)", ";-)", ":D", ":-D", ":(", "<3"];
    text.trim_end_matches(CLOSING)
        .ends_with(['.', '!', '?', '…', '。', '｡', '！', '？', '।', '؟', '۔'])
        || SMILEYS.iter().any(|smiley| text.ends_with(smiley))
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
