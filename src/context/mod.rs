//! Takes a post, the comments before and a table of word rarity, and gives what a comment has in
//! common with its thread.
//!
//! Invariants:
//! - "before" is the order of [`Context::add`], never the time of posting;
//! - the caller leaves spam out: what is added counts as conversation;
//! - what is held and what a comment costs are bounded, whatever the length of the thread.
//!
//! Not here: judging how much in common is enough (see [`crate::signals`]).

mod background;
mod blog;
mod conversation;
mod overlap;
mod recent;
mod thread;

pub use background::{Background, Commonness, LEAST_PROBABILITY};
pub use blog::{Blog, Elsewhere, InOthers, KnownThreads, ThreadWords};
pub use conversation::Conversation;
pub use overlap::{CONTENT, Match, overlap};
pub use thread::{Answered, Context, InPost, REMEMBERED, WINDOW};
