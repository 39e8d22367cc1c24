use super::body_vocabulary::leaning;
use super::{Evidence, Scene, shown, signal};

signal! {
    /// ## What it detects
    /// What the words of the author's name speak for: their log-odds of spam, as learned from
    /// labelled comments. 0 is even, positive is spam. Unknown without a name.
    ///
    /// ## Why it matters
    /// Blogs turn the name into a link, and search engines read its words: spam is signed with what
    /// it sells. People sign with names.
    ///
    /// ## Example
    /// `cheap garden tools` → above 2, `Anna` → below 0.
    ///
    /// ## When it is wrong
    /// Nicknames made of everyday words, trades signed in earnest, and names that were rare in the
    /// data. First names that spam makes up are the same as everybody's.
    ///
    /// ## References
    /// McMahan et al., *Ad click prediction*, KDD 2013, for how it is learned.
    "name_vocabulary", Rising, score of Name
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = shown_name(scene);
    Evidence::new(format!("the name, `{name}`, {}", leaning(value)))
}

/// The name for a reason, that of a notification included; empty without one.
pub(super) fn shown_name(scene: &Scene<'_>) -> String {
    let name = scene.comment.name.value();
    name.map_or_else(String::new, |name| shown(name.text.as_str()))
}
