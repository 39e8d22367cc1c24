//! Takes feature vectors and gives log-odds, as sums whose terms are the explanation: additive
//! models for spam, linear ones for relevance.
//!
//! Invariants:
//! - a value that is not known contributes exactly zero;
//! - the score is the sum of the contributions in a fixed order, nothing else.
//!
//! Not here: fitting (see [`crate::training`]).

mod additive;
mod relevance;
mod spam;

pub use additive::{AdditiveModel, Curve, Surface};
pub use relevance::{RelevanceHead, RelevanceModel};
pub use spam::SpamModel;
