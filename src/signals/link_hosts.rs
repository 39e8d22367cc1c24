use super::{Evidence, Scene, shown, signal};

signal! {
    /// ## What it detects
    /// To how many different hosts the comment links. Unknown without links.
    ///
    /// ## Why it matters
    /// A list of addresses on many hosts is an advertisement, or a try whether links pass. People
    /// who link twice mostly link to one site.
    ///
    /// ## Example
    /// `http://a.example.com/1 http://a.example.com/2` → 1, `http://example.com http://example.org`
    /// → 2.
    ///
    /// ## When it is wrong
    /// Collections of sources. Spam that repeats one address many times; see `links`.
    ///
    /// ## References
    /// None; found by comparing links of genuine and of spam comments.
    "link_hosts", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    match scene.comment.links.as_slice() {
        [] => f32::NAN,
        [_] => 1.0,
        _ => hosts(scene).len() as f32,
    }
}

/// Each host once, in alphabetical order.
fn hosts<'a>(scene: &'a Scene<'_>) -> Vec<&'a str> {
    let mut hosts: Vec<&str> = scene
        .comment
        .links
        .iter()
        .map(|link| link.host.as_str())
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

fn explain(scene: &Scene<'_>, _value: f32) -> Evidence {
    let reason = match hosts(scene).as_slice() {
        [] => "links to no site".to_owned(),
        [host] => format!("links to one site, {}", shown(host)),
        [one, other, ..] => {
            let n = hosts(scene).len();
            format!(
                "links to {n} different sites, {} and {} among them",
                shown(one),
                shown(other)
            )
        }
    };
    let places = scene.comment.links.iter().map(|link| link.original.clone());
    Evidence::new(reason).at(places)
}
