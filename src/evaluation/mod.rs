//! Takes a classifier and labelled threads and gives figures.
//!
//! Not here: how figures look (see [`crate::cli`]).

mod metrics;
mod pairs;

pub use metrics::{
    Banded, Judged, ReliabilityBin, caught_at, expected_calibration_error, reliability, roc_auc,
    with_bands,
};
pub use pairs::{Pair, Read, relevance_pairs};
