//! Ontopic tells genuine blog comments from off-topic spam.
//!
//! A comment in its thread goes through these modules, which are best read in this order:
//! [`dataset`] reads threads of [`comment`]s; [`text`] and [`tokens`] cut them up, [`analysis`] reads a
//! comment or a post once, and [`context`] is what a comment is compared with; [`lexical`] and
//! [`features`] measure words and relevance, [`signals`] look at everything else, and [`model`] adds
//! up; [`classifier`] puts all of this together, [`policy`] makes a verdict of the sum, and
//! [`explanation`] says in words what it is made of. [`training`] fits the numbers, with
//! [`calibration`] and [`evaluation`], and [`model_file`] keeps them.
//!
//! Around that pure function stands the service: [`moderation`] remembers threads, verdicts and
//! decisions in [`storage`] and is spoken to through [`api`] and [`akismet`]; [`registry`] swaps
//! models, [`delivery`] tells blogs of late decisions. [`cli`] is the program.

pub mod akismet;
pub mod analysis;
pub mod api;
pub mod atomic_file;
pub mod calibration;
pub mod classifier;
pub mod cli;
pub mod comment;
pub mod config;
pub mod context;
pub mod dataset;
pub mod delivery;
pub mod evaluation;
pub mod explanation;
pub mod familiarity;
pub mod features;
pub mod json;
pub mod lexical;
pub mod model;
pub mod model_file;
pub mod moderation;
pub mod policy;
pub mod random;
pub mod registry;
pub mod signals;
pub mod slots;
pub mod storage;
pub mod telemetry;
pub mod text;
pub mod tokens;
pub mod training;
