use super::body_vocabulary::leaning;
use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// What the words of the comment speak for by threads that were invented to learn from: the
    /// log-odds of spam by words, pairs of words and pieces of words. 0 is even, positive is spam.
    /// Unknown without words.
    ///
    /// ## Why it matters
    /// Blogs whose spam was kept are few, old, and were struck by few campaigns; invented threads have
    /// the spam of every trade beside readers who talk about the same things.
    ///
    /// ## Example
    /// `Buy cheap pills online without prescription, fast delivery and discreet packaging.` → above
    /// 2, `Mine did the same last winter, I think it was the damp in the shed.` → below -1.
    ///
    /// ## When it is wrong
    /// What nobody thought of is not there, and inventors have words of their own. Without invented
    /// threads to learn from, it is 0.
    ///
    /// ## References
    /// Learned as `body_vocabulary` is.
    "invented_vocabulary", Rising, score of Invented
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(format!(
        "by invented threads, the comment {}",
        leaning(value)
    ))
}
