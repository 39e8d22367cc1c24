use super::{Evidence, Scene, Weight, flag, signal};
use crate::comment::Field;

signal! {
    /// ## What it detects
    /// Whether a field of the form that people do not see was filled in: 1 if so, 0 if not, unknown
    /// if the form has no such field.
    ///
    /// ## Why it matters
    /// Simple programs fill in every field they find.
    ///
    /// ## Example
    /// A hidden field `website2` that came back as `http://example.com` → 1.
    ///
    /// ## When it is wrong
    /// Browsers and password managers that fill in forms by themselves, and screen readers if the
    /// field is not hidden from them. An empty field says nothing in anybody's favour: people
    /// leave it empty, and so do better programs.
    ///
    /// The weight is *unmeasured*: no labelled comments show this field. It is written down as 4
    /// log-odds, strong enough to hold a comment that has little else to speak for it.
    ///
    /// ## References
    /// None; hidden fields have been in use against form spam since there is form spam.
    "honeypot", Rising, Weight::Fixed { edges: &[0.5], values: &[0.0, 4.0] }
}

fn observe(scene: &Scene<'_>) -> f32 {
    match scene.comment.comment.honeypot {
        Field::Known(filled) => flag(filled),
        Field::Empty => flag(false),
        Field::Unknown => f32::NAN,
    }
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(if value > 0.0 {
        "a field that people do not see was filled in"
    } else {
        "the field that people do not see was left empty"
    })
}
