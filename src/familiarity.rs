//! Takes the words of a comment and says whether the model has read genuine texts like it.
//!
//! A model that has never met a language, a script or a trade guesses. What tells is the share of a
//! comment's different words that the table of ordinary words ([`crate::context::Background`]) does
//! not hold, a table of all posts and of all comments that are not known for spam: nothing more has to
//! be kept. A language that was not learned has hardly a word in it, and neither has an alphabet. A
//! word that only spam had is not in it.
//!
//! Not here: what follows from it (see [`crate::policy`]).

use std::collections::HashSet;

use crate::analysis::CommentAnalysis;
use crate::context::Match;

/// From this share of unknown words on, a comment is far from them.
const FAR: f32 = 0.5;

/// Fewer different words than this tell no language from a slip of the pen.
const LEAST_WORDS: usize = 4;

/// How much of a comment stands in the genuine texts that the model has learned from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Familiarity {
    /// Different words of the comment, or pieces of words.
    pub n_words: usize,
    /// Those that no post and no genuine comment had that the model has learned from, or next to none.
    pub n_unknown: usize,
}

impl Familiarity {
    /// Of a comment and its words. Where no words can be told, every piece of one is unknown.
    pub fn of(comment: &CommentAnalysis<'_>, words: &[Match]) -> Self {
        if comment.is_unread() {
            let pieces: HashSet<u64> = comment.sequence.iter().copied().collect();
            return Self {
                n_words: pieces.len(),
                n_unknown: pieces.len(),
            };
        }
        Self {
            n_words: words.len(),
            n_unknown: words.iter().filter(|word| !word.is_known).count(),
        }
    }

    /// The share of unknown words, in [0, 1]; 0 of a comment without words.
    pub fn unknown_share(self) -> f32 {
        self.n_unknown as f32 / self.n_words.max(1) as f32
    }

    /// Whether the comment is far from any genuine text that the model has learned from.
    pub fn is_far(self) -> bool {
        self.n_words >= LEAST_WORDS && self.unknown_share() >= FAR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_few_words_is_far_and_a_strange_word_is_not() {
        let is_far = |n_words, n_unknown| Familiarity { n_words, n_unknown }.is_far();
        assert!(is_far(4, 2) && is_far(200, 150));
        assert!(!is_far(4, 1) && !is_far(200, 99));
        assert!(!is_far(3, 3), "too few to tell");
        assert!(!is_far(0, 0));
    }
}
