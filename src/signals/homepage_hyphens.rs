use super::homepage_given::shown_host;
use super::{Evidence, Scene, counted, signal};
use crate::tokens::Link;

signal! {
    /// ## What it detects
    /// Hyphens in host and path of the author's homepage, at most 8. Unknown without a homepage.
    ///
    /// ## Why it matters
    /// A name of words with hyphens between them is made for search engines: the names that people
    /// would choose were taken, and every hyphen sets off a word to be found by.
    ///
    /// ## Example
    /// `http://buy-garden-tools.com/best-price` → 3, `https://annasmith.net` → 0.
    ///
    /// ## When it is wrong
    /// Double-barrelled names, and articles of a blog, whose address repeats the title. The hyphens
    /// of encoded names (`xn--…`) are not counted.
    ///
    /// ## References
    /// None; found by comparing homepages of genuine and of spam comments.
    "homepage_hyphens", Rising
}

/// Further hyphens say no more.
const MOST: usize = 8;

fn observe(scene: &Scene<'_>) -> f32 {
    scene.homepage().value().map_or(f32::NAN, hyphens)
}

/// The hyphens in host and path, as far as they are counted.
pub(super) fn hyphens(homepage: &Link) -> f32 {
    let hyphens = |text: &str| text.bytes().filter(|&byte| byte == b'-').count();
    let in_host: usize = plain_labels(&homepage.host).map(hyphens).sum();
    (in_host + hyphens(&homepage.path)).min(MOST) as f32
}

/// The parts of a host, but for those in Punycode, whose hyphens and digits nobody wrote.
pub(super) fn plain_labels(host: &str) -> impl Iterator<Item = &str> {
    host.split('.').filter(|label| !label.starts_with("xn--"))
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let host = shown_host(scene);
    let number = match value as usize {
        0 => "no hyphens".to_owned(),
        MOST => format!("{MOST} hyphens or more"),
        n => counted(n, "hyphen"),
    };
    Evidence::new(format!(
        "the address of the homepage on {host} has {number}"
    ))
}
