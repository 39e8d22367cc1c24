//! Takes HTTP requests and gives answers: one file per resource. Only this stage knows JSON of the
//! API and status lines.
//!
//! Invariants:
//! - every error has one shape (RFC 9457) with a stable code;
//! - every body, field, list and wait is bounded before it is read;
//! - an answer leaves only after what it says was stored was stored;
//! - a request that changes something is worked on to its end, whether or not its caller waits for it.
//!
//! Not here: what verdicts and decisions mean (see [`crate::moderation`]).

mod admission;
mod akismet;
mod answers;
mod authentication;
mod body;
mod check;
mod connections;
mod docs;
mod entries;
mod erasures;
mod feedback;
mod fields;
mod health;
mod idempotency;
mod json;
mod keys;
mod limits;
mod list;
mod metrics;
mod page;
mod places;
mod posts;
mod problem;
mod queue;
mod router;
mod settings;
mod sites;
mod state;
mod verdicts;
mod wire;

pub use connections::{Bounded, Counted, Noted, Patience};
pub use docs::openapi;
pub use router::router;
pub use state::{ApiOptions, ApiState};
