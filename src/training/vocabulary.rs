//! Which lexical features may have a weight: those that stand in at least three comments that are no
//! near-duplicates of each other, by different authors where authors are known. What only one person
//! or one campaign says is a name or an address, not evidence.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use rayon::prelude::*;

use super::corpus::{Corpus, Example};
use crate::analysis::BuildIdentity;
use crate::classifier::lexical_words;
use crate::lexical::ftrl::SparseRows;
use crate::lexical::{Features, Field, Subwords};

/// Comments, authors and template families that a feature must stand in.
const LEAST: u8 = 3;

/// Slots of the first, rough count: one byte each.
const ROUGH: usize = 1 << 26;

/// Locks of the exact count.
const SHARDS: usize = 256;

/// Distinct authors and families of a feature, as far as it takes to count to three.
#[derive(Clone, Copy, Default)]
struct Witnesses {
    authors: Distinct,
    families: Distinct,
}

/// Counts distinct values up to three. The outcome does not depend on their order.
#[derive(Clone, Copy, Default)]
struct Distinct {
    seen: [u64; 2],
    count: u8,
}

impl Distinct {
    fn add(&mut self, value: u64) {
        if self.seen[..usize::from(self.count.min(2))].contains(&value) {
            return;
        }
        if self.count < 2 {
            self.seen[usize::from(self.count)] = value;
        }
        self.count = (self.count + 1).min(LEAST);
    }
}

/// The features of one field that may have a weight, numbered by rising hash, and every example as
/// a row over them.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// Hash of each column.
    pub hashes: Vec<u64>,
    /// One row per example; without columns where the field is empty or unknown.
    pub rows: SparseRows,
    /// Whether an example's field has any feature at all.
    pub has_text: Vec<bool>,
}

impl Vocabulary {
    /// Counts the features of all examples and keeps those with three witnesses.
    pub(super) fn new(corpus: &Corpus<'_>, field: Field, subwords: &Subwords) -> Self {
        let rough: Vec<AtomicU8> = (0..ROUGH).map(|_| AtomicU8::new(0)).collect();
        let emit = |example: &Example, features: &mut Features| {
            let words = lexical_words(corpus.analysis(example), field);
            features.fill(field, &words, subwords);
        };
        corpus
            .examples
            .par_iter()
            .for_each_init(Features::default, |features, example| {
                emit(example, features);
                features.for_each(|feature, _| {
                    let slot = &rough[feature.hash as usize % ROUGH];
                    if slot.load(Ordering::Relaxed) < LEAST {
                        slot.fetch_add(1, Ordering::Relaxed);
                    }
                });
            });
        let shards: Vec<Mutex<HashMap<u64, Witnesses, BuildIdentity>>> =
            (0..SHARDS).map(|_| Mutex::default()).collect();
        corpus
            .examples
            .par_iter()
            .for_each_init(Features::default, |features, example| {
                emit(example, features);
                features.for_each(|feature, _| {
                    if rough[feature.hash as usize % ROUGH].load(Ordering::Relaxed) < LEAST {
                        return;
                    }
                    let shard = &shards[(feature.hash >> 56) as usize % SHARDS];
                    let mut shard = shard.lock().unwrap_or_else(|poison| poison.into_inner());
                    let witnesses = shard.entry(feature.hash).or_default();
                    witnesses.authors.add(example.author);
                    witnesses.families.add(example.family as u64);
                });
            });
        drop(rough);
        let mut hashes: Vec<u64> = Vec::new();
        for shard in shards {
            let shard = shard
                .into_inner()
                .unwrap_or_else(|poison| poison.into_inner());
            let known = |witnesses: &Witnesses| {
                witnesses.authors.count >= LEAST && witnesses.families.count >= LEAST
            };
            // The list is sorted below.
            hashes.extend(
                shard
                    .iter()
                    .filter(|(_, seen)| known(seen))
                    .map(|(&hash, _)| hash),
            );
        }
        hashes.par_sort_unstable();
        let column: HashMap<u64, u32, BuildIdentity> = hashes
            .iter()
            .enumerate()
            .map(|(index, &hash)| (hash, index as u32))
            .collect();
        let listed: Vec<(Vec<(u32, f32)>, bool)> = corpus
            .examples
            .par_iter()
            .map_init(Features::default, |features, example| {
                emit(example, features);
                let mut row = Vec::new();
                features.for_each(|feature, value| {
                    if let Some(&column) = column.get(&feature.hash) {
                        row.push((column, value));
                    }
                });
                (row, !features.is_empty())
            })
            .collect();
        let mut rows = SparseRows::new(hashes.len());
        let mut has_text = Vec::with_capacity(listed.len());
        for (row, has) in listed {
            rows.push(row.into_iter());
            has_text.push(has);
        }
        Self {
            hashes,
            rows,
            has_text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_counts_to_three_in_any_order() {
        for values in [[1, 1, 2, 3], [3, 2, 1, 1], [2, 1, 3, 1]] {
            let mut distinct = Distinct::default();
            values.iter().for_each(|&value| distinct.add(value));
            assert_eq!(distinct.count, 3);
        }
        let mut distinct = Distinct::default();
        [4, 4, 0, 4].iter().for_each(|&value| distinct.add(value));
        assert_eq!(distinct.count, 2);
    }
}
