//! Takes hashes and small numbers; gives a hash table in bytes that can lie in a memory-mapped file.
//!
//! A slot is four bytes, little-endian: the upper bits of the hash as a tag, and a value above it;
//! zero is no value. The tag makes it unlikely (with 16 bits, each filled slot that a look-up meets has
//! one chance in 65,536) that a key which was never put in borrows the value of another one, which plain
//! feature hashing does all the time (Weinberger et al., *Feature hashing for large scale multitask
//! learning*, ICML 2009, section 3).

use std::borrow::Cow;

/// Bytes of a slot.
const SLOT: usize = size_of::<u32>();

/// A read-only table from hashes to values of `32 - TAG_BITS` bits.
#[derive(Debug, Clone, PartialEq)]
pub struct Slots<'a, const TAG_BITS: u32> {
    bytes: Cow<'a, [u8]>,
    mask: usize,
}

impl<'a, const TAG_BITS: u32> Slots<'a, TAG_BITS> {
    /// Over the bytes of a model file. `None` unless the number of slots is a power of two.
    pub fn from_bytes(bytes: impl Into<Cow<'a, [u8]>>) -> Option<Self> {
        let bytes = bytes.into();
        let n_slots = bytes.len() / SLOT;
        (n_slots.is_power_of_two() && bytes.len() == n_slots * SLOT).then(|| Self {
            bytes,
            mask: n_slots - 1,
        })
    }

    /// Packs hashes and their values, each below `1 << (32 - TAG_BITS)`, at most two thirds of the slots
    /// filled. Entries of value zero are left out; of two that cannot be told apart the first stays.
    pub fn build(entries: &[(u64, u32)]) -> Slots<'static, TAG_BITS> {
        let n_filled = entries.iter().filter(|(_, value)| *value != 0).count();
        let n_slots = (n_filled * 3 / 2 + 2).next_power_of_two();
        let mut slots = Slots {
            bytes: Cow::Owned(vec![0; n_slots * SLOT]),
            mask: n_slots - 1,
        };
        for &(hash, value) in entries {
            debug_assert!(value.leading_zeros() >= TAG_BITS, "{value} has no room");
            let (at, found) = slots.find(hash, slots.first(hash));
            if found == 0 {
                let slot = (value << TAG_BITS) | tag::<TAG_BITS>(hash);
                let bytes = slots.bytes.to_mut();
                bytes[at * SLOT..(at + 1) * SLOT].copy_from_slice(&slot.to_le_bytes());
            }
        }
        slots
    }

    /// The value of a key, 0 if it has none.
    #[inline]
    pub fn get(&self, hash: u64) -> u32 {
        self.get_from(hash, self.first(hash))
    }

    /// The slot where the search for a key begins. A caller with many keys gets those of several
    /// first: the processor then waits for memory once, not once for each.
    #[inline]
    pub fn first(&self, hash: u64) -> u32 {
        self.slot(hash as usize & self.mask)
    }

    /// [`Self::get`] of a key whose first slot is at hand.
    #[inline]
    pub fn get_from(&self, hash: u64, first: u32) -> u32 {
        self.find(hash, first).1
    }

    /// Where a key stands or would stand, and its value.
    #[inline]
    fn find(&self, hash: u64, first: u32) -> (usize, u32) {
        let tag = tag::<TAG_BITS>(hash);
        let mut at = hash as usize & self.mask;
        let mut slot = first;
        // Every table has an empty slot: at most two thirds are filled. A damaged file is refused
        // by its checksum before, and the loop is bounded all the same.
        for _ in 0..=self.mask {
            let value = slot >> TAG_BITS;
            if value == 0 || slot & mask::<TAG_BITS>() == tag {
                return (at, value);
            }
            at = (at + 1) & self.mask;
            slot = self.slot(at);
        }
        (at, 0)
    }

    #[inline]
    fn slot(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.bytes.as_chunks().0[at])
    }

    /// The bytes of all slots.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many keys have a value.
    pub fn len(&self) -> usize {
        (0..=self.mask)
            .filter(|at| self.slot(*at) >> TAG_BITS != 0)
            .count()
    }

    /// Whether no key has a value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

const fn mask<const TAG_BITS: u32>() -> u32 {
    (1 << TAG_BITS) - 1
}

/// The upper bits of the hash, so that the tag is independent of the place.
fn tag<const TAG_BITS: u32>(hash: u64) -> u32 {
    (hash >> (64 - TAG_BITS)) as u32
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;

    #[test]
    fn every_key_finds_its_value_and_strangers_find_none() {
        let hash = |i: u32| xxh3_64(&i.to_le_bytes());
        let entries: Vec<(u64, u32)> = (1..=5000).map(|i| (hash(i), i)).collect();
        let slots = Slots::<16>::build(&entries);
        let wrong = entries
            .iter()
            .filter(|(hash, value)| slots.get(*hash) != *value);
        assert!(wrong.count() < 3);
        let strangers = (5001..25_000).filter(|i| slots.get(hash(*i)) != 0).count();
        assert!(
            strangers < 10,
            "{strangers} of 20,000 unknown keys have a value"
        );
        assert_eq!(Slots::from_bytes(slots.as_bytes()), Some(slots.clone()));
    }

    #[test]
    fn nothing_is_no_entry_and_the_first_of_two_stays() {
        let slots = Slots::<24>::build(&[(1, 0), (2, 7), (2, 8)]);
        assert_eq!((slots.get(1), slots.get(2), slots.len()), (0, 7, 1));
    }

    #[test]
    fn an_empty_table_knows_nothing_and_odd_sizes_are_refused() {
        let empty = Slots::<16>::build(&[]);
        assert!(empty.is_empty() && empty.get(7) == 0);
        assert_eq!(Slots::<16>::from_bytes(vec![0; 12]), None);
        assert_eq!(Slots::<16>::from_bytes(vec![0; 10]), None);
    }

    #[test]
    fn a_table_without_an_empty_slot_ends_its_search() {
        let slots = Slots::<16>::from_bytes(vec![1; 8]).unwrap();
        assert_eq!(slots.get(0), 0);
    }
}
