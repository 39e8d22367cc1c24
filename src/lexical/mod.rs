//! Takes words and gives a lexical score: the log-odds of spam by what a text is made of, for the
//! comment's words, their spelling, the author's name and the author's homepage apart, and once more
//! for what the words of comment, name and homepage mean.
//!
//! A sparse linear model over hashed features: words, pairs of neighbouring words, pieces of rare
//! words, character n-grams inside words, and pieces of words whose weights come from vectors.
//!
//! Invariants:
//! - the features of a text are made by [`Features::fill`] alone, in training and in serving;
//! - a feature that the table does not hold weighs exactly zero;
//! - weights are plain numbers; how they are learned is a matter of [`crate::training`].
//!
//! Not here: which features are allowed a weight (see [`crate::training`]) and how far a lexical
//! score is trusted (the second stage, [`crate::model`]).

mod features;
mod phrases;
mod subwords;
mod table;
mod vectors;

pub use features::{Feature, Features, Field, N_FIELDS};
pub use phrases::{MOST_BLOGS, PHRASE, PhraseCounts, PhraseTable, phrases};
pub use subwords::{SubwordError, Subwords, VOCABULARY};
pub use table::WeightTable;
pub use vectors::{DIMENSIONS, Vectors};

/// Scores texts.
#[derive(Debug, Clone)]
pub struct LexicalModel<'a> {
    /// The weights of all fields.
    pub table: WeightTable<'a>,
    /// The log-odds of a text without known features, for each of [`Field::ALL`].
    pub intercepts: [f32; N_FIELDS],
    /// How rare words are cut.
    pub subwords: Subwords,
    /// For each word, by the hash of its lower-cased form, the log-odds that people write it small
    /// inside a sentence; 0 for a word that was hardly seen.
    pub casing: WeightTable<'a>,
}

impl LexicalModel<'_> {
    /// The log-odds of spam of a text that has been cut into `words`. `None` for a text of which
    /// nothing is known, about which there is nothing to say. Fills `features` on the way.
    pub fn score(&self, field: Field, words: &[&str], features: &mut Features) -> Option<f32> {
        features.fill(field, words, &self.subwords);
        let (mut sum, mut is_known) = (self.intercepts[field as usize], false);
        features.for_each_group(|group, value| {
            let mut slots = [0; 32];
            for part in group.chunks(slots.len()) {
                for (slot, feature) in slots.iter_mut().zip(part) {
                    *slot = self.table.first_slot(feature.hash);
                }
                for (&slot, feature) in slots.iter().zip(part) {
                    let weight = self.table.weight_from(feature.hash, slot);
                    is_known |= weight != 0.0;
                    sum += weight * value;
                }
            }
        });
        is_known.then_some(sum)
    }

    /// What each word contributes to [`Self::score`], in log-odds, beside the intercept. A pair's
    /// weight is shared by its two words.
    pub fn word_shares(&self, field: Field, words: &[&str]) -> Vec<f32> {
        let mut features = Features::default();
        features.fill(field, words, &self.subwords);
        let mut shares = vec![0.0; words.len()];
        features.for_each(|feature, value| {
            let half = self.table.weight(feature.hash) * value / 2.0;
            shares[feature.word as usize] += half;
            shares[feature.second as usize] += half;
        });
        shares
    }
}
