//! A list of words that is searched by hash: lists are asked about every word of a comment.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use crate::analysis::BuildIdentity;

/// A list of words.
pub(super) struct WordSet(HashSet<u64, BuildIdentity>);

impl WordSet {
    /// The set of a list of lower-case words, by the hash that [`crate::tokens::Word`] has.
    pub(super) fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let hashes = words.into_iter().map(|word| xxh3_64(word.as_bytes()));
        Self(hashes.collect())
    }

    /// Whether a lower-case word is in the list.
    pub(super) fn has_word(&self, word: &str) -> bool {
        self.has(xxh3_64(word.as_bytes()))
    }

    /// Whether the word with this hash is in the list.
    pub(super) fn has(&self, hash: u64) -> bool {
        self.0.contains(&hash)
    }
}
