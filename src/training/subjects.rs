//! Fits the relevance heads by linfa's logistic regression on relevance pairs.

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};

use super::TrainError;
use crate::evaluation::Pair;
use crate::features::{N_RELEVANCE, TF_IDF};
use crate::model::RelevanceHead;

/// Comments of one blog that are learned from, at most: linfa's learner takes no weights, so blogs
/// are balanced by hand.
pub(super) const MOST_PER_BLOG: usize = 3000;

/// Shorter comments than this are no evidence either way, in characters.
const LEAST_CHARS: usize = 15;

/// L2 penalty on the standardised weights.
const ALPHA: f64 = 10.0;

/// The same pairs as if nothing were known that only other threads of the blog tell.
pub(super) fn without_tf_idf(pairs: &[Pair]) -> Vec<Pair> {
    let mut pairs = pairs.to_vec();
    for pair in &mut pairs {
        (pair.own[TF_IDF], pair.other[TF_IDF]) = (0.0, 0.0);
    }
    pairs
}

/// Fits a head. Without pairs it knows nothing: log-odds of zero for every comment.
pub(super) fn fit(pairs: &[Pair]) -> Result<RelevanceHead, TrainError> {
    let pairs: Vec<&Pair> = pairs
        .iter()
        .filter(|pair| pair.chars >= LEAST_CHARS)
        .collect();
    if pairs.len() < 2 * N_RELEVANCE {
        return Ok(RelevanceHead {
            weights: [0.0; N_RELEVANCE],
            intercept: 0.0,
        });
    }
    let rows: Vec<f64> = pairs
        .iter()
        .flat_map(|pair| pair.own.into_iter().chain(pair.other))
        .collect();
    let mut records = Array2::from_shape_vec((2 * pairs.len(), N_RELEVANCE), rows)
        .expect("two rows of N_RELEVANCE measures for each pair");
    let (mut means, mut deviations) = ([0.0; N_RELEVANCE], [1.0; N_RELEVANCE]);
    for (index, mut column) in records.columns_mut().into_iter().enumerate() {
        means[index] = column.mean().unwrap_or(0.0);
        // A constant measure keeps its scale and gets no weight.
        deviations[index] = Some(column.std(0.0)).filter(|d| *d > 1e-9).unwrap_or(1.0);
        column.mapv_inplace(|value| (value - means[index]) / deviations[index]);
    }
    let is_own: Array1<bool> = (0..2 * pairs.len()).map(|row| row % 2 == 0).collect();
    let fitted = LogisticRegression::default()
        .alpha(ALPHA)
        .max_iterations(200)
        .fit(&Dataset::new(records, is_own))
        .map_err(TrainError::Relevance)?;
    // linfa takes the class that it meets first, or the more frequent one, for the positive one.
    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    let mut weights = [0.0; N_RELEVANCE];
    let mut intercept = sign * fitted.intercept();
    for index in 0..N_RELEVANCE {
        weights[index] = sign * fitted.params()[index] / deviations[index];
        intercept -= weights[index] * means[index];
    }
    Ok(RelevanceHead { weights, intercept })
}
