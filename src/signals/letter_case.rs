use super::{Evidence, Scene, share, signal};

signal! {
    /// ## What it detects
    /// Which share of the letters in words is upper case, in [0, 1]. Letters of scripts without
    /// case are not counted; unknown if there are no others.
    ///
    /// ## Why it matters
    /// Advertisements shout. A text without a single capital was typed in haste, by a person as a
    /// rule.
    ///
    /// ## Example
    /// `BUY NOW` → 1, `Buy now` → 0.17, `buy now` → 0.
    ///
    /// ## When it is wrong
    /// Angry readers, abbreviations, and nouns in German.
    ///
    /// ## References
    /// None; the rule is as old as mail filters.
    "letter_case", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    let (upper, lower) = letters(scene);
    share(upper, upper + lower)
}

/// How many letters are upper case and lower case.
fn letters(scene: &Scene<'_>) -> (usize, usize) {
    let text = scene.comment.text.as_str();
    let (mut upper, mut lower) = (0, 0);
    for word in &scene.comment.tokens.words {
        let word = &text[word.span.start as usize..word.span.end as usize];
        if word.is_ascii() {
            for byte in word.bytes() {
                upper += usize::from(byte.is_ascii_uppercase());
                lower += usize::from(byte.is_ascii_lowercase());
            }
        } else {
            for character in word.chars() {
                upper += usize::from(character.is_uppercase());
                lower += usize::from(character.is_lowercase());
            }
        }
    }
    (upper, lower)
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(match value {
        0.0 => "has no capital letters".to_owned(),
        value if value < 0.005 => "has hardly any capital letters".to_owned(),
        1.0 => "is written in capital letters only".to_owned(),
        value => format!("{:.0} % of its letters are capitals", value * 100.0),
    })
}
