use super::{Evidence, Scene, share, signal};

signal! {
    /// ## What it detects
    /// Which share of the characters are digits, in [0, 1]. Unknown for an empty text.
    ///
    /// ## Why it matters
    /// Prices, telephone numbers, discount codes and the names of products are full of digits.
    ///
    /// ## Example
    /// `Call 555 0100 now` → 0.41, `I have been here for two years` → 0.
    ///
    /// ## When it is wrong
    /// Comments about measurements, versions and dates. Digits of addresses count as well.
    ///
    /// ## References
    /// None; found by comparing genuine and spam comments.
    "digits", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    let text = scene.comment.text.as_str();
    if text.is_ascii() {
        return share(text.bytes().filter(u8::is_ascii_digit).count(), text.len());
    }
    let (mut digits, mut all) = (0, 0);
    for character in text.chars() {
        all += 1;
        digits += usize::from(character.is_numeric());
    }
    share(digits, all)
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(match value {
        0.0 => "has no digits".to_owned(),
        value if value < 0.005 => "has hardly any digits".to_owned(),
        value => format!("{:.0} % of its characters are digits", value * 100.0),
    })
}
