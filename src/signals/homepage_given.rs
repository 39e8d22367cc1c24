use super::{Evidence, Scene, flag, shown, signal};
use crate::comment::Field;

signal! {
    /// ## What it detects
    /// Whether the author gave a homepage: 1 if so, 0 if the field was left empty or holds junk,
    /// unknown if the form has no such field.
    ///
    /// ## Why it matters
    /// Spam under blogs is mostly written for the link behind the author's name. On many blogs
    /// readers leave the field empty.
    ///
    /// ## Example
    /// `https://example.com` → 1, an empty field → 0.
    ///
    /// ## When it is wrong
    /// Bloggers who comment on each other's blogs give their homepage as a matter of course: by
    /// itself it says little, together with what it leads to it says much.
    ///
    /// ## References
    /// None; the fields of the comment form of common blog software.
    "homepage_given", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    match scene.homepage() {
        Field::Known(_) => flag(true),
        Field::Empty => flag(false),
        Field::Unknown => f32::NAN,
    }
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    match scene.homepage().value() {
        Some(homepage) if value > 0.0 => Evidence::new(format!(
            "the author's name links to {}",
            shown(&homepage.host)
        )),
        _ => Evidence::new("the author gave no homepage"),
    }
}

/// The host of the homepage for a reason; empty without one.
pub(super) fn shown_host(scene: &Scene<'_>) -> String {
    let homepage = scene.comment.homepage.value();
    homepage.map_or_else(String::new, |link| shown(&link.host))
}
