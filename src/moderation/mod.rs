//! Takes what blogs and owners send and gives verdicts that are remembered: what happens on a check,
//! on a decision and in the queue, whichever dialect it came in.
//!
//! Invariants:
//! - training and serving share one feature function: comments are judged by
//!   [`crate::classifier::Classifier::scene`] and nothing else;
//! - an answer that says it was stored was stored before it was given;
//! - what overrides the model (an owner's entry, an earlier version) is named in the verdict.
//!
//! Not here: JSON and status lines (see [`crate::api`]), SQL (see [`crate::storage`]).

mod blogs;
mod check;
mod decide;
mod directory;
mod edit;
mod error;
mod ids;
mod moderator;
mod recheck;
mod secret;
mod settings;
mod threads;
mod turns;

pub use check::{Checked, Forced, Submission};
pub use decide::{Correction, Decided, Decision, Target};
pub use directory::{Directory, SiteEntry, is_address, is_blank, is_email, is_host};
pub use error::{Error, Invalid};
pub use ids::Ids;
pub use moderator::{Moderator, Options, Replay};
pub use secret::Secret;
pub use settings::{
    AkismetSettings, LONGEST_ORIGIN, SiteSettings, SiteThresholds, canonical_origin,
    is_never_called, origin_of,
};
