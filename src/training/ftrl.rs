//! Sparse logistic regression by FTRL-Proximal, behind linfa's traits.
//!
//! McMahan et al., *Ad click prediction: a view from the trenches*, KDD 2013, algorithm 1 with λ₁ = 0.
//! Per coordinate, with gradient `g`, the sum of squared gradients `n` and the shifted sum `z`:
//!
//! ```text
//! σ = (√(n + g²) − √n) / α        z ← z + g − σ w        n ← n + g²
//! w = −z / ((β + √n)/α + λ₂)
//! ```

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::Fit;
use ndarray::Array1;

use crate::random::SplitMix;

/// Examples as rows of a sparse matrix in compressed form: row `i` has the columns
/// `columns[starts[i]..starts[i + 1]]` with the `values` beside them.
#[derive(Debug, Clone, Default)]
pub(super) struct SparseRows {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
    n_columns: usize,
}

impl SparseRows {
    /// No rows yet.
    pub(super) fn new(n_columns: usize) -> Self {
        Self {
            starts: vec![0],
            n_columns,
            ..Self::default()
        }
    }

    /// Adds a row. Columns out of range are dropped.
    pub(super) fn push(&mut self, row: impl Iterator<Item = (u32, f32)>) {
        for (column, value) in row.filter(|&(column, _)| (column as usize) < self.n_columns) {
            self.columns.push(column);
            self.values.push(value);
        }
        self.starts.push(self.columns.len());
    }

    /// Whether row `index` has no column.
    pub(super) fn is_empty(&self, index: usize) -> bool {
        self.starts[index] == self.starts[index + 1]
    }

    /// The columns and values of row `index`.
    pub(super) fn row(&self, index: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let range = self.starts[index]..self.starts[index + 1];
        self.columns[range.clone()]
            .iter()
            .map(|&column| column as usize)
            .zip(self.values[range].iter().copied())
    }
}

impl Records for SparseRows {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    fn nfeatures(&self) -> usize {
        self.n_columns
    }
}

/// β of the algorithm, as in the paper (section 4.3).
const BETA: f32 = 1.0;

/// Settings of the learner.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FtrlParams {
    /// Step size α, above 0.
    pub alpha: f32,
    /// Weight of the squares λ₂, 0 or more.
    pub l2: f32,
    /// Passes over the examples.
    pub epochs: usize,
    /// Seed of the order of the examples.
    pub seed: u64,
}

/// A data set that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FtrlError {
    /// Examples and labels differ in number.
    #[error("expected as many labels as examples ({examples}), found {labels}")]
    Length {
        /// Number of examples.
        examples: usize,
        /// Number of labels.
        labels: usize,
    },
    /// An error of linfa itself.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// A fitted model: the log-odds of `true` are `intercept + Σ weight × value`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ftrl {
    /// One weight per column.
    pub weights: Vec<f32>,
    /// The log-odds of a row without columns.
    pub intercept: f32,
}

impl Ftrl {
    /// The log-odds of `true` for one row.
    pub(super) fn log_odds(&self, row: impl Iterator<Item = (usize, f32)>) -> f32 {
        row.fold(self.intercept, |sum, (column, value)| {
            sum + self.weights[column] * value
        })
    }
}

/// One coordinate's state.
#[derive(Clone, Copy, Default)]
struct Coordinate {
    z: f32,
    n: f32,
}

impl Coordinate {
    #[inline]
    fn weight(self, settings: &FtrlParams) -> f32 {
        -self.z / ((BETA + self.n.sqrt()) / settings.alpha + settings.l2)
    }

    #[inline]
    fn update(&mut self, gradient: f32, weight: f32, settings: &FtrlParams) {
        let n = self.n + gradient * gradient;
        let sigma = (n.sqrt() - self.n.sqrt()) / settings.alpha;
        self.z += gradient - sigma * weight;
        self.n = n;
    }
}

impl Fit<&SparseRows, Array1<bool>, FtrlError> for FtrlParams {
    type Object = Ftrl;

    /// Fits in one thread, in an order that the seed alone decides. Weights of the examples, if the
    /// data set has any, scale their gradients; an example of weight 0 is left out.
    fn fit(&self, dataset: &DatasetBase<&SparseRows, Array1<bool>>) -> Result<Ftrl, FtrlError> {
        let rows = dataset.records();
        let labels = &dataset.targets;
        if labels.len() != rows.nsamples() {
            return Err(FtrlError::Length {
                examples: rows.nsamples(),
                labels: labels.len(),
            });
        }
        let mut coordinates = vec![Coordinate::default(); rows.nfeatures()];
        let mut bias = Coordinate::default();
        let mut weights: Vec<f32> = Vec::new();
        // The intercept is not shrunk.
        let bias_settings = Self {
            l2: 0.0,
            ..self.clone()
        };
        let mut order: Vec<usize> = (0..rows.nsamples()).collect();
        let mut random = SplitMix(self.seed);
        for _ in 0..self.epochs {
            random.shuffle(&mut order);
            for &index in &order {
                let importance = dataset.weight_for(index);
                if importance == 0.0 {
                    continue;
                }
                weights.clear();
                let bias_weight = bias.weight(&bias_settings);
                let mut log_odds = bias_weight;
                for (column, value) in rows.row(index) {
                    let weight = coordinates[column].weight(self);
                    weights.push(weight);
                    log_odds += weight * value;
                }
                let probability = 1.0 / (1.0 + (-log_odds).exp());
                let error = importance * (probability - f32::from(u8::from(labels[index])));
                bias.update(error, bias_weight, &bias_settings);
                for ((column, value), &weight) in rows.row(index).zip(&weights) {
                    coordinates[column].update(error * value, weight, self);
                }
            }
        }
        Ok(Ftrl {
            weights: coordinates
                .iter()
                .map(|coordinate| coordinate.weight(self))
                .collect(),
            intercept: bias.weight(&bias_settings),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: FtrlParams = FtrlParams {
        alpha: 0.3,
        l2: 1.0,
        epochs: 5,
        seed: 1,
    };

    fn data() -> (SparseRows, Array1<bool>) {
        let mut rows = SparseRows::new(3);
        let mut labels = Vec::new();
        for i in 0..200u32 {
            let spam = i % 2 == 0;
            rows.push([(0, 1.0), (if spam { 1 } else { 2 }, 1.0)].into_iter());
            labels.push(spam);
        }
        (rows, Array1::from(labels))
    }

    #[test]
    fn separates_what_can_be_separated_and_ignores_what_cannot() {
        let (rows, labels) = data();
        let model = SETTINGS.fit(&DatasetBase::new(&rows, labels)).unwrap();
        assert!(
            model.weights[1] > 1.0 && model.weights[2] < -1.0,
            "{:?}",
            model.weights
        );
        assert!(model.weights[0].abs() < 0.3, "{:?}", model.weights);
    }

    #[test]
    fn agrees_with_linfa_logistic_where_both_converge() {
        // Overlapping classes, so that the optimum is finite: P(spam | column 0) is 3 in 4.
        let (mut rows, mut dense, mut labels) = (SparseRows::new(1), Vec::new(), Vec::new());
        for i in 0..400usize {
            let on = i % 2 == 0;
            rows.push(on.then_some((0u32, 1.0f32)).into_iter());
            dense.push(f64::from(u8::from(on)));
            labels.push(if on { i % 8 != 0 } else { i % 8 == 1 });
        }
        let settings = FtrlParams {
            l2: 0.0,
            epochs: 200,
            ..SETTINGS
        };
        let ours = settings
            .fit(&DatasetBase::new(&rows, Array1::from(labels.clone())))
            .unwrap();
        let dense = ndarray::Array2::from_shape_vec((400, 1), dense).unwrap();
        let theirs = linfa_logistic::LogisticRegression::default()
            .alpha(0.0)
            .fit(&linfa::Dataset::new(dense, Array1::from(labels)))
            .unwrap();
        let sign = if theirs.labels().pos.class { 1.0 } else { -1.0 };
        assert!(
            (f64::from(ours.weights[0]) - sign * theirs.params()[0]).abs() < 0.1,
            "{ours:?}"
        );
        assert!(
            (f64::from(ours.intercept) - sign * theirs.intercept()).abs() < 0.1,
            "{ours:?}"
        );
    }
}
