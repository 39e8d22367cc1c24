//! Takes a classifier and labelled threads and gives figures.
//!
//! Invariants:
//! - a comment's own label is read after it has been judged, and never before;
//! - figures are of all comments: duplicates are dropped for learning, never for measuring.
//!
//! Not here: how figures look (see [`crate::cli`]).

mod blogs;
mod judge;
mod metrics;
mod pairs;
mod relevance;
mod report;

pub use blogs::{Blogs, MANY_BLOGS};
pub use judge::{JudgedComment, JudgedPair, Sides, judge};
pub use metrics::{
    CONFIDENCE, Figure, Judged, RESAMPLES, caught_at, expected_calibration_error, roc_auc,
    with_bands,
};
pub use pairs::{Pair, Read, relevance_pairs};
pub use relevance::{MANY_PAIRS, MeanOfBlogs, PairFigures, RelevanceFigures, RelevanceOfBlog};
pub use report::{
    AtThresholds, BLOCKED, Caught, OfBlog, READERS, SetReport, Slice, ThreadsWithSpam, WRITTEN_BY,
    report,
};
