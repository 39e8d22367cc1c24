//! Counts on how many blogs phrases stand in spam and in genuine comments, over all blogs and
//! without any one blog.

use std::collections::HashMap;

use crate::analysis::BuildIdentity;
use crate::lexical::{MOST_BLOGS, PhraseTable, phrases};

use super::corpus::Corpus;
use super::keep_most;

/// Blogs are told apart by a bit each; beyond 64, several share one, which can only make a phrase
/// look less widespread.
const BITS: usize = 64;

/// On which blogs each phrase stands, as sets of bits.
#[derive(Debug)]
pub(super) struct Templates {
    blogs: HashMap<u64, (u64, u64), BuildIdentity>,
}

/// Goes through all examples, and their copies on other blogs. At most `most` phrases are kept, those
/// of most blogs.
pub(super) fn count(corpus: &Corpus<'_>, most: usize) -> Templates {
    let mut blogs: HashMap<u64, (u64, u64), BuildIdentity> = HashMap::default();
    for example in corpus.examples.iter().chain(&corpus.copies) {
        let bit = bit(example.site);
        for phrase in phrases(&corpus.analysis(example).sequence) {
            let (spam, ham) = blogs.entry(phrase).or_default();
            *(if example.spam { spam } else { ham }) |= bit;
        }
    }
    // One blog alone, and one on each side, tell nothing of another.
    blogs.retain(|_, (spam, ham)| spam.count_ones().max(ham.count_ones()) >= 2);
    let n_blogs = |&(spam, ham): &(u64, u64)| spam.count_ones() + ham.count_ones();
    keep_most(&mut blogs, most, |sets| n_blogs(sets).into());
    Templates { blogs }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Thread;
    use crate::dataset::parse_thread;

    #[test]
    fn of_too_many_phrases_those_of_most_blogs_are_kept() {
        let thread = |site: char, phrases: &str| -> Thread {
            let own: Vec<String> = "bdfgklmnprst"
                .chars()
                .map(|c| format!("{site}{c}o"))
                .collect();
            let line = format!(
                r#"{{"site":"{site}","post":{{"id":"1"}},"comments":[{{"id":"1","label":"spam","body":"{phrases} {}"}}]}}"#,
                own.join(" ")
            );
            parse_thread(line.as_bytes()).unwrap()
        };
        let threads = [
            thread('a', "cheap roof tiles, uba vake some grey doors"),
            thread('b', "some grey doors ube vaki cheap roof tiles"),
            thread('c', "ubi vako cheap roof tiles"),
        ];
        let corpus = Corpus::new(&threads, &[]);
        let hash = |words: &str| {
            let words: Vec<u64> = words
                .split(' ')
                .map(|word| xxhash_rust::xxh3::xxh3_64(word.as_bytes()))
                .collect();
            phrases(&words).next().unwrap()
        };
        let blogs = |most: usize| {
            let templates = count(&corpus, most);
            ["cheap roof tiles", "some grey doors"]
                .map(|phrase| templates.blogs_without(hash(phrase), 3).0)
        };
        assert_eq!(blogs(2), [3, 2]);
        assert_eq!(blogs(1), [3, 0]);
    }
}
