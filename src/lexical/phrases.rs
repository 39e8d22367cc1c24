//! Phrases: runs of words, and on how many blogs they stand in spam and in genuine comments.
//!
//! A run that stands in the spam of several blogs and in no genuine comment is a template; one that
//! people use everywhere is a commonplace. Blogs are counted, not comments, so that one flooded
//! blog does not make a phrase.

use std::borrow::Cow;

/// Words of the runs.
pub const PHRASE: usize = 3;

/// Bytes of a slot: 24 bits of the hash, and both counts in four bits each.
const SLOT: usize = 4;

/// Most blogs that a slot can count.
pub const MOST_BLOGS: u8 = 15;

/// A table of phrases that stand in the spam, or in the genuine comments, of at least two blogs.
#[derive(Debug, Clone, PartialEq)]
pub struct PhraseTable<'a> {
    slots: Cow<'a, [u8]>,
    mask: usize,
}

impl<'a> PhraseTable<'a> {
    /// Over the bytes of a model file. `None` unless the number of slots is a power of two.
    pub fn from_bytes(slots: impl Into<Cow<'a, [u8]>>) -> Option<Self> {
        let slots = slots.into();
        let n_slots = slots.len() / SLOT;
        (n_slots.is_power_of_two() && slots.len() == n_slots * SLOT).then(|| Self {
            slots,
            mask: n_slots - 1,
        })
    }

    /// Packs phrases with the number of blogs where they stand in spam and in genuine comments.
    pub fn build(phrases: &[(u64, u8, u8)]) -> PhraseTable<'static> {
        let n_slots = (phrases.len() * 3 / 2 + 2).next_power_of_two();
        let mut slots = vec![0u8; n_slots * SLOT];
        for &(hash, spam, ham) in phrases {
            let counts = (spam.min(MOST_BLOGS) << 4) | ham.min(MOST_BLOGS);
            if counts == 0 {
                continue;
            }
            let mut at = hash as usize & (n_slots - 1);
            while slots[at * SLOT + 3] != 0 {
                at = (at + 1) & (n_slots - 1);
            }
            slots[at * SLOT..at * SLOT + 3].copy_from_slice(&tag(hash));
            slots[at * SLOT + 3] = counts;
        }
        PhraseTable {
            slots: Cow::Owned(slots),
            mask: n_slots - 1,
        }
    }

    /// On how many blogs a phrase stands in spam and in genuine comments, up to 15 each.
    #[inline]
    pub fn blogs(&self, hash: u64) -> (u8, u8) {
        let mut at = hash as usize & self.mask;
        for _ in 0..=self.mask {
            let slot = &self.slots[at * SLOT..at * SLOT + SLOT];
            if slot[3] == 0 {
                break;
            }
            if slot[..3] == tag(hash) {
                return (slot[3] >> 4, slot[3] & 15);
            }
            at = (at + 1) & self.mask;
        }
        (0, 0)
    }

    /// The bytes of all slots.
    pub fn as_bytes(&self) -> &[u8] {
        &self.slots
    }
}

fn tag(hash: u64) -> [u8; 3] {
    let top = (hash >> 40).to_le_bytes();
    [top[0], top[1], top[2]]
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
