//! Takes comments and posts as written and gives what can be read off each by itself: normal text,
//! tokens, terms, links, language.
//!
//! Invariants:
//! - nothing here depends on the thread, on a model or on labels;
//! - the same functions serve comments, names and posts.
//!
//! Not here: how a comment relates to its thread (see [`crate::context`]).

mod comment;
mod language;
mod post;
mod terms;

pub use comment::{CommentAnalysis, Name};
pub use language::{Language, Languages};
pub use post::PostAnalysis;
pub use terms::{BuildIdentity, Identity, Term, Terms};
