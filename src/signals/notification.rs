use super::{Evidence, Scene, signal};
use crate::comment::Kind;

signal! {
    /// ## What it detects
    /// Whether the comment came as a pingback or trackback, that is, was sent by a machine to tell that
    /// another page links to the post: 1 or 0.
    ///
    /// ## Why it matters
    /// Nobody has to write anything to send one, so spam likes them; and genuine ones look like spam in
    /// all other respects (a link, a title for a name, a torn-out excerpt).
    ///
    /// ## Example
    /// `[...] a good overview of trail shoes is here [...]`, sent as a pingback → 1.
    ///
    /// ## When it is wrong
    /// Sources that do not tell the kind of a comment count as written into the form.
    ///
    /// ## References
    /// Langridge, Hickson, *Pingback 1.0*, 2002.
    "notification", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    super::flag(scene.comment.comment.kind.is_notification())
}

fn explain(scene: &Scene<'_>, _: f32) -> Evidence {
    Evidence::new(match scene.comment.comment.kind {
        Kind::Pingback => "came as a pingback from another site",
        Kind::Trackback => "came as a trackback from another site",
        Kind::Comment | Kind::Other => "did not come as a pingback or trackback",
    })
}
