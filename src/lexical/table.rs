//! The weights of the lexical model, as signed 16-bit multiples of one step.

use std::borrow::Cow;

use crate::slots::Slots;

/// Bits of a hash beside its weight.
const TAG_BITS: u32 = 16;

/// A read-only table from feature hashes to weights.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightTable<'a> {
    slots: Slots<'a, TAG_BITS>,
    step: f32,
}

impl<'a> WeightTable<'a> {
    /// Over the bytes of a model file. `None` unless the number of slots is a power of two and the
    /// step a positive number.
    pub fn from_bytes(slots: impl Into<Cow<'a, [u8]>>, step: f32) -> Option<Self> {
        let slots = Slots::from_bytes(slots)?;
        (step.is_finite() && step > 0.0).then_some(Self { slots, step })
    }

    /// Packs features and their weights. Weights that round to zero are left out; of two features that
    /// cannot be told apart the first stays.
    pub fn build(weights: &[(u64, f32)]) -> WeightTable<'static> {
        let largest = weights
            .iter()
            .fold(0.0f32, |largest, (_, weight)| largest.max(weight.abs()));
        let step = if largest > 0.0 {
            largest / f32::from(i16::MAX)
        } else {
            1.0
        };
        let rounded = |weight: f32| u32::from((weight / step).round() as i16 as u16);
        let entries: Vec<_> = weights
            .iter()
            .map(|&(hash, weight)| (hash, rounded(weight)))
            .collect();
        WeightTable {
            slots: Slots::build(&entries),
            step,
        }
    }

    /// The weight of a feature, 0 if it has none.
    #[inline]
    pub fn weight(&self, hash: u64) -> f32 {
        self.weight_from(hash, self.first_slot(hash))
    }

    /// The slot where the search for a feature begins (see [`Slots::first`]).
    #[inline]
    pub(super) fn first_slot(&self, hash: u64) -> u32 {
        self.slots.first(hash)
    }

    /// [`Self::weight`] of a feature whose first slot is at hand.
    #[inline]
    pub(super) fn weight_from(&self, hash: u64, first: u32) -> f32 {
        f32::from(self.slots.get_from(hash, first) as u16 as i16) * self.step
    }

    /// The bytes of all slots.
    pub fn as_bytes(&self) -> &[u8] {
        self.slots.as_bytes()
    }

    /// What one unit of a stored weight stands for.
    pub fn step(&self) -> f32 {
        self.step
    }

    /// How many features have a weight.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether no feature has a weight.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_both_signs_come_back_within_a_step() {
        let weights: Vec<(u64, f32)> = (0..500u32)
            .map(|i| {
                (
                    u64::from(i) << 32 | u64::from(i),
                    (i as f32 - 250.5) / 100.0,
                )
            })
            .collect();
        let table = WeightTable::build(&weights);
        for &(hash, weight) in &weights {
            assert!((table.weight(hash) - weight).abs() <= table.step());
        }
        let reread = WeightTable::from_bytes(table.as_bytes(), table.step()).unwrap();
        assert_eq!(reread, table);
        assert!(WeightTable::from_bytes(vec![0; 16], f32::NAN).is_none());
    }
}
