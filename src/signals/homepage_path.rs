use super::homepage_given::shown_host;
use super::{Evidence, Scene, counted, signal};
use crate::comment::Field;
use crate::tokens::Link;

signal! {
    /// ## What it detects
    /// How deep the author's homepage leads into its site: the parts of its path, and one more for
    /// a query. Unknown without a homepage.
    ///
    /// ## Why it matters
    /// People give the front page of their site. Spam promotes one page of it: a product, an
    /// article, a profile made for the purpose.
    ///
    /// ## Example
    /// `https://example.com/` → 0, `https://example.com/shop/shoes.html?ref=7` → 3.
    ///
    /// ## When it is wrong
    /// Profiles on large platforms and blogs in a folder of a site have a path as well; see
    /// `homepage_platform`.
    ///
    /// ## References
    /// None; found by comparing homepages of genuine and of spam comments.
    "homepage_path", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    match scene.homepage() {
        Field::Known(homepage) => parts(homepage) as f32,
        Field::Empty | Field::Unknown => f32::NAN,
    }
}

/// The parts of a path, and one for a query.
pub(super) fn parts(homepage: &Link) -> usize {
    let segments = homepage
        .path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .count();
    let before_fragment = homepage.target.split('#').next().unwrap_or_default();
    let query = before_fragment
        .split_once('?')
        .map_or("", |(_, query)| query);
    segments + usize::from(!query.is_empty())
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let host = shown_host(scene);
    Evidence::new(if value == 0.0 {
        format!("the homepage is the front page of {host}")
    } else {
        format!(
            "the homepage leads {} deep into {host}",
            counted(value as usize, "step")
        )
    })
}
