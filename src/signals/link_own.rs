use super::{Evidence, Scene, flag, shown, signal};

signal! {
    /// ## What it detects
    /// Whether the comment links to the site that the author gave as homepage. Unknown without a
    /// homepage or without links.
    ///
    /// ## Why it matters
    /// The name links there already; who adds the same address in the text is there for it.
    ///
    /// ## Example
    /// `More at http://example.com/offer` by an author with the homepage `https://example.com` → 1.
    ///
    /// ## When it is wrong
    /// Bloggers who wrote about the same subject and say so. Pingbacks do so by their nature.
    ///
    /// ## References
    /// None; found by comparing links of genuine and of spam comments.
    "link_own", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    match scene.comment.homepage.value() {
        Some(homepage) if !scene.comment.links.is_empty() => flag(
            scene
                .comment
                .links
                .iter()
                .any(|link| link.host == homepage.host),
        ),
        _ => f32::NAN,
    }
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let Some(homepage) = scene.comment.homepage.value().filter(|_| value > 0.0) else {
        return Evidence::new("does not link to the author's own homepage");
    };
    let own = scene
        .comment
        .links
        .iter()
        .filter(|link| link.host == homepage.host);
    let places = own.map(|link| link.original.clone());
    let host = shown(&homepage.host);
    Evidence::new(format!(
        "links to the author's own homepage, {host}, once more"
    ))
    .at(places)
}
