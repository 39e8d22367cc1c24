use super::body_meaning::likeness;
use super::name_vocabulary::shown_name;
use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// What the words of the author's name speak for by what they mean: the log-odds of spam,
    /// learned from labelled comments as a direction among vectors of pieces of words. 0 is even,
    /// positive is spam. Unknown without a name.
    ///
    /// ## Why it matters
    /// Spam is signed with what it sells, people sign with names; which of both a word is can be
    /// told of words that no labelled name had.
    ///
    /// ## Example
    /// `Roof Repair` and `Dental Clinic` → above 2, `Anna` → below -0.5.
    ///
    /// ## When it is wrong
    /// Nicknames made of everyday words, trades signed in earnest, and people who are named after a
    /// town. Names that are rare in English are cut into small pieces, which mean little.
    ///
    /// ## References
    /// As for `body_meaning`.
    "name_meaning", Rising, score of NameMeaning
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = shown_name(scene);
    Evidence::new(format!(
        "by what its words mean, the name, `{name}`, {}",
        likeness(value)
    ))
}
