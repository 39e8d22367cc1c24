use super::{Evidence, Scene, Weight, signal};
use crate::comment::{Field, Role};

signal! {
    /// ## What it detects
    /// The account behind the comment: 0 none, 1 an ordinary account, 2 somebody who runs the blog.
    /// Unknown if the caller does not say.
    ///
    /// ## Why it matters
    /// Who runs the blog does not spam it, and who signed in left a trace.
    ///
    /// ## Example
    /// A comment written while signed in as an editor → 2.
    ///
    /// ## When it is wrong
    /// Where anybody can get an account, programs get them too; a stolen account of the staff would
    /// be believed.
    ///
    /// The weights are *unmeasured*: no labelled comments show the account. They are written down
    /// as -1 log-odds for an account and -4 for the staff.
    ///
    /// ## References
    /// None; the roles that common blog software knows.
    "role", Falling, Weight::Fixed { edges: &[0.5, 1.5], values: &[0.0, -1.0, -4.0] }
}

fn observe(scene: &Scene<'_>) -> f32 {
    match scene.comment.comment.role {
        Field::Known(Role::Visitor) => 0.0,
        Field::Known(Role::Member) => 1.0,
        Field::Known(Role::Staff) => 2.0,
        Field::Empty | Field::Unknown => f32::NAN,
    }
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(match value {
        2.0 => "was written by somebody who runs the blog",
        1.0 => "was written from an account of the blog",
        _ => "was written without an account",
    })
}
