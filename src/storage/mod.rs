//! Takes records and gives them back after a crash: sites and their keys, posts, verdicts, decisions
//! and what is to be told to blogs later.
//!
//! Invariants:
//! - a write that was answered with `Ok` survives `kill -9` and a power cut;
//! - a write is one transaction: all of it is there, or nothing;
//! - nothing of one site is given to another: every read names its site;
//! - decisions are only ever added; taking one back is another entry;
//! - SQL stands nowhere else.
//!
//! Not here: what verdicts mean (see [`crate::moderation`]), JSON of the API (see [`crate::api`]).

mod error;
mod records;
mod sqlite;
mod store;
mod versions;

pub use error::StoreError;
pub use records::*;
pub use sqlite::{SqliteOptions, SqliteStore};
pub use store::{AnswerTo, NextId, Store};
