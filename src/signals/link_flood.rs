use super::{Evidence, Scene, Weight, counted, signal};

signal! {
    /// ## What it detects
    /// How many links the comment has, counted as in `links`; of its text, at most 200.
    ///
    /// ## Why it matters
    /// Collected comments with links have so few of them that `links` learns nothing of many.
    ///
    /// ## Example
    /// `See https://example.com and http://example.org/a` → 2; forty addresses → 40.
    ///
    /// ## When it is wrong
    /// Lists of sources.
    ///
    /// The weights are written down: under most blogs nobody posts so many, so there is nothing to learn
    /// from. In all collected comments together, 8 to 14 links stand in 6 genuine comments and 133 of spam,
    /// more in 1 and 257; 2 log-odds for so many and 4 for more.
    ///
    /// ## References
    /// None; WordPress holds comments by the number of their links, by default from 2 on.
    "link_flood", Rising, Weight::Fixed { edges: &[7.5, 14.5], values: &[0.0, 2.0, 4.0] }
}

fn observe(scene: &Scene<'_>) -> f32 {
    scene.comment.links.len() as f32
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let links = counted(value as usize, "link");
    let places = scene.comment.links.iter().map(|link| link.original.clone());
    Evidence::new(match value {
        ..7.5 => format!("has {links}, which is no flood"),
        _ => format!("has a flood of links, {links}"),
    })
    .at(places)
}
