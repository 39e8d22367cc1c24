use super::{Evidence, Scene, signal};
use crate::comment::Field;

signal! {
    /// ## What it detects
    /// Whether the author of the post wrote the comment: 1 or 0. Unknown if the caller does not say.
    ///
    /// ## Why it matters
    /// Bloggers do not spam their own blog.
    ///
    /// ## Example
    /// An answer that the blogger wrote while signed in → 1.
    ///
    /// ## When it is wrong
    /// It is as good as the caller's word: a name or an address typed into the form proves nothing, so
    /// the caller must say so of signed-in authors only.
    ///
    /// ## References
    /// None; it is a fact that the blog software knows.
    "post_author", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    match scene.comment.comment.by_post_author {
        Field::Known(is_author) => super::flag(is_author),
        Field::Empty => 0.0,
        Field::Unknown => f32::NAN,
    }
}

fn explain(_: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(match value {
        0.0 => "somebody else than the author of the post wrote it",
        _ => "the author of the post wrote it",
    })
}
