//! The weights of the lexical model: a hash table from feature hashes to weights, in bytes that can
//! lie in a memory-mapped file.
//!
//! A slot is four bytes: 16 bits of the hash as a tag, and the weight as a signed 16-bit multiple
//! of the table's step. The tag makes it unlikely (each filled slot that a
//! look-up meets has one chance in 65,536) that a feature which was never seen borrows the weight of another one, which plain
//! feature hashing does all the time (Weinberger et al., *Feature hashing for large scale multitask
//! learning*, ICML 2009, section 3).

use std::borrow::Cow;

/// Bytes of a slot: tag and weight, little-endian.
const SLOT: usize = 4;

/// A read-only table of weights.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightTable<'a> {
    slots: Cow<'a, [u8]>,
    mask: usize,
    step: f32,
}

impl<'a> WeightTable<'a> {
    /// Over the bytes of a model file. `None` unless the number of slots is a power of two and the
    /// step a positive number.
    pub fn from_bytes(slots: impl Into<Cow<'a, [u8]>>, step: f32) -> Option<Self> {
        let slots = slots.into();
        let n_slots = slots.len() / SLOT;
        let sound = n_slots.is_power_of_two()
            && slots.len() == n_slots * SLOT
            && step.is_finite()
            && step > 0.0;
        sound.then(|| Self {
            slots,
            mask: n_slots - 1,
            step,
        })
    }

    /// Packs features and their weights, at most two thirds of the slots filled. Weights that
    /// round to zero are left out; of two features that cannot be told apart the first stays.
    pub fn build(weights: &[(u64, f32)]) -> WeightTable<'static> {
        let largest = weights
            .iter()
            .fold(0.0f32, |largest, (_, weight)| largest.max(weight.abs()));
        let step = if largest > 0.0 {
            largest / f32::from(i16::MAX)
        } else {
            1.0
        };
        let kept: Vec<(u64, i16)> = weights
            .iter()
            .map(|&(hash, weight)| (hash, (weight / step).round() as i16))
            .filter(|&(_, weight)| weight != 0)
            .collect();
        let n_slots = (kept.len() * 3 / 2 + 2).next_power_of_two();
        let mut slots = vec![0u8; n_slots * SLOT];
        for (hash, weight) in kept {
            let mut at = index_of(hash, n_slots - 1);
            loop {
                let slot = &mut slots[at * SLOT..(at + 1) * SLOT];
                if slot[2..] == [0, 0] {
                    slot[..2].copy_from_slice(&tag_of(hash).to_le_bytes());
                    slot[2..].copy_from_slice(&weight.to_le_bytes());
                    break;
                }
                if slot[..2] == tag_of(hash).to_le_bytes() {
                    break;
                }
                at = (at + 1) & (n_slots - 1);
            }
        }
        WeightTable {
            slots: Cow::Owned(slots),
            mask: n_slots - 1,
            step,
        }
    }

    /// The weight of a feature, 0 if it has none.
    #[inline]
    pub fn weight(&self, hash: u64) -> f32 {
        self.weight_from(hash, self.first_slot(hash))
    }

    /// The slot where the search for a feature begins. A caller with many features gets those of
    /// several first: the processor then waits for memory once, not once for each.
    #[inline]
    pub(super) fn first_slot(&self, hash: u64) -> [u8; SLOT] {
        self.slot(index_of(hash, self.mask))
    }

    /// [`Self::weight`] of a feature whose first slot is at hand.
    #[inline]
    pub(super) fn weight_from(&self, hash: u64, first: [u8; SLOT]) -> f32 {
        let tag = tag_of(hash);
        let mut at = index_of(hash, self.mask);
        let mut slot = first;
        // Every table has an empty slot: at most two thirds are filled. A damaged file is refused
        // by its checksum before, and the loop is bounded all the same.
        for _ in 0..=self.mask {
            let weight = i16::from_le_bytes([slot[2], slot[3]]);
            if weight == 0 {
                return 0.0;
            }
            if u16::from_le_bytes([slot[0], slot[1]]) == tag {
                return f32::from(weight) * self.step;
            }
            at = (at + 1) & self.mask;
            slot = self.slot(at);
        }
        0.0
    }

    fn slot(&self, at: usize) -> [u8; SLOT] {
        self.slots.as_chunks().0[at]
    }

    /// The bytes of all slots.
    pub fn as_bytes(&self) -> &[u8] {
        &self.slots
    }

    /// What one unit of a stored weight stands for.
    pub fn step(&self) -> f32 {
        self.step
    }

    /// How many features have a weight.
    pub fn len(&self) -> usize {
        self.slots
            .chunks_exact(SLOT)
            .filter(|slot| slot[2..] != [0, 0])
            .count()
    }

    /// Whether no feature has a weight.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn index_of(hash: u64, mask: usize) -> usize {
    hash as usize & mask
}

/// The top bits, so that the tag is independent of the place.
fn tag_of(hash: u64) -> u16 {
    (hash >> 48) as u16
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;

    #[test]
    fn every_feature_finds_its_weight_and_strangers_find_none() {
        let weights: Vec<(u64, f32)> = (0..5000u32)
            .map(|i| (xxh3_64(&i.to_le_bytes()), (i as f32 - 2500.5) / 100.0))
            .collect();
        let table = WeightTable::build(&weights);
        for &(hash, weight) in &weights {
            assert!((table.weight(hash) - weight).abs() <= table.step());
        }
        let strangers = (5000..25_000u32)
            .filter(|i| table.weight(xxh3_64(&i.to_le_bytes())) != 0.0)
            .count();
        assert!(
            strangers < 10,
            "{strangers} of 20,000 unknown features have a weight"
        );
        let reread = WeightTable::from_bytes(table.as_bytes(), table.step()).unwrap();
        assert_eq!(reread, table);
    }

    #[test]
    fn an_empty_table_knows_nothing_and_odd_sizes_are_refused() {
        assert_eq!(WeightTable::build(&[]).weight(7), 0.0);
        assert!(WeightTable::from_bytes(vec![0u8; 12], 0.1).is_none());
        assert!(WeightTable::from_bytes(vec![0u8; 16], f32::NAN).is_none());
    }
}
