//! How common words are in ordinary texts.

use std::borrow::Cow;

use crate::slots::Slots;

/// Bits of a hash beside rarity and surprise in a byte each.
const TAG_BITS: u32 = 16;

/// Fractions of a natural logarithm that a byte counts in: fine enough for a weight.
const RARITY_STEPS: f32 = 16.0;
const SURPRISE_STEPS: f32 = 12.0;

/// Least probability of a word in running text: what a slip of the pen has.
pub const LEAST_PROBABILITY: f64 = 1.5e-5;

/// What is known of one word without any context, in nats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Commonness {
    /// `ln(n / df)`: the inverse document frequency (Spärck Jones, *A statistical interpretation of
    /// term specificity*, 1972). 0 for a word of every text.
    pub rarity: f32,
    /// `−ln p`: the surprise at meeting the word in running text.
    pub surprise: f32,
    /// Whether the word was seen often enough to be in the table.
    pub is_known: bool,
}

/// A table of how common words and stems are, learned from all posts and all comments of the training
/// data that are not known for spam.
#[derive(Debug, Clone, PartialEq)]
pub struct Background<'a> {
    slots: Slots<'a, TAG_BITS>,
    unseen: Commonness,
}

impl<'a> Background<'a> {
    /// Over the bytes of a model file; the two numbers are those of a word that the table does not
    /// hold. `None` unless the number of slots is a power of two and the numbers are finite.
    pub fn from_bytes(
        slots: impl Into<Cow<'a, [u8]>>,
        unseen_rarity: f32,
        unseen_surprise: f32,
    ) -> Option<Self> {
        let slots = Slots::from_bytes(slots)?;
        (unseen_rarity.is_finite() && unseen_surprise.is_finite()).then_some(Self {
            slots,
            unseen: unseen(unseen_rarity, unseen_surprise),
        })
    }

    /// Packs words with their rarity and surprise, both in nats, of which the table keeps as much as
    /// fits into a byte: at most 15.9 and 21.25.
    pub fn build(
        words: &[(u64, f32, f32)],
        unseen_rarity: f32,
        unseen_surprise: f32,
    ) -> Background<'static> {
        let value = |rarity: f32, surprise: f32| {
            let rarity = (rarity * RARITY_STEPS).round().clamp(0.0, 255.0);
            // No surprise at all would be no value.
            let surprise = (surprise * SURPRISE_STEPS).round().clamp(1.0, 255.0);
            u32::from(u16::from_le_bytes([rarity as u8, surprise as u8]))
        };
        let entries: Vec<_> = words
            .iter()
            .map(|&(hash, rarity, surprise)| (hash, value(rarity, surprise)))
            .collect();
        Background {
            slots: Slots::build(&entries),
            unseen: unseen(unseen_rarity, unseen_surprise),
        }
    }

    /// What is known of a word or stem.
    #[inline]
    pub fn look_up(&self, hash: u64) -> Commonness {
        let value = self.slots.get(hash);
        if value == 0 {
            return self.unseen;
        }
        let [rarity, surprise] = (value as u16).to_le_bytes();
        Commonness {
            rarity: f32::from(rarity) / RARITY_STEPS,
            surprise: f32::from(surprise) / SURPRISE_STEPS,
            is_known: true,
        }
    }

    /// The rarity of a word in nats, 0 for a word that stands in every text.
    pub fn rarity(&self, hash: u64) -> f32 {
        self.look_up(hash).rarity
    }

    /// What is said of a word that the table does not hold.
    pub fn unseen(&self) -> Commonness {
        self.unseen
    }

    /// The bytes of all slots.
    pub fn as_bytes(&self) -> &[u8] {
        self.slots.as_bytes()
    }
}

/// What is said of a word that the table does not hold.
fn unseen(rarity: f32, surprise: f32) -> Commonness {
    Commonness {
        rarity,
        surprise,
        is_known: false,
    }
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;

    #[test]
    fn words_find_their_numbers_and_strangers_are_unseen() {
        let hash = |i: u32| xxh3_64(&i.to_le_bytes());
        let words: Vec<(u64, f32, f32)> = (1..=1000)
            .map(|i| (hash(i), i as f32 / 100.0, i as f32 / 50.0))
            .collect();
        let table = Background::build(&words, 11.0, 21.0);
        for &(hash, rarity, surprise) in &words {
            let found = table.look_up(hash);
            assert!((found.rarity - rarity).abs() <= 0.5 / RARITY_STEPS);
            assert!((found.surprise - surprise).abs() <= 1.0 / SURPRISE_STEPS);
        }
        assert_eq!(table.look_up(hash(5000)), table.unseen());
        assert_eq!(
            Background::from_bytes(table.as_bytes(), 11.0, 21.0).unwrap(),
            table
        );
        assert!(Background::from_bytes(vec![0; 10], 1.0, 1.0).is_none());
    }
}
