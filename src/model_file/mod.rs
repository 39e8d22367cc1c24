//! Takes bytes and gives a [`Classifier`](crate::classifier::Classifier), and the other way round: one safetensors file with tables,
//! curves and one key of canonical JSON.
//!
//! Invariants:
//! - everything is checked at loading, so that scoring has nothing left to check;
//! - a file that is damaged, cut short, foreign, from the future or of another feature schema is
//!   refused with what was expected and what was found;
//! - the tables are not copied: they may lie in a memory-mapped file;
//! - the same classifier gives the same bytes. safetensors writes several keys of metadata in
//!   random order, hence one key.
//!
//! Not here: opening files (see [`crate::cli`]).

mod read;
mod write;

pub use read::{LoadError, Loaded, load};
pub use write::{SaveError, save};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The format that this program writes and reads.
pub const FORMAT: u32 = 4;

/// Largest model file, in bytes.
pub const MAX_BYTES: usize = 8 << 20;

/// What the metadata calls itself.
const LABEL: &str = "ontopic";

/// Metadata key of safetensors.
const KEY: &str = "ontopic";

/// Everything of a model that is no table. Fields are written in this order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// [`LABEL`].
    label: String,
    /// [`FORMAT`].
    format: u32,
    /// Digest of the feature schema.
    pub schema: String,
    /// Digest of tables and metadata; empty while it is computed.
    checksum: String,
    /// The version of the program that trained the model.
    pub trained_by: String,
    /// Digest of the training data.
    pub data: String,
    /// Seed of training.
    pub seed: u64,
    /// Spam learned from.
    pub n_spam: usize,
    /// Ham learned from.
    pub n_ham: usize,
    /// The share of spam that the log-odds assume.
    pub prior: f64,
    /// Log-odds from which a comment is held.
    pub hold: f64,
    /// Log-odds from which it is spam.
    pub spam: f64,
    /// Deciles of held-out log-odds.
    reference: Vec<f64>,
    /// The additive models of spam, in the order of [`crate::model::SpamModel::heads`].
    heads: Vec<Shape>,
    relevance_intercepts: Vec<f64>,
    lexical_intercepts: Vec<f32>,
    lexical_step: f32,
    casing_step: f32,
    unseen_rarity: f32,
    unseen_surprise: f32,
}

/// What the tensors of curves and surfaces hold of one additive model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Shape {
    /// Its bias.
    bias: f64,
    /// Bins of each signal's curve, by name.
    curves: BTreeMap<String, usize>,
    /// Pairs: both names and their bins.
    surfaces: Vec<(String, String, usize, usize)>,
}

impl Metadata {
    /// A short name for the model: the first twelve digits of its checksum.
    pub fn id(&self) -> &str {
        self.checksum.get(..12).unwrap_or(&self.checksum)
    }

    /// The checksum of the tables and of this metadata without it.
    fn checksum_of<'a>(&self, tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
        let mut digest = xxhash_rust::xxh3::Xxh3::new();
        let blank = Self {
            checksum: String::new(),
            ..self.clone()
        };
        digest.update(serde_json::to_string(&blank).unwrap_or_default().as_bytes());
        for (name, bytes) in tensors {
            digest.update(name.as_bytes());
            digest.update(&(bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        }
        format!("{:032x}", digest.digest128())
    }
}

/// Names of the tensors, sorted.
mod tensor {
    pub(super) const BACKGROUND: &str = "background";
    pub(super) const CASING: &str = "casing";
    pub(super) const CURVE_EDGES: &str = "curve_edges";
    pub(super) const CURVE_VALUES: &str = "curve_values";
    pub(super) const LEXICAL: &str = "lexical";
    pub(super) const PHRASES: &str = "phrases";
    pub(super) const RELEVANCE: &str = "relevance";
    pub(super) const SUBWORDS: &str = "subwords";
    pub(super) const SURFACE_EDGES: &str = "surface_edges";
    pub(super) const SURFACE_VALUES: &str = "surface_values";
    pub(super) const ALL: [&str; 10] = [
        BACKGROUND,
        CASING,
        CURVE_EDGES,
        CURVE_VALUES,
        LEXICAL,
        PHRASES,
        RELEVANCE,
        SUBWORDS,
        SURFACE_EDGES,
        SURFACE_VALUES,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::Classifier;
    use crate::context::Background;
    use crate::features::{Axis, N_RELEVANCE};
    use crate::lexical::{LexicalModel, N_FIELDS, PhraseTable, Subwords, WeightTable};
    use crate::model::{AdditiveModel, Curve, RelevanceHead, RelevanceModel, SpamModel, Surface};
    use crate::policy::Thresholds;
    use crate::signals::N_SIGNALS;

    fn classifier() -> Classifier<'static> {
        let axis = |edges: &[f32]| Axis::new(edges.to_vec()).unwrap();
        let additive = |bias: f64, values: Vec<f64>| AdditiveModel {
            bias,
            curves: (0..N_SIGNALS)
                .map(|i| Curve {
                    axis: axis(&[i as f32]),
                    values: vec![-0.1, 0.3],
                })
                .collect(),
            surfaces: vec![Surface {
                first: 0,
                second: 3,
                first_axis: axis(&[0.5]),
                second_axis: axis(&[]),
                values,
            }],
        };
        Classifier {
            background: Background::build(&[(17, 1.0, 2.0)], 9.0, 10.0),
            lexical: LexicalModel {
                table: WeightTable::build(&[(1, 0.5), (1 << 50, -2.0)]),
                intercepts: [0.1; N_FIELDS],
                subwords: Subwords::from_pieces(vec![String::new(), "ab".into(), "日".into()])
                    .unwrap(),
                casing: WeightTable::build(&[(5, 2.0)]),
            },
            phrases: PhraseTable::build(&[(99, 2, 0)]),
            relevance: RelevanceModel {
                alone: RelevanceHead {
                    weights: [0.25; N_RELEVANCE],
                    intercept: -1.0,
                },
                beside: RelevanceHead {
                    weights: [0.5; N_RELEVANCE],
                    intercept: -2.0,
                },
            },
            spam: SpamModel {
                brief: additive(-0.75, vec![0.0, 1.0]),
                other: additive(-0.5, vec![0.25, -1.0]),
            },
            prior: 0.5,
            thresholds: Thresholds {
                hold: 1.5,
                spam: 4.0,
            },
            reference: [-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0],
        }
    }

    fn bytes() -> Vec<u8> {
        save(&classifier(), "digest", 7, [3, 4]).unwrap()
    }

    fn error(bytes: &[u8]) -> String {
        load(bytes)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_else(|| "loaded".into())
    }

    #[test]
    fn what_is_saved_is_loaded_and_saves_to_the_same_bytes() {
        let bytes = bytes();
        let loaded = load(&bytes).unwrap();
        assert_eq!(loaded.classifier.spam, classifier().spam);
        assert_eq!(loaded.classifier.relevance, classifier().relevance);
        assert_eq!(loaded.classifier.background, classifier().background);
        assert_eq!(loaded.classifier.lexical.table, classifier().lexical.table);
        assert_eq!(
            loaded.classifier.lexical.casing,
            classifier().lexical.casing
        );
        assert_eq!(loaded.classifier.reference, classifier().reference);
        assert_eq!(loaded.metadata.id().len(), 12);
        assert_eq!(
            save(&loaded.classifier, "digest", 7, [3, 4]).unwrap(),
            bytes
        );
    }

    #[test]
    fn damaged_and_foreign_files_are_refused_with_what_was_expected() {
        let good = bytes();
        assert!(error(b"").contains("not a model file"));
        assert!(error(b"PK\x03\x04 some other file").contains("not a model file"));
        for cut in [7, 100, good.len() / 2, good.len() - 1] {
            assert_ne!(error(&good[..cut]), "loaded");
        }
        // Every byte counts.
        for at in (0..good.len())
            .step_by(97)
            .chain(good.len() - 300..good.len())
        {
            let mut damaged = good.clone();
            damaged[at] ^= 0x20;
            assert_ne!(error(&damaged), "loaded", "byte {at} does not count");
        }
    }

    #[test]
    fn other_formats_and_schemas_are_named() {
        let change = |from: &str, to: &str| {
            let good = bytes();
            let text: String = good.iter().map(|&byte| byte as char).collect();
            assert_eq!(text.matches(from).count(), 1, "{from}");
            text.replace(from, to)
                .chars()
                .map(|c| c as u8)
                .collect::<Vec<u8>>()
        };
        let future = error(&change("\\\"format\\\":4,", "\\\"format\\\":9,"));
        assert_eq!(
            future,
            "model file has format version 9, this program reads 4"
        );
        let schema = crate::features::schema_digest();
        let other = error(&change(&schema, &"0".repeat(32)));
        assert!(
            other.contains(&schema) && other.contains(&"0".repeat(32)),
            "{other}"
        );
        let torn = error(&change("\\\"n_spam\\\":3", "\\\"n_spam\\\":5"));
        assert!(torn.contains("checksum"), "{torn}");
    }
}
