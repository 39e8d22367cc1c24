use super::{Evidence, Scene, counted, shown, signal};

signal! {
    /// ## What it detects
    /// How many links the comment has, as ln(1 + n): in its text, made with markup, or only in the
    /// separate markup of the source. The author's homepage is not counted.
    ///
    /// ## Why it matters
    /// Spam is written for its links. Most genuine comments have none, hardly any has more than
    /// two.
    ///
    /// ## Example
    /// `See https://example.com and http://example.org/a` → ln 3 ≈ 1.1; no link → 0.
    ///
    /// ## When it is wrong
    /// Answers that give sources, and pingbacks. Much of today's spam has no link but the
    /// homepage.
    ///
    /// ## References
    /// None; the number of links is the oldest rule of comment moderation. Links are read by
    /// RFC 3986.
    "links", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    (scene.comment.links.len() as f32).ln_1p()
}

fn explain(scene: &Scene<'_>, _value: f32) -> Evidence {
    let links = &scene.comment.links;
    let Some(first) = links.first() else {
        return Evidence::new("has no links");
    };
    let host = shown(&first.host);
    let reason = match links.len() {
        1 => format!("has a link to {host}"),
        n => format!("has {}, the first to {host}", counted(n, "link")),
    };
    let places = links.iter().map(|link| link.original.clone());
    Evidence::new(reason).at(places)
}
