//! Ontopic tells genuine blog comments from off-topic spam.

pub mod analysis;
pub mod calibration;
pub mod classifier;
pub mod comment;
pub mod context;
pub mod dataset;
pub mod evaluation;
pub mod features;
pub mod lexical;
pub mod model;
pub mod policy;
pub mod signals;
pub mod text;
pub mod tokens;
pub mod training;
