//! How often a key may ask.

use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::problem::Problem;
use crate::storage::Id;

/// Limits per key, by the generic cell rate algorithm (ITU-T I.371).
#[derive(Debug)]
pub(super) struct Limits {
    by_key: DefaultKeyedRateLimiter<Id>,
    clock: DefaultClock,
}

impl Limits {
    pub(super) fn new(per_second: u32, burst: u32) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst));
        Self {
            by_key: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request under a key.
    pub(super) fn count(&self, key: Id) -> Result<(), Problem> {
        self.by_key.check_key(&key).map_err(|early| {
            let wait = early.wait_time_from(self.clock.now());
            Problem::too_many("too many requests under this key").after(wait.as_secs() + 1)
        })
    }
}
