use super::{Evidence, Scene, share, signal};

signal! {
    /// ## What it detects
    /// Which share of the characters are those of code: brackets, `;`, `=`, `_`, slashes and the
    /// like, in [0, 1]. Unknown for an empty text.
    ///
    /// ## Why it matters
    /// On technical blogs readers paste code, and spam hardly ever does. A long address, on the
    /// other hand, is full of slashes.
    ///
    /// ## Example
    /// `if (x) { y(); }` → 0.47, `I would not do that` → 0.
    ///
    /// ## When it is wrong
    /// Smileys, remarks in brackets and addresses have such characters; see `smileys` and `links`.
    /// Code that looks like markup is dropped before it gets here.
    ///
    /// ## References
    /// None; found by comparing genuine and spam comments.
    "code", Free
}

/// Whether a byte is a character of code.
const IS_CODE: [bool; 256] = {
    let mut table = [false; 256];
    let signs = b"{}();=<>_\\/[]|";
    let mut at = 0;
    while at < signs.len() {
        table[signs[at] as usize] = true;
        at += 1;
    }
    table
};

fn observe(scene: &Scene<'_>) -> f32 {
    let text = scene.comment.text.as_str();
    let signs = text.bytes().filter(|&byte| IS_CODE[usize::from(byte)]).count();
    share(signs, text.chars().count())
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(match value {
        0.0 => "has no brackets, slashes or other signs of code".to_owned(),
        value if value < 0.005 => "has hardly any brackets, slashes or signs of code".to_owned(),
        value => {
            let percent = value * 100.0;
            format!("{percent:.0} % of its characters are brackets, slashes or signs of code")
        }
    })
}
