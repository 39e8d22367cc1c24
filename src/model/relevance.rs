//! Relevance as log-odds: a linear model over a few measures of what a comment has in common with
//! its thread.

use crate::features::{N_RELEVANCE, RelevanceFeatures};

/// Fitted by logistic regression on pairs: a genuine comment under its own post, and under another
/// post of the same blog. Its log-odds hold at even odds of the two.
///
/// What a shared word says is known better beside the other threads of the blog, so that more can be
/// made of it: each of the two has its own weights.
#[derive(Debug, Clone, PartialEq)]
pub struct RelevanceModel {
    /// For measures of a thread about whose blog nothing is known.
    pub alone: RelevanceHead,
    /// For measures beside other threads of the blog.
    pub beside: RelevanceHead,
}

impl RelevanceModel {
    /// The head for measures that were taken beside other threads of the blog, or without them.
    pub fn head(&self, is_beside: bool) -> &RelevanceHead {
        if is_beside { &self.beside } else { &self.alone }
    }
}

/// A linear model of relevance.
#[derive(Debug, Clone, PartialEq)]
pub struct RelevanceHead {
    /// One weight per measure, on the measure's own scale.
    pub weights: [f64; N_RELEVANCE],
    /// The log-odds where every measure is zero.
    pub intercept: f64,
}

impl RelevanceHead {
    /// The log-odds that the comment was written under this post.
    pub fn log_odds(&self, features: &RelevanceFeatures) -> f64 {
        self.weights
            .iter()
            .zip(features)
            .fold(self.intercept, |sum, (w, x)| sum + w * x)
    }
}
