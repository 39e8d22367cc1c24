use super::body_meaning::likeness;
use super::homepage_given::shown_host;
use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// What the words of the homepage's address speak for by what they mean: the log-odds of spam,
    /// learned from labelled comments as a direction among vectors of pieces of words. 0 is even,
    /// positive is spam. The ending `.com` does not count. Unknown without a homepage.
    ///
    /// ## Why it matters
    /// Addresses run words together, and each new one sells an old thing under a new name.
    ///
    /// ## Example
    /// `http://handbagsoutlet.info` → above 2, `http://mortgagebroker.com` → above 0.5,
    /// `https://anna-keller.com` → about 0.
    ///
    /// ## When it is wrong
    /// Genuine shops and consultants whose site is named after their trade; names of firms that are
    /// everyday words.
    ///
    /// ## References
    /// As for `body_meaning`.
    "homepage_meaning", Rising, score of UrlMeaning
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let host = shown_host(scene);
    Evidence::new(format!(
        "by what its words mean, the address of the homepage, {host}, {}",
        likeness(value)
    ))
}
