use super::{Evidence, Scene, counted, signal};
use crate::comment::Field;

signal! {
    /// ## What it detects
    /// Digits in front of the `@` of the author's e-mail address, at most 8. Unknown without an
    /// address.
    ///
    /// ## Why it matters
    /// Addresses that programs make up or register by the hundred are told apart by digits.
    ///
    /// ## Example
    /// `anna.smith@example.com` → 0, `kqwsmith48213@example.com` → 5.
    ///
    /// ## When it is wrong
    /// Years of birth and lucky numbers are common in personal addresses; in some countries
    /// addresses made of a telephone number are.
    ///
    /// ## References
    /// None; found by comparing addresses of genuine and of spam comments.
    "email_local", Free
}

/// Further digits say no more.
const MOST: usize = 8;

fn observe(scene: &Scene<'_>) -> f32 {
    let Field::Known(address) = &scene.comment.comment.author_email else {
        return f32::NAN;
    };
    match address.rsplit_once('@') {
        Some((local, _)) => local.bytes().filter(u8::is_ascii_digit).count().min(MOST) as f32,
        None => f32::NAN,
    }
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    // The address itself is private; reasons are shown and kept.
    let number = match value as usize {
        0 => "no digits".to_owned(),
        MOST => format!("{MOST} digits or more"),
        n => counted(n, "digit"),
    };
    Evidence::new(format!(
        "the e-mail address has {number} in front of the `@`"
    ))
}
