use super::{Evidence, Scene, counted, shown, signal};
use crate::comment::Field;
use crate::tokens::Link;

signal! {
    /// ## What it detects
    /// How long the name of the author's homepage is: the characters of the part that somebody
    /// registered, without its ending. Unknown without a homepage.
    ///
    /// ## Why it matters
    /// Sites made to be found for what people search carry the search in their name, and such
    /// names are long; names of people, places and brands are shorter.
    ///
    /// ## Example
    /// `https://blog.example.co.uk/about` → 7 (`example`), `http://best-cheap-garden-tools.com` → 23.
    ///
    /// ## When it is wrong
    /// Long personal names and titles of blogs (`thethingsthatiwrite.com`). Domains that are not
    /// ASCII are counted in their encoded form.
    ///
    /// ## References
    /// Public Suffix List, for where the registered part starts.
    "homepage_host", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    match scene.homepage() {
        Field::Known(homepage) => label(homepage).chars().count() as f32,
        Field::Empty | Field::Unknown => f32::NAN,
    }
}

/// The registered part of a host without its public suffix; an address in numbers as a whole.
pub(super) fn label(link: &Link) -> &str {
    let domain = &link.domain;
    let is_numeric = domain.starts_with('[')
        || domain
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_numeric {
        return domain;
    }
    domain.split('.').next().unwrap_or_default()
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = scene.homepage().value().map_or("", label);
    let length = counted(value as usize, "character");
    Evidence::new(format!(
        "the name of the homepage, {}, has {length}",
        shown(name)
    ))
}
