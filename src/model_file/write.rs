//! A classifier as bytes.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensorError, TensorView};

use super::{FORMAT, KEY, LABEL, MAX_BYTES, Metadata, Shape, tensor};
use crate::classifier::Classifier;
use crate::features::schema_digest;
use crate::model::{AdditiveModel, Curve, Surface};
use crate::signals::{CATALOGUE, Signal};

/// Why a classifier cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// It is too large.
    #[error("expected a model of at most {limit} bytes, found {found}")]
    TooLarge {
        /// The limit.
        limit: usize,
        /// Its size.
        found: usize,
    },
    /// The container refuses it.
    #[error("could not pack the model")]
    Pack(#[from] SafeTensorError),
    /// The metadata cannot be written.
    #[error("could not write the metadata")]
    Metadata(#[from] serde_json::Error),
}

/// The bytes of a model file. `n_examples` are the spam and ham learned from.
///
/// # Errors
/// The model is larger than 8 MB.
pub fn save(
    classifier: &Classifier<'_>,
    data_digest: &str,
    seed: u64,
    n_examples: [usize; 2],
) -> Result<Vec<u8>, SaveError> {
    let spam = classifier.spam.heads();
    let floats = |values: &mut dyn Iterator<Item = f32>| -> Vec<u8> {
        values.flat_map(f32::to_le_bytes).collect()
    };
    let doubles = |values: &mut dyn Iterator<Item = f64>| -> Vec<u8> {
        values.flat_map(f64::to_le_bytes).collect()
    };
    // The file holds curves by the name of their signal, in the order of names.
    let mut by_name: Vec<usize> = (0..CATALOGUE.len()).collect();
    by_name.sort_by_key(|&index| CATALOGUE[index].name);
    let curves = || {
        let all = spam.into_iter();
        all.flat_map(|head| by_name.iter().map(move |&index| &head.curves[index]))
    };
    let surfaces = || spam.into_iter().flat_map(|head| &head.surfaces);
    let heads = [&classifier.relevance.alone, &classifier.relevance.beside];
    let subwords = classifier.lexical.subwords.pieces().join("\n").into_bytes();
    let mut tensors: Vec<(&str, Dtype, Vec<u8>)> = vec![
        (
            tensor::BACKGROUND,
            Dtype::U8,
            classifier.background.as_bytes().to_vec(),
        ),
        (
            tensor::CASING,
            Dtype::U8,
            classifier.lexical.casing.as_bytes().to_vec(),
        ),
        (
            tensor::CURVE_EDGES,
            Dtype::F32,
            floats(&mut curves().flat_map(|curve| curve.axis.edges().iter().copied())),
        ),
        (
            tensor::CURVE_VALUES,
            Dtype::F64,
            doubles(&mut curves().flat_map(|curve| curve.values.iter().copied())),
        ),
        (
            tensor::LEXICAL,
            Dtype::U8,
            classifier.lexical.table.as_bytes().to_vec(),
        ),
        (
            tensor::PHRASES,
            Dtype::U8,
            classifier.phrases.as_bytes().to_vec(),
        ),
        (
            tensor::RELEVANCE,
            Dtype::F64,
            doubles(&mut heads.iter().flat_map(|head| head.weights)),
        ),
        (tensor::SUBWORDS, Dtype::U8, subwords),
        (
            tensor::SURFACE_EDGES,
            Dtype::F32,
            floats(&mut surfaces().flat_map(|surface| {
                surface
                    .first_axis
                    .edges()
                    .iter()
                    .chain(surface.second_axis.edges())
                    .copied()
            })),
        ),
        (
            tensor::SURFACE_VALUES,
            Dtype::F64,
            doubles(&mut surfaces().flat_map(|surface| surface.values.iter().copied())),
        ),
    ];
    tensors.sort_by_key(|(name, _, _)| *name);

    let unseen = classifier.background.unseen();
    let mut metadata = Metadata {
        label: LABEL.to_owned(),
        format: FORMAT,
        schema: schema_digest(),
        checksum: String::new(),
        trained_by: env!("CARGO_PKG_VERSION").to_owned(),
        data: data_digest.to_owned(),
        seed,
        n_spam: n_examples[0],
        n_ham: n_examples[1],
        prior: classifier.prior,
        hold: classifier.thresholds.hold,
        spam: classifier.thresholds.spam,
        reference: classifier.reference.to_vec(),
        heads: spam.map(shape).into(),
        relevance_intercepts: heads.iter().map(|head| head.intercept).collect(),
        lexical_intercepts: classifier.lexical.intercepts.to_vec(),
        lexical_step: classifier.lexical.table.step(),
        casing_step: classifier.lexical.casing.step(),
        unseen_rarity: unseen.rarity,
        unseen_surprise: unseen.surprise,
    };
    metadata.checksum = metadata.checksum_of(
        tensors
            .iter()
            .map(|(name, _, bytes)| (*name, bytes.as_slice())),
    );
    let views: Vec<(&str, TensorView<'_>)> = tensors
        .iter()
        .map(|(name, dtype, bytes)| {
            let length = bytes.len() * 8 / dtype.bitsize();
            Ok((*name, TensorView::new(*dtype, vec![length], bytes)?))
        })
        .collect::<Result<_, SafeTensorError>>()?;
    let info = HashMap::from([(KEY.to_owned(), serde_json::to_string(&metadata)?)]);
    let bytes = safetensors::serialize(views, Some(info))?;
    if bytes.len() > MAX_BYTES {
        return Err(SaveError::TooLarge {
            limit: MAX_BYTES,
            found: bytes.len(),
        });
    }
    Ok(bytes)
}

/// What the metadata say of an additive model.
fn shape(model: &AdditiveModel) -> Shape {
    let name = |index: usize| CATALOGUE[index].name.to_owned();
    let curve = |(signal, curve): (&&Signal, &Curve)| (signal.name.to_owned(), curve.axis.n_bins());
    let surface = |surface: &Surface| {
        let bins = (surface.first_axis.n_bins(), surface.second_axis.n_bins());
        (name(surface.first), name(surface.second), bins.0, bins.1)
    };
    Shape {
        bias: model.bias,
        curves: CATALOGUE.iter().zip(&model.curves).map(curve).collect(),
        surfaces: model.surfaces.iter().map(surface).collect(),
    }
}
