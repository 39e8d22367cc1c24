//! Counts how people write each word inside a sentence, small or with a capital, over all blogs and
//! without any one blog.

use std::collections::HashMap;

use super::corpus::Corpus;
use super::keep_most;
use crate::analysis::BuildIdentity;
use crate::lexical::WeightTable;
use crate::tokens::Shape;

/// How often a word must have been seen to have a place in the table.
const LEAST: u32 = 5;

/// How often a word was written small and with a capital.
type Counts = HashMap<u64, [u32; 2], BuildIdentity>;

/// The counts of all blogs together, of the words in the table, and those of each blog.
#[derive(Debug)]
pub(super) struct Casing {
    all: Counts,
    of_site: Vec<Counts>,
}

/// Goes through the words of all examples. The first word of a sentence has a capital whatever it
/// is, and words all in capitals are shouted or abbreviated. At most `most` are in the table, those seen
/// most often.
pub(super) fn count(corpus: &Corpus<'_>, most: usize) -> Casing {
    let mut of_site = vec![Counts::default(); corpus.sites.len()];
    let mut all = Counts::default();
    for example in &corpus.examples {
        let tokens = &corpus.analysis(example).tokens;
        for sentence in &tokens.sentences {
            let words = tokens.words.get(sentence.clone()).unwrap_or_default();
            for word in words.iter().skip(1) {
                let column = match word.shape {
                    Shape::Lower => 0,
                    Shape::Capitalised => 1,
                    _ => continue,
                };
                for counts in [&mut all, &mut of_site[example.site]] {
                    counts.entry(word.hash).or_default()[column] += 1;
                }
            }
        }
    }
    all.retain(|_, counts| seen(counts) >= LEAST);
    keep_most(&mut all, most, |counts| seen(counts).into());
    Casing { all, of_site }
}

impl Casing {
    /// The log-odds that a word is written small, by the blogs other than `site`.
    pub(super) fn without(&self, word: u64, site: usize) -> f32 {
        let Some(&[small, capital]) = self.all.get(&word) else {
            return 0.0;
        };
        let own = self.of_site[site].get(&word).copied().unwrap_or_default();
        log_odds([small - own[0], capital - own[1]])
    }

    /// The table over all blogs.
    pub(super) fn table(&self) -> WeightTable<'static> {
        let mut listed: Vec<(u64, f32)> = self
            .all
            .iter()
            .map(|(&word, &counts)| (word, log_odds(counts)))
            .collect();
        listed.sort_unstable_by_key(|(word, _)| *word);
        WeightTable::build(&listed)
    }
}

fn seen([small, capital]: &[u32; 2]) -> u32 {
    small + capital
}

fn log_odds(counts: [u32; 2]) -> f32 {
    if seen(&counts) < LEAST {
        return 0.0;
    }
    let [small, capital] = counts;
    ((small as f32 + 0.5) / (capital as f32 + 0.5)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Thread;
    use crate::dataset::parse_thread;

    fn hash(word: &str) -> u64 {
        xxhash_rust::xxh3::xxh3_64(word.as_bytes())
    }

    #[test]
    fn nouns_are_written_small_and_names_are_not_whoever_is_left_out() {
        let thread = |site: &str, n: usize| -> Thread {
            let bodies = (0..n).map(|i| {
                format!(
                    r#"{{"id":"{i}","body":"Shoes for the roof {i}, said old Keller {site}. Shoes!","label":"ham"}}"#
                )
            });
            let bodies: Vec<String> = bodies.collect();
            let line = format!(
                r#"{{"site":"{site}","post":{{"id":"1"}},"comments":[{}]}}"#,
                bodies.join(",")
            );
            parse_thread(line.as_bytes()).unwrap()
        };
        let threads = [thread("a", 6), thread("b", 3)];
        // Of copies that differ in a number alone some are dropped as duplicates.
        let corpus = Corpus::new(&threads, &[]);
        let casing = count(&corpus, 100);
        let n = corpus.examples.len() as u32;
        assert_eq!(casing.all[&hash("roof")], [n, 0]);
        assert_eq!(casing.all[&hash("keller")], [0, n]);
        // At the head of a sentence a capital says nothing.
        assert!(!casing.all.contains_key(&hash("shoes")));
        let own = casing.of_site[0][&hash("roof")][0];
        assert_eq!(casing.without(hash("roof"), 0), log_odds([n - own, 0]));
        assert!(log_odds([9, 0]) > 2.0 && log_odds([0, 9]) < -2.0 && log_odds([4, 0]) == 0.0);
        assert_eq!(casing.table().weight(hash("unseen")), 0.0);

        let few = count(&corpus, 2);
        assert_eq!(few.all.len(), 2);
        let dropped = casing.all.keys().find(|word| !few.all.contains_key(word));
        assert_eq!(few.without(*dropped.unwrap(), 0), 0.0);
    }
}
