//! How common words are in ordinary texts.

use std::borrow::Cow;

/// Bytes of a slot: 16 bits of the hash, rarity and surprise in a byte each.
const SLOT: usize = 4;

/// Fractions of a natural logarithm that a byte counts in: fine enough for a weight.
const RARITY_STEPS: f32 = 16.0;
const SURPRISE_STEPS: f32 = 12.0;

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

/// A table of how common words and stems are, learned from all texts of the training data without
/// their labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Background<'a> {
    slots: Cow<'a, [u8]>,
    mask: usize,
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
        let slots = slots.into();
        let n_slots = slots.len() / SLOT;
        let unseen = Commonness {
            rarity: unseen_rarity,
            surprise: unseen_surprise,
            is_known: false,
        };
        let sound = n_slots.is_power_of_two()
            && slots.len() == n_slots * SLOT
            && unseen_rarity.is_finite()
            && unseen_surprise.is_finite();
        sound.then(|| Self {
            slots,
            mask: n_slots - 1,
            unseen,
        })
    }

    /// Packs words with their rarity and surprise.
    pub fn build(
        words: &[(u64, f32, f32)],
        unseen_rarity: f32,
        unseen_surprise: f32,
    ) -> Background<'static> {
        let n_slots = (words.len() * 3 / 2 + 2).next_power_of_two();
        let mut slots = vec![0u8; n_slots * SLOT];
        for &(hash, rarity, surprise) in words {
            let mut at = hash as usize & (n_slots - 1);
            while slots[at * SLOT + 3] != 0 && slots[at * SLOT..at * SLOT + 2] != tag(hash) {
                at = (at + 1) & (n_slots - 1);
            }
            let slot = &mut slots[at * SLOT..at * SLOT + SLOT];
            slot[..2].copy_from_slice(&tag(hash));
            slot[2] = (rarity * RARITY_STEPS).round().clamp(0.0, 255.0) as u8;
            // Zero marks an empty slot.
            slot[3] = (surprise * SURPRISE_STEPS).round().clamp(1.0, 255.0) as u8;
        }
        let unseen = Commonness {
            rarity: unseen_rarity,
            surprise: unseen_surprise,
            is_known: false,
        };
        Background {
            slots: Cow::Owned(slots),
            mask: n_slots - 1,
            unseen,
        }
    }

    /// What is known of a word or stem.
    #[inline]
    pub fn look_up(&self, hash: u64) -> Commonness {
        let mut at = hash as usize & self.mask;
        for _ in 0..=self.mask {
            let slot = &self.slots[at * SLOT..at * SLOT + SLOT];
            if slot[3] == 0 {
                break;
            }
            if slot[..2] == tag(hash) {
                return Commonness {
                    rarity: f32::from(slot[2]) / RARITY_STEPS,
                    surprise: f32::from(slot[3]) / SURPRISE_STEPS,
                    is_known: true,
                };
            }
            at = (at + 1) & self.mask;
        }
        self.unseen
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
        &self.slots
    }
}

fn tag(hash: u64) -> [u8; 2] {
    ((hash >> 48) as u16).to_le_bytes()
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
