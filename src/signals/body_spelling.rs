use super::body_vocabulary::leaning;
use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// What the spelling of the comment speaks for: the log-odds of spam by runs of three to five
    /// characters between spaces, marks, smileys and addresses included, as learned from labelled
    /// comments. 0 is even, positive is spam. Unknown where there is nothing but spaces.
    ///
    /// ## Why it matters
    /// A word that was never seen has parts that were: a new name of an old pill, a word spelt to
    /// pass word lists, any language's endings. And people set commas, full stops and smileys as
    /// machines do not.
    ///
    /// ## Example
    /// `cheapest loanz online` → above 1, `my third attempt at the sourdough` → below 0.
    ///
    /// ## When it is wrong
    /// Trade words and names share parts with what spam sells; short comments have few parts.
    ///
    /// ## References
    /// Sculley, Wachman, *Relaxed online SVMs for spam filtering*, SIGIR 2007 (character 4-grams).
    "body_spelling", Rising, score of Spelling
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(format!(
        "by spelling and punctuation, the comment {}",
        leaning(value)
    ))
}
