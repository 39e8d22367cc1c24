use super::homepage_given::shown_host;
use super::homepage_hyphens::plain_labels;
use super::{Evidence, Scene, counted, signal};
use crate::comment::Field;

signal! {
    /// ## What it detects
    /// Digits in the host of the author's homepage. Unknown without a homepage.
    ///
    /// ## Why it matters
    /// Digits make a taken name free (`garden-tools24.com`), stand in names made by machines and
    /// in bare network addresses.
    ///
    /// ## Example
    /// `http://loans365.net/apply` → 3, `http://192.0.2.7/` → 6, `https://annasmith.net/2024` → 0.
    ///
    /// ## When it is wrong
    /// Some brands and people have digits in their names. In some countries, China among them,
    /// names of digits are ordinary. Digits of encoded names (`xn--…`) are not counted.
    ///
    /// ## References
    /// None; found by comparing homepages of genuine and of spam comments.
    "homepage_digits", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    let Field::Known(homepage) = scene.homepage() else {
        return f32::NAN;
    };
    let digits = |label: &str| label.bytes().filter(u8::is_ascii_digit).count();
    plain_labels(&homepage.host).map(digits).sum::<usize>() as f32
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let host = shown_host(scene);
    let number = if value == 0.0 {
        "no digits".to_owned()
    } else {
        counted(value as usize, "digit")
    };
    Evidence::new(format!(
        "the name of the homepage's site, {host}, has {number}"
    ))
}
