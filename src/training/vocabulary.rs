//! Which lexical features may have a weight: those that at least three authors say, where authors are
//! known, in comments of at least three families of near-duplicates. What only one person or one
//! campaign says is a name or an address, not evidence.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use rayon::prelude::*;

use super::corpus::{Corpus, Example};
use super::ftrl::SparseRows;
use crate::analysis::BuildIdentity;
use crate::classifier::lexical_words;
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
    seen: [u64; LEAST as usize - 1],
    count: u8,
}

impl Distinct {
    fn add(&mut self, value: u64) {
        let count = usize::from(self.count).min(self.seen.len());
        if self.seen[..count].contains(&value) {
            return;
        }
        if let Some(next) = self.seen.get_mut(count) {
            *next = value;
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
    /// What the values of each column were multiplied by, above 0: see [`idf`].
    pub scales: Vec<f32>,
    /// One row per example; without columns where the field is empty, or has nothing that is known.
    pub rows: SparseRows,
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
        let listed: Vec<Vec<(u32, f32)>> = corpus
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
                row
            })
            .collect();
        let scales = idf(listed.iter().map(Vec::as_slice), hashes.len());
        let mut rows = SparseRows::new(hashes.len());
        for row in listed {
            let scaled = |(column, value)| (column, value * scales[column as usize]);
            rows.push(row.into_iter().map(scaled));
        }
        Self {
            hashes,
            scales,
            rows,
        }
    }
}

/// The inverse document frequency of every column, `ln((1 + n) / (1 + n(column))) + 1` for `n` rows of
/// which `n(column)` have it, over its root mean square among the values of the rows, which keep their length on average.
///
/// Rows scaled by it learn faster of what stands in few comments; it becomes part of the weights, so
/// that scoring knows nothing of it. Salton, Buckley, *Term-weighting approaches in automatic text
/// retrieval*, Information Processing & Management 24 (1988), section 2.
fn idf<'a>(rows: impl Iterator<Item = &'a [(u32, f32)]> + Clone, n_columns: usize) -> Vec<f32> {
    let mut n_rows = 0_u32;
    let mut counts = vec![0_u32; n_columns];
    // The last row that had a column: an n-gram stands in it once for each word that has it.
    let mut last = vec![0_u32; n_columns];
    for row in rows.clone() {
        n_rows += 1;
        for &(column, _) in row {
            let column = column as usize;
            counts[column] += u32::from(last[column] != n_rows);
            last[column] = n_rows;
        }
    }
    let mut scales: Vec<f32> = counts
        .iter()
        .map(|&count| ((1.0 + f64::from(n_rows)) / (1.0 + f64::from(count))).ln() + 1.0)
        .map(|idf| idf as f32)
        .collect();
    let (mut scaled, mut plain) = (0.0_f64, 0.0_f64);
    for &(column, value) in rows.flatten() {
        scaled += f64::from(value * scales[column as usize]).powi(2);
        plain += f64::from(value).powi(2);
    }
    if scaled > 0.0 {
        let mean = (scaled / plain).sqrt() as f32;
        scales.iter_mut().for_each(|scale| *scale /= mean);
    }
    scales
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_columns_count_more_and_rows_keep_their_length_on_average() {
        let rows: [&[(u32, f32)]; 3] = [&[(0, 0.6), (1, 0.8)], &[(0, 1.0)], &[]];
        let scales = idf(rows.iter().copied(), 2);
        assert!(scales[1] > 1.0 && scales[0] < 1.0, "{scales:?}");
        let ratio = (f64::from(4.0_f32 / 2.0).ln() + 1.0) / ((4.0_f64 / 3.0).ln() + 1.0);
        assert!((f64::from(scales[1] / scales[0]) - ratio).abs() < 1e-6);
        let squares = rows.iter().copied().flatten();
        let sum: f32 = squares
            .map(|&(column, value)| (value * scales[column as usize]).powi(2))
            .sum();
        assert!((sum - 2.0).abs() < 1e-5, "{sum}");
        assert_eq!(idf([[].as_slice()].into_iter(), 0), Vec::<f32>::new());

        // Twice in a row is once.
        let rows: [&[(u32, f32)]; 2] = [&[(0, 0.5), (0, 0.5), (1, 0.7)], &[]];
        let scales = idf(rows.into_iter(), 2);
        assert_eq!(scales[0], scales[1]);
    }

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
