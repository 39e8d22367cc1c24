//! Near-duplicates and template families among comments.
//!
//! Word shingles, MinHash signatures and locality-sensitive hashing find the candidates, the exact
//! Jaccard resemblance of the shingle sets decides (Broder, *On the resemblance and containment of
//! documents*, 1997, sections 2 and 4; Leskovec, Rajaraman, Ullman, *Mining of Massive Datasets*,
//! section 3.4 for the bands).

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Resemblance from which two comments are the same comment.
const DUPLICATE: f64 = 0.8;

/// Resemblance from which a comment gives away another one that a model is measured on.
const NEAR: f64 = 0.5;

/// Resemblance from which two comments are of one template family.
const FAMILY: f64 = 0.4;

/// Two hashes a band: a pair of resemblance 0.4 shares one of 24 bands with probability 0.98.
const BANDS: usize = 24;

/// How many members of a bucket a comment is compared with: enough to find its family, and a bound
/// on the work that a thousand copies make.
const COMPARED: usize = 6;

/// Words in a shingle.
const SHINGLE: usize = 3;

/// The set of word shingles of one comment, sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shingles(Vec<u32>);

impl Shingles {
    /// From the hashes of the words in their order. Comments of fewer than three words are one
    /// shingle as a whole; a comment without words has none.
    pub fn new(words: &[u64]) -> Self {
        let hash = |words: &[u64]| {
            let mut mixed = words.len() as u64;
            for &word in words {
                mixed = mix(mixed ^ word);
            }
            (mixed >> 32) as u32
        };
        let mut set: Vec<u32> = match words {
            [] => Vec::new(),
            short if short.len() < SHINGLE => vec![hash(short)],
            long => long.windows(SHINGLE).map(hash).collect(),
        };
        set.sort_unstable();
        set.dedup();
        Self(set)
    }

    /// Shared shingles over all shingles, in [0, 1]; 0 if either has none.
    pub fn resemblance(&self, other: &Self) -> f64 {
        let (mut a, mut b, mut shared) = (0, 0, 0usize);
        while a < self.0.len() && b < other.0.len() {
            match self.0[a].cmp(&other.0[b]) {
                std::cmp::Ordering::Less => a += 1,
                std::cmp::Ordering::Greater => b += 1,
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    a += 1;
                    b += 1;
                }
            }
        }
        let all = self.0.len() + other.0.len() - shared;
        if all == 0 {
            0.0
        } else {
            shared as f64 / all as f64
        }
    }

    fn signature(&self) -> [u32; 2 * BANDS] {
        let mut smallest = [u32::MAX; 2 * BANDS];
        for &shingle in &self.0 {
            let mut state = u64::from(shingle);
            for pair in smallest.chunks_exact_mut(2) {
                state = mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
                pair[0] = pair[0].min(state as u32);
                pair[1] = pair[1].min((state >> 32) as u32);
            }
        }
        smallest
    }
}

/// splitmix64's finaliser (Steele, Lea, Flood, *Fast splittable pseudorandom number generators*,
/// 2014, figure 16).
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// What [`group`] found.
#[derive(Debug, PartialEq, Eq)]
pub struct Groups {
    /// For each comment, the first comment that it repeats, perhaps by way of others, or itself.
    pub duplicate_of: Vec<usize>,
    /// For each comment, the first comment that it resembles by half or more, perhaps by way of
    /// others, or itself.
    pub near: Vec<usize>,
    /// For each comment, the first member of its template family, perhaps itself.
    pub family: Vec<usize>,
}

/// Finds near-duplicates and families; earlier comments stand for later ones, so the caller fixes
/// the order by what the comments say.
pub fn group(comments: &[Shingles]) -> Groups {
    let mut buckets: HashMap<(u8, u64), Vec<u32>> = HashMap::new();
    let mut parent: Vec<usize> = (0..comments.len()).collect();
    let mut duplicate_of: Vec<usize> = (0..comments.len()).collect();
    let mut near: Vec<usize> = (0..comments.len()).collect();
    // The buckets of a large family are full long before its last copy has come.
    let mut first_with: HashMap<&[u32], usize> = HashMap::new();
    let mut compared: Vec<u32> = Vec::new();
    for (index, shingles) in comments.iter().enumerate() {
        if shingles.0.is_empty() {
            continue;
        }
        let signature = shingles.signature();
        compared.clear();
        let first = *first_with.entry(&shingles.0).or_insert(index);
        if first != index {
            compared.push(first as u32);
        }
        let keys: Vec<(u8, u64)> = signature
            .chunks_exact(2)
            .enumerate()
            .map(|(band, pair)| {
                let bytes = (u64::from(pair[0]) << 32 | u64::from(pair[1])).to_le_bytes();
                (band as u8, xxh3_64_with_seed(&bytes, band as u64))
            })
            .collect();
        for key in &keys {
            if let Some(bucket) = buckets.get(key) {
                compared.extend(bucket.iter().take(COMPARED));
            }
        }
        compared.sort_unstable();
        compared.dedup();
        for &other in &compared {
            let other = other as usize;
            let resemblance = shingles.resemblance(&comments[other]);
            if resemblance >= DUPLICATE && duplicate_of[index] == index {
                duplicate_of[index] = duplicate_of[other];
            }
            if resemblance >= NEAR {
                near[index] = near[index].min(near[other]);
            }
            if resemblance >= FAMILY {
                unite(&mut parent, index, other);
            }
        }
        for key in keys {
            let bucket = buckets.entry(key).or_default();
            if bucket.len() < COMPARED {
                bucket.push(index as u32);
            }
        }
    }
    let family = (0..comments.len())
        .map(|index| find(&mut parent, index))
        .collect();
    Groups {
        duplicate_of,
        near,
        family,
    }
}

fn find(parent: &mut [usize], mut index: usize) -> usize {
    while parent[index] != index {
        parent[index] = parent[parent[index]];
        index = parent[index];
    }
    index
}

/// The smaller index becomes the root, so a family is named by its first member.
fn unite(parent: &mut [usize], a: usize, b: usize) {
    let (a, b) = (find(parent, a), find(parent, b));
    parent[a.max(b)] = a.min(b);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shingles(text: &str) -> Shingles {
        let words: Vec<u64> = text
            .split_whitespace()
            .map(|word| xxh3_64_with_seed(word.as_bytes(), 0))
            .collect();
        Shingles::new(&words)
    }

    #[test]
    fn a_copy_is_a_duplicate_and_a_spun_copy_is_family() {
        let comments = [
            shingles("I found this page by chance and it helped me with all my homework last week"),
            shingles("the third row of tomatoes wants more sun than the first and less water too"),
            shingles("I found this page by chance and it helped me with all my homework last week"),
            shingles(
                "I found this page by chance and it helped me with all her homework last night",
            ),
            shingles("thanks"),
            shingles("thanks"),
            shingles(""),
            shingles(""),
        ];
        let groups = group(&comments);
        assert_eq!(groups.duplicate_of, [0, 1, 0, 3, 4, 4, 6, 7]);
        assert_eq!(groups.family, [0, 1, 0, 0, 4, 4, 6, 7]);
    }

    #[test]
    fn copies_in_a_large_family_are_duplicates() {
        let member = |n: usize| {
            let words: Vec<String> = (0..36)
                .map(|at| match at % 3 {
                    0 => format!("{at}-{}", (n >> (at / 3)) % 2),
                    _ => at.to_string(),
                })
                .collect();
            shingles(&words.join(" "))
        };
        let comments: Vec<Shingles> = (0..4096).chain(0..4096).map(member).collect();
        let groups = group(&comments);
        assert!((4096..8192).all(|copy| groups.duplicate_of[copy] < copy));
    }
}
