use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// What the words of the comment speak for: the log-odds of spam by words, pairs of words and
    /// pieces of words, as learned from labelled comments. 0 is even, positive is spam. Unknown
    /// without words.
    ///
    /// ## Why it matters
    /// Spam promotes the same goods with the same words year after year.
    ///
    /// ## Example
    /// A comment that offers loans → above 2, one that asks about a step of the post → below -1.
    ///
    /// ## When it is wrong
    /// Blogs about finance, medicine or games talk about what spam sells; new campaigns have new
    /// words. The thread is not looked at here.
    ///
    /// ## References
    /// Sculley, Wachman, *Relaxed online SVMs for spam filtering*, SIGIR 2007, for linear models of
    /// pieces of words; McMahan et al., *Ad click prediction*, KDD 2013, for how it is learned.
    "body_vocabulary", Rising, score of Words
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(format!("the comment {}", leaning(value)))
}

/// What log-odds of words amount to.
pub(super) fn leaning(log_odds: f32) -> &'static str {
    match log_odds {
        value if value >= 2.0 => "is made of words that stand in spam",
        value if value >= 0.5 => "has more words of spam than of genuine comments",
        value if value > -0.5 => "has words that stand in spam as well as in genuine comments",
        value if value > -2.0 => "has more words of genuine comments than of spam",
        _ => "is made of words that people use in genuine comments",
    }
}
