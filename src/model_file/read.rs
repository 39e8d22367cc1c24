//! Bytes as a classifier.

use std::vec::IntoIter;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, SafeTensorError};
use serde::Deserialize;

use super::{FORMAT, KEY, LABEL, Metadata, Shape, tensor};
use crate::classifier::{Classifier, N_DECILES};
use crate::context::Background;
use crate::features::{Axis, N_RELEVANCE, schema_digest};
use crate::lexical::{LexicalModel, N_FIELDS, PhraseTable, SubwordError, Subwords, WeightTable};
use crate::model::{AdditiveModel, Curve, RelevanceHead, RelevanceModel, SpamModel, Surface};
use crate::policy::Thresholds;
use crate::signals::{CATALOGUE, find};

/// Why bytes are no model.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The container cannot be read: another kind of file, or one cut short.
    #[error("not a model file: expected a whole safetensors file")]
    Container(#[source] SafeTensorError),
    /// A safetensors file of somebody else's.
    #[error("not a model file: expected metadata with the label `{LABEL}`")]
    Label,
    /// The metadata cannot be read.
    #[error("not a model file: expected metadata of format version {FORMAT}")]
    Metadata(#[source] serde_json::Error),
    /// A format that this program does not know.
    #[error("model file has format version {found}, this program reads {FORMAT}")]
    Format {
        /// The file's version.
        found: u32,
    },
    /// Another feature schema.
    #[error("model was trained with feature schema `{found}`, this program computes `{expected}`")]
    Schema {
        /// What this program computes.
        expected: String,
        /// What the model was trained with.
        found: String,
    },
    /// Something has changed since the file was written.
    #[error("model file is damaged: expected checksum `{expected}`, found `{found}`")]
    Checksum {
        /// As stated in the file.
        expected: String,
        /// As computed.
        found: String,
    },
    /// A table is missing or of the wrong form.
    #[error("model file is damaged: expected {expected} in `{what}`")]
    Table {
        /// Which one.
        what: &'static str,
        /// What should be there.
        expected: String,
    },
    /// The word pieces.
    #[error("model file is damaged")]
    Subwords(#[from] SubwordError),
}

/// A model that has been read.
#[derive(Debug, Clone)]
pub struct Loaded<'m> {
    /// The classifier.
    pub classifier: Classifier<'m>,
    /// What the file says of it.
    pub metadata: Metadata,
}

/// The part of the metadata that every version has.
#[derive(Deserialize)]
struct Head {
    label: String,
    format: u32,
}

/// Reads a model. Its tables stay where they are.
///
/// # Errors
/// See [`LoadError`].
pub fn load(bytes: &[u8]) -> Result<Loaded<'_>, LoadError> {
    let (_, container) = SafeTensors::read_metadata(bytes).map_err(LoadError::Container)?;
    let text = container
        .metadata()
        .as_ref()
        .and_then(|info| info.get(KEY))
        .ok_or(LoadError::Label)?;
    let head: Head = serde_json::from_str(text).map_err(LoadError::Metadata)?;
    if head.label != LABEL {
        return Err(LoadError::Label);
    }
    if head.format != FORMAT {
        return Err(LoadError::Format { found: head.format });
    }
    let metadata: Metadata = serde_json::from_str(text).map_err(LoadError::Metadata)?;
    let expected = schema_digest();
    if metadata.schema != expected {
        return Err(LoadError::Schema {
            expected,
            found: metadata.schema,
        });
    }
    let tensors = SafeTensors::deserialize(bytes).map_err(LoadError::Container)?;
    let table = |what: &'static str, dtype: Dtype| {
        let found = tensors
            .tensor(what)
            .ok()
            .filter(|tensor| tensor.dtype() == dtype);
        found
            .map(|tensor| tensor.data())
            .ok_or_else(|| LoadError::Table {
                what,
                expected: format!("a table of type {dtype:?}"),
            })
    };
    let dtype = |what: &str| match what {
        tensor::CURVE_EDGES | tensor::SURFACE_EDGES => Dtype::F32,
        tensor::CURVE_VALUES | tensor::SURFACE_VALUES | tensor::RELEVANCE => Dtype::F64,
        _ => Dtype::U8,
    };
    let mut all = Vec::with_capacity(tensor::ALL.len());
    for what in tensor::ALL {
        all.push((what, table(what, dtype(what))?));
    }
    let found = metadata.checksum_of(all.iter().copied());
    if found != metadata.checksum {
        return Err(LoadError::Checksum {
            expected: metadata.checksum,
            found,
        });
    }
    let bytes_of = |what: &'static str| table(what, Dtype::U8);
    let damaged = |what: &'static str, expected: &str| {
        let expected = expected.to_owned();
        move || LoadError::Table { what, expected }
    };

    let weights = doubles(table(tensor::RELEVANCE, Dtype::F64)?);
    let heads = weights
        .chunks(N_RELEVANCE)
        .zip(&metadata.relevance_intercepts);
    let heads = heads.map(|(weights, &intercept)| {
        let weights = weights.try_into().ok()?;
        Some(RelevanceHead { weights, intercept })
    });
    let heads: Option<Vec<RelevanceHead>> = heads.collect();
    let [alone, beside] = heads
        .and_then(|heads| heads.try_into().ok())
        .filter(|_| weights.len() == 2 * N_RELEVANCE)
        .ok_or_else(damaged(
            tensor::RELEVANCE,
            &format!("{N_RELEVANCE} weights and an intercept, twice"),
        ))?;
    let relevance = RelevanceModel { alone, beside };
    let pieces = std::str::from_utf8(bytes_of(tensor::SUBWORDS)?)
        .map_err(|_| damaged(tensor::SUBWORDS, "UTF-8 text")())?;
    let pieces = pieces.split('\n').map(str::to_owned).collect();
    let intercepts: [f32; N_FIELDS] = metadata
        .lexical_intercepts
        .clone()
        .try_into()
        .map_err(|_| damaged(tensor::LEXICAL, &format!("{N_FIELDS} intercepts"))())?;
    let power_of_two = "a number of slots that is a power of two";
    let classifier = Classifier {
        background: Background::from_bytes(
            bytes_of(tensor::BACKGROUND)?,
            metadata.unseen_rarity,
            metadata.unseen_surprise,
        )
        .ok_or_else(damaged(tensor::BACKGROUND, power_of_two))?,
        lexical: LexicalModel {
            table: WeightTable::from_bytes(bytes_of(tensor::LEXICAL)?, metadata.lexical_step)
                .ok_or_else(damaged(tensor::LEXICAL, power_of_two))?,
            intercepts,
            subwords: Subwords::from_pieces(pieces)?,
            casing: WeightTable::from_bytes(bytes_of(tensor::CASING)?, metadata.casing_step)
                .ok_or_else(damaged(tensor::CASING, power_of_two))?,
        },
        phrases: PhraseTable::from_bytes(bytes_of(tensor::PHRASES)?)
            .ok_or_else(damaged(tensor::PHRASES, power_of_two))?,
        relevance,
        spam: spam(&metadata, &tensors)?,
        prior: metadata.prior,
        thresholds: Thresholds {
            hold: metadata.hold,
            spam: metadata.spam,
        },
        reference: metadata
            .reference
            .clone()
            .try_into()
            .map_err(|_| damaged(KEY, &format!("{N_DECILES} deciles"))())?,
    };
    let RelevanceModel { alone, beside } = &classifier.relevance;
    let numbers = alone.weights.iter().chain(&beside.weights).chain([
        &alone.intercept,
        &beside.intercept,
        &classifier.spam.brief.bias,
        &classifier.spam.other.bias,
        &classifier.thresholds.hold,
        &classifier.thresholds.spam,
    ]);
    let numbers = numbers.chain(&classifier.reference);
    let is_finite = numbers.into_iter().all(|number| number.is_finite())
        && classifier
            .lexical
            .intercepts
            .iter()
            .all(|number| number.is_finite());
    let is_sound = is_finite
        && classifier.prior > 0.0
        && classifier.prior < 1.0
        && classifier.reference.is_sorted()
        && classifier.thresholds.hold <= classifier.thresholds.spam;
    if !is_sound {
        return Err(damaged(
            KEY,
            "finite numbers, a prior in (0, 1), thresholds and deciles in their order",
        )());
    }
    Ok(Loaded {
        classifier,
        metadata,
    })
}

fn spam(metadata: &Metadata, tensors: &SafeTensors<'_>) -> Result<SpamModel, LoadError> {
    let data = |what: &str| {
        tensors
            .tensor(what)
            .map(|tensor| tensor.data())
            .unwrap_or_default()
    };
    let mut rest = Rest {
        curve_edges: floats(data(tensor::CURVE_EDGES)).into_iter(),
        curve_values: doubles(data(tensor::CURVE_VALUES)).into_iter(),
        surface_edges: floats(data(tensor::SURFACE_EDGES)).into_iter(),
        surface_values: doubles(data(tensor::SURFACE_VALUES)).into_iter(),
    };
    let expected = || LoadError::Table {
        what: KEY,
        expected: "two additive models with the same pairs".to_owned(),
    };
    let [brief, other] = &metadata.heads[..] else {
        return Err(expected());
    };
    let [brief, other] = [rest.additive(brief)?, rest.additive(other)?];
    let pairs = |head: &AdditiveModel| -> Vec<(usize, usize)> {
        let both = |surface: &Surface| (surface.first, surface.second);
        head.surfaces.iter().map(both).collect()
    };
    if pairs(&brief) != pairs(&other) {
        return Err(expected());
    }
    Ok(SpamModel { brief, other })
}

/// What is left to read of the tensors of curves and surfaces.
struct Rest {
    curve_edges: IntoIter<f32>,
    curve_values: IntoIter<f64>,
    surface_edges: IntoIter<f32>,
    surface_values: IntoIter<f64>,
}

impl Rest {
    /// The next additive model.
    fn additive(&mut self, shape: &Shape) -> Result<AdditiveModel, LoadError> {
        let damaged = |what: &'static str| LoadError::Table {
            what,
            expected: "rising edges and finite values for every signal".to_owned(),
        };
        let mut curves = vec![Curve::default(); CATALOGUE.len()];
        for (name, &n_bins) in &shape.curves {
            let (index, _) = find(name).ok_or_else(|| damaged(tensor::CURVE_EDGES))?;
            let axis =
                axis(&mut self.curve_edges, n_bins).ok_or_else(|| damaged(tensor::CURVE_EDGES))?;
            curves[index] = Curve {
                axis,
                values: finite(&mut self.curve_values, n_bins, tensor::CURVE_VALUES)?,
            };
        }
        if curves.iter().any(|curve| curve.values.is_empty()) {
            return Err(damaged(tensor::CURVE_VALUES));
        }
        let mut surfaces = Vec::new();
        for (first, second, rows, columns) in &shape.surfaces {
            let (Some((first, _)), Some((second, _))) = (find(first), find(second)) else {
                return Err(damaged(tensor::SURFACE_EDGES));
            };
            let first_axis = axis(&mut self.surface_edges, *rows)
                .ok_or_else(|| damaged(tensor::SURFACE_EDGES))?;
            let second_axis = axis(&mut self.surface_edges, *columns)
                .ok_or_else(|| damaged(tensor::SURFACE_EDGES))?;
            let n_cells = first_axis.n_bins() * second_axis.n_bins();
            let values = finite(&mut self.surface_values, n_cells, tensor::SURFACE_VALUES)?;
            surfaces.push(Surface {
                first,
                second,
                first_axis,
                second_axis,
                values,
            });
        }
        Ok(AdditiveModel {
            bias: shape.bias,
            curves,
            surfaces,
        })
    }
}

fn axis(edges: &mut impl Iterator<Item = f32>, n_bins: usize) -> Option<Axis> {
    let edges: Vec<f32> = edges.take(n_bins.checked_sub(1)?).collect();
    Axis::new(edges).filter(|axis| axis.n_bins() == n_bins)
}

fn finite(
    values: &mut impl Iterator<Item = f64>,
    n: usize,
    what: &'static str,
) -> Result<Vec<f64>, LoadError> {
    let values: Vec<f64> = values.take(n).collect();
    if values.len() == n && values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err(LoadError::Table {
            what,
            expected: format!("{n} finite numbers"),
        })
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let (chunks, _) = bytes.as_chunks::<4>();
    chunks
        .iter()
        .map(|&chunk| f32::from_le_bytes(chunk))
        .collect()
}

fn doubles(bytes: &[u8]) -> Vec<f64> {
    let (chunks, _) = bytes.as_chunks::<8>();
    chunks
        .iter()
        .map(|&chunk| f64::from_le_bytes(chunk))
        .collect()
}
