//! Ontopic tells genuine blog comments from off-topic spam.

pub mod akismet;
pub mod analysis;
pub mod api;
pub mod calibration;
pub mod classifier;
pub mod cli;
pub mod comment;
pub mod config;
pub mod context;
pub mod dataset;
pub mod evaluation;
pub mod explanation;
pub mod features;
pub mod lexical;
pub mod model;
pub mod model_file;
pub mod moderation;
pub mod policy;
pub mod random;
pub mod registry;
pub mod signals;
pub mod storage;
pub mod telemetry;
pub mod text;
pub mod tokens;
pub mod training;
