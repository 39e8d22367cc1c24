//! Ontopic tells genuine blog comments from off-topic spam.

pub mod analysis;
pub mod calibration;
pub mod classifier;
pub mod cli;
pub mod comment;
pub mod context;
pub mod dataset;
pub mod evaluation;
pub mod explanation;
pub mod familiarity;
pub mod features;
pub mod lexical;
pub mod model;
pub mod model_file;
pub mod policy;
pub mod random;
pub mod signals;
pub mod text;
pub mod tokens;
pub mod training;
