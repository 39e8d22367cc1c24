//! Counts on how many blogs phrases stand in spam and in genuine comments, over all blogs and
//! without any one blog.

use std::collections::HashMap;

use crate::analysis::BuildIdentity;
use crate::lexical::{MOST_BLOGS, PhraseTable, phrases};

use super::corpus::{Corpus, Example};

/// Blogs are told apart by a bit each; beyond 64, several share one, which can only make a phrase
/// look less widespread.
const BITS: usize = 64;

/// On which blogs each phrase stands, as sets of bits.
#[derive(Debug)]
pub(super) struct Templates {
    blogs: HashMap<u64, (u64, u64), BuildIdentity>,
}

/// Goes through all examples.
pub(super) fn count(corpus: &Corpus<'_>) -> Templates {
    let mut blogs: HashMap<u64, (u64, u64), BuildIdentity> = HashMap::default();
    for example in &corpus.examples {
        let words = word_hashes(corpus, example);
        let bit = bit(example.site);
        for phrase in phrases(&words) {
            let (spam, ham) = blogs.entry(phrase).or_default();
            *(if example.spam { spam } else { ham }) |= bit;
        }
    }
    // A phrase of one blog tells nothing of another.
    blogs.retain(|_, (spam, ham)| spam.count_ones() + ham.count_ones() >= 2);
    Templates { blogs }
}

/// The hashes of an example's words.
pub(super) fn word_hashes(corpus: &Corpus<'_>, example: &Example) -> Vec<u64> {
    corpus
        .analysis(example)
        .tokens
        .words
        .iter()
        .map(|word| word.hash)
        .collect()
}

fn bit(site: usize) -> u64 {
    1 << (site % BITS)
}

impl Templates {
    /// On how many blogs other than `site` a phrase stands in spam and in genuine comments.
    pub(super) fn blogs_without(&self, phrase: u64, site: usize) -> (u8, u8) {
        let (spam, ham) = self.blogs.get(&phrase).copied().unwrap_or_default();
        let count = |set: u64| ((set & !bit(site)).count_ones() as u8).min(MOST_BLOGS);
        (count(spam), count(ham))
    }

    /// The table over all blogs.
    pub(super) fn table(&self) -> PhraseTable<'static> {
        let count = |set: u64| set.count_ones() as u8;
        let mut listed: Vec<(u64, u8, u8)> = self
            .blogs
            .iter()
            .map(|(&phrase, &(spam, ham))| (phrase, count(spam), count(ham)))
            .collect();
        listed.sort_unstable();
        PhraseTable::build(&listed)
    }
}
