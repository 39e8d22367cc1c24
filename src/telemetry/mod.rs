//! Takes what happens while the service runs and gives counts for Prometheus and lines of a log.
//!
//! Invariants:
//! - no words of a comment, name, address or key gets into either: the functions here take numbers
//!   and closed sets, and lines of other crates are only written when something went wrong;
//! - the number of series is fixed, but for one more with each model that becomes active: no label
//!   holds a site, a post or a path;
//! - recording never waits for a scrape, and memory does not grow between scrapes as long as
//!   [`Metrics::upkeep`] is called.
//!
//! Not here: the route that shows the counts (see [`crate::api`]).

mod drift;
mod log;
mod memory;
mod metrics;

pub use drift::Drift;
pub use log::init_log;
pub use metrics::{Delivered, Metrics, Refusal};
