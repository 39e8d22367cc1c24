//! Takes nothing from other stages and gives the words of the domain: a [`Thread`] is a [`Post`]
//! and the [`Comment`]s under it, in the order in which they stand; where a post stands, its
//! [`place`](place()); what a version of a comment says, its [`Saying`]; by what a comment is found
//! without an id, its [`Fingerprint`]; and how much is taken of each, its [`limits`].
//!
//! Invariants:
//! - a [`Field`] keeps three cases apart: known, left empty, and unknown (nobody asked for it);
//! - nothing here knows about JSON, files or models;
//! - the time of posting has no place here: nothing that scores or learns may read it.
//!
//! Not here: reading (see [`crate::dataset`]) and any judgement.

mod address;
mod field;
mod fingerprint;
pub mod limits;
mod place;
mod sameness;
mod thread;

pub use address::ip_address;
pub use field::Field;
pub use fingerprint::{Fingerprint, words_digest};
pub use place::place;
pub use sameness::{Saying, comparable};
pub use thread::{Comment, Kind, Label, Post, Role, Thread};
