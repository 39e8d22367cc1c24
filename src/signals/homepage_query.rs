use super::homepage_given::shown_host;
use super::homepage_platform::is_platform;
use super::{Evidence, Scene, flag, signal};

signal! {
    /// ## What it detects
    /// Whether the address of the author's homepage goes on after its path, with a query or the name
    /// of a place in the page: 1 if so, 0 if not. Unknown without a homepage, and on platforms, where
    /// it may be the number of a profile.
    ///
    /// ## Why it matters
    /// A homepage is a place; a query picks a product, an article or an advertiser from it.
    ///
    /// ## Example
    /// `https://example.com/item.php?shoes=17` and `https://example.com/#loans` → 1,
    /// `https://example.com/jo/` → 0.
    ///
    /// ## When it is wrong
    /// Blogs without speaking addresses (`https://example.com/?author=2`).
    ///
    /// ## References
    /// None; found by comparing homepages of genuine and of spam comments.
    "homepage_query", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    match scene.homepage().value() {
        Some(homepage) if !is_platform(&homepage.host) => {
            let after = homepage.target.split_once(['?', '#']);
            flag(after.is_some_and(|(_, after)| !after.is_empty()))
        }
        _ => f32::NAN,
    }
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let host = shown_host(scene);
    Evidence::new(if value > 0.0 {
        format!("the homepage is not a page of {host} but a query or a place in one")
    } else {
        format!("the homepage is a page of {host}")
    })
}
