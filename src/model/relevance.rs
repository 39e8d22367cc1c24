//! Relevance as log-odds: a linear model over a few measures of what a comment has in common with
//! its thread.

use crate::features::{N_RELEVANCE, RelevanceFeatures};

/// Fitted by logistic regression on pairs: a genuine comment under its own post, and under another
/// post of the same blog. Its log-odds hold at even odds of the two.
#[derive(Debug, Clone, PartialEq)]
pub struct RelevanceModel {
    /// One weight per measure, on the measure's own scale.
    pub weights: [f64; N_RELEVANCE],
    /// The log-odds where every measure is zero.
    pub intercept: f64,
}

impl RelevanceModel {
    /// The log-odds that the comment was written under this post.
    pub fn log_odds(&self, features: &RelevanceFeatures) -> f64 {
        self.weights
            .iter()
            .zip(features)
            .fold(self.intercept, |sum, (w, x)| sum + w * x)
    }
}
