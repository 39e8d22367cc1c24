use super::body_vocabulary::leaning;
use super::homepage_given::shown_host;
use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// What the pieces of the homepage's address speak for: their log-odds of spam, as learned from
    /// labelled comments. 0 is even, positive is spam. The ending `.com` does not count. Unknown
    /// without a homepage.
    ///
    /// ## Why it matters
    /// Sites that spam promotes are named after what they sell, and their addresses end where
    /// domains are cheap.
    ///
    /// ## Example
    /// `http://best-payday-loans.info` → above 2, `https://anna.wordpress.com` → below 0.
    ///
    /// ## When it is wrong
    /// Genuine shops and consultants whose site is named after their trade. Names without a meaning
    /// say nothing.
    ///
    /// ## References
    /// McMahan et al., *Ad click prediction*, KDD 2013, for how it is learned.
    "homepage_vocabulary", Rising, score of Url
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let host = shown_host(scene);
    Evidence::new(format!(
        "the address of the homepage, {host}, {}",
        leaning(value)
    ))
}
