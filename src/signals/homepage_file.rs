use super::homepage_given::shown_host;
use super::{Evidence, Scene, flag, signal};
use crate::tokens::Link;

signal! {
    /// ## What it detects
    /// Whether the author's homepage is a single file of its site, such as `index.php` or
    /// `offer.html`. 1 if so, 0 if not, unknown without a homepage.
    ///
    /// ## Why it matters
    /// Spam promotes pages that were planted on broken-into sites, and articles in directories; both
    /// are files. People give a front page or a profile.
    ///
    /// ## Example
    /// `https://example.com/images/config.php?shoes` → 1, `https://example.com/~jo/` → 0.
    ///
    /// ## When it is wrong
    /// Homepages from before content management, which were files.
    ///
    /// ## References
    /// None; found by comparing homepages of genuine and of spam comments.
    "homepage_file", Rising
}

/// Endings of pages.
const ENDINGS: [&str; 9] = [
    "asp", "aspx", "cfm", "cgi", "htm", "html", "jsp", "php", "shtml",
];

fn observe(scene: &Scene<'_>) -> f32 {
    scene
        .homepage()
        .value()
        .map_or(f32::NAN, |homepage| flag(is_file(homepage)))
}

fn is_file(homepage: &Link) -> bool {
    let last = homepage.path.rsplit('/').next().unwrap_or_default();
    last.rsplit_once('.').is_some_and(|(_, ending)| {
        ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let host = shown_host(scene);
    Evidence::new(if value == 1.0 {
        format!("the homepage is a single file on {host}")
    } else {
        format!("the homepage is no single file on {host}")
    })
}
