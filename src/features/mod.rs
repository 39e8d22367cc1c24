//! Takes signals and matches and gives numbers for models: the axes that cut signals into bins, the
//! measures of the relevance head, and the schema that a model file must agree with.

mod bins;
mod relevance;
mod schema;

pub use bins::{Axis, MAX_BINS, UNKNOWN};
pub use relevance::{N_RELEVANCE, RELEVANCE_NAMES, RelevanceFeatures, TF_IDF, relevance_features};
pub use schema::schema_digest;
