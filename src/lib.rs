//! Ontopic tells genuine blog comments from off-topic spam.

pub mod comment;
pub mod text;
pub mod tokens;
