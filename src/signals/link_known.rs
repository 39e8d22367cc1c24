use super::{Evidence, Scene, share, signal};
use crate::tokens::Link;

signal! {
    /// ## What it detects
    /// Which part of the comment's links leads to hosts that the post links to, or to the blog
    /// itself, in [0, 1]. Unknown without links, and if no host of the post is known.
    ///
    /// ## Why it matters
    /// Who links to another post of the blog or to what the post is about takes part in the
    /// conversation. Spam links elsewhere.
    ///
    /// ## Example
    /// Under a post that links to `example.org`: `Their answer: http://example.org/faq` → 1.
    ///
    /// ## When it is wrong
    /// Most genuine links lead to new places. Hosts that everybody links to (video and news sites)
    /// may match by chance.
    ///
    /// ## References
    /// None; the idea is that of comparing what post and comment refer to.
    "link_known", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.context.post.hosts.is_empty() {
        return f32::NAN;
    }
    let links = &scene.comment.links;
    share(
        links.iter().filter(|link| is_known(scene, link)).count(),
        links.len(),
    )
}

/// Both lists are short: a comment keeps a few hundred links.
fn is_known(scene: &Scene<'_>, link: &Link) -> bool {
    scene.context.post.hosts.contains(&link.host)
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let reason = match value {
        0.0 => "links to sites that the post does not mention",
        1.0 => "links only to this blog or to sites that the post links to",
        _ => "links in part to this blog or to sites that the post links to",
    };
    let known = scene
        .comment
        .links
        .iter()
        .filter(|link| is_known(scene, link));
    let places = known.map(|link| link.original.clone());
    Evidence::new(reason).at(places)
}
