use super::{Evidence, Scene, flag, signal};
use crate::comment::Field;

signal! {
    /// ## What it detects
    /// Whether the author gave an e-mail address: 1 if so, 0 if the field was left empty, unknown
    /// if the caller does not transmit it.
    ///
    /// ## Why it matters
    /// Where the field may be left empty, programs fill it in all the same and part of the readers
    /// do not.
    ///
    /// ## Example
    /// `anna@example.com` → 1, an empty field → 0.
    ///
    /// ## When it is wrong
    /// Most blogs require an address, and there it tells nobody apart. Notifications from other
    /// blogs never have one.
    ///
    /// ## References
    /// None; the fields of the comment form of common blog software.
    "email_given", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    match scene.comment.comment.author_email {
        Field::Known(_) => flag(true),
        Field::Empty => flag(false),
        Field::Unknown => f32::NAN,
    }
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(if value > 0.0 {
        "the author gave an e-mail address"
    } else {
        "the author gave no e-mail address"
    })
}
