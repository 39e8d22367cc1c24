//! Phrases: runs of words, and on how many blogs they stand in spam and in genuine comments.
//!
//! A run that stands in the spam of several blogs and in no genuine comment is a template; one that
//! people use everywhere is a commonplace. Blogs are counted, not comments, so that one flooded
//! blog does not make a phrase.

use std::borrow::Cow;

use crate::slots::Slots;

/// Words of the runs.
pub const PHRASE: usize = 3;

/// Bits of a hash beside its two counts of four bits each.
const TAG_BITS: u32 = 24;

/// Most blogs that a slot can count.
pub const MOST_BLOGS: u8 = 15;

/// A table of phrases that stand in the spam, or in the genuine comments, of at least two blogs.
#[derive(Debug, Clone, PartialEq)]
pub struct PhraseTable<'a>(Slots<'a, TAG_BITS>);

impl<'a> PhraseTable<'a> {
    /// Over the bytes of a model file. `None` unless the number of slots is a power of two.
    pub fn from_bytes(slots: impl Into<Cow<'a, [u8]>>) -> Option<Self> {
        Slots::from_bytes(slots).map(Self)
    }

    /// Packs phrases with the number of blogs where they stand in spam and in genuine comments.
    pub fn build(phrases: &[(u64, u8, u8)]) -> PhraseTable<'static> {
        let counts = |spam: u8, ham: u8| (spam.min(MOST_BLOGS) << 4) | ham.min(MOST_BLOGS);
        let entries: Vec<_> = phrases
            .iter()
            .map(|&(hash, spam, ham)| (hash, u32::from(counts(spam, ham))))
            .collect();
        PhraseTable(Slots::build(&entries))
    }

    /// On how many blogs a phrase stands in spam and in genuine comments, up to 15 each.
    #[inline]
    pub fn blogs(&self, hash: u64) -> (u8, u8) {
        let counts = self.0.get(hash) as u8;
        (counts >> 4, counts & 15)
    }

    /// The bytes of all slots.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The hashes of a text's phrases, by the hashes of its words. Each phrase stands at the index of
/// its first word; repetitions are kept.
pub fn phrases(words: &[u64]) -> impl Iterator<Item = u64> + '_ {
    words.windows(PHRASE).map(|run| {
        let mut bytes = [0u8; 8 * PHRASE];
        for (bytes, word) in bytes.chunks_exact_mut(8).zip(run) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        xxhash_rust::xxh3::xxh3_64_with_seed(&bytes, 77)
    })
}

/// What the phrases of one comment are known for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PhraseCounts {
    /// Phrases of the comment.
    pub total: u32,
    /// Those that stand in the spam of two blogs or more and in no genuine comment.
    pub spam_only: u32,
    /// Those that stand in genuine comments of two blogs or more and in no spam.
    pub ham_only: u32,
    /// Sum of the log-odds of all known phrases, in nats.
    pub log_odds: f32,
    /// Index of the first word of each phrase that only spam has.
    pub places: Vec<u32>,
}

impl PhraseCounts {
    /// Counts the phrases of a comment; `blogs` tells on how many blogs a phrase stands.
    pub fn of(words: &[u64], blogs: impl Fn(u64) -> (u8, u8)) -> Self {
        let mut counts = Self::default();
        for (index, phrase) in phrases(words).enumerate() {
            counts.total += 1;
            let (spam, ham) = blogs(phrase);
            if spam + ham < 2 {
                continue;
            }
            if spam >= 2 && ham == 0 {
                counts.spam_only += 1;
                counts.places.push(index as u32);
            }
            if ham >= 2 && spam == 0 {
                counts.ham_only += 1;
            }
            counts.log_odds += ((f32::from(spam) + 0.3) / (f32::from(ham) + 0.3)).ln();
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_and_commonplaces_are_told_apart() {
        let words: Vec<u64> = (0..6).collect();
        let hashes: Vec<u64> = phrases(&words).collect();
        let table = PhraseTable::build(&[(hashes[0], 3, 0), (hashes[1], 0, 40), (hashes[2], 1, 0)]);
        assert_eq!(table.blogs(hashes[1]), (0, MOST_BLOGS));
        let counts = PhraseCounts::of(&words, |phrase| table.blogs(phrase));
        assert_eq!((counts.total, counts.spam_only, counts.ham_only), (4, 1, 1));
        assert_eq!(counts.places, [0]);
        assert_eq!(PhraseTable::from_bytes(table.as_bytes()).unwrap(), table);
    }
}
