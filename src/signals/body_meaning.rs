use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// What the words of the comment speak for by what they mean: the log-odds of spam, learned from
    /// labelled comments as a direction among vectors of pieces of words. 0 is even, positive is
    /// spam. Unknown without words.
    ///
    /// ## Why it matters
    /// No data hold all words of a trade. Who has seen spam for loans and for clinics can tell that
    /// of a mortgage broker and of a dentist.
    ///
    /// ## Example
    /// `Payday loans with no credit check, apply online for cash today.` → above 0.5, a question about
    /// an error in the third step → below -2.
    ///
    /// ## When it is wrong
    /// The vectors know English best, and of other languages little. Blogs about money, medicine or
    /// houses talk about what spam sells; the thread is not looked at here.
    ///
    /// ## References
    /// Tulkens, van Dongen, *Model2Vec*, 2024, for vectors of pieces read off a transformer; Reimers,
    /// Gurevych, *Sentence-BERT*, EMNLP 2019, for the transformer.
    "body_meaning", Rising, score of Meaning
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(format!(
        "by what its words mean, the comment {}",
        likeness(value)
    ))
}

/// What log-odds of meanings amount to.
pub(super) fn likeness(log_odds: f32) -> &'static str {
    match log_odds {
        value if value >= 2.0 => "is like spam",
        value if value >= 0.5 => "is more like spam than like genuine comments",
        value if value > -0.5 => "is as much like spam as like genuine comments",
        value if value > -2.0 => "is more like genuine comments than like spam",
        _ => "is like genuine comments",
    }
}
