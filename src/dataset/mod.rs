//! Takes thread files and gives [`Thread`](crate::comment::Thread)s, and tells which comments are near-duplicates of
//! each other.
//!
//! Invariants:
//! - a bad line is reported with file, line and reason and passed over, never a panic;
//! - each line is a thread of its own: equal ids are not merged;
//! - grouping depends on what the comments say and on their order, which the caller fixes by what they
//!   say, never by how they are read.
//!
//! The format is documented in `datasets/README.md`; an export of WordPress is turned into it.

mod decoded;
mod duplicates;
mod reader;
mod start;
mod unknown_keys;
mod wire;
mod wordpress;

pub use duplicates::{Groups, Shingles, group};
pub use reader::{
    BadLine, Lines, MAX_LINE, Mended, NumberedLine, ReadError, Threads, read_threads, thread_files,
};
pub use unknown_keys::{UnknownKey, UnknownKeys};
pub use wire::{LineError, parse_comment, parse_post, parse_thread, parse_thread_noting};
pub use wordpress::ExportError;
