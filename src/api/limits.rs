//! How often a key may ask, and an address with a wrong one.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::problem::Problem;
use super::state::ApiOptions;
use crate::storage::Id;

/// Limits by the generic cell rate algorithm (ITU-T I.371).
#[derive(Debug)]
pub(super) struct Limits {
    by_key: Option<DefaultKeyedRateLimiter<Id>>,
    by_address: Option<DefaultKeyedRateLimiter<IpAddr>>,
    clock: DefaultClock,
}

impl Limits {
    pub(super) fn new(options: &ApiOptions) -> Self {
        let burst = NonZeroU32::new(options.burst).unwrap_or(NonZeroU32::MIN);
        let per_second = options.requests_per_second;
        let per_minute = options.failed_keys_per_minute;
        Self {
            by_key: per_second
                .map(|limit| RateLimiter::keyed(Quota::per_second(limit).allow_burst(burst))),
            by_address: per_minute.map(|limit| RateLimiter::keyed(Quota::per_minute(limit))),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request under a key.
    pub(super) fn count(&self, key: Id) -> Result<(), Problem> {
        let Some(limiter) = &self.by_key else {
            return Ok(());
        };
        limiter.check_key(&key).map_err(|early| {
            let wait = early.wait_time_from(self.clock.now());
            Problem::too_many("too many requests under this key").after(wait.as_secs() + 1)
        })
    }

    /// Counts a request with a wrong key. A good key is never kept waiting by wrong ones.
    pub(super) fn count_failed(&self, address: IpAddr) -> Result<(), Problem> {
        let Some(limiter) = &self.by_address else {
            return Ok(());
        };
        limiter.check_key(&address).map_err(|early| {
            let wait = early.wait_time_from(self.clock.now());
            Problem::too_many("too many wrong keys from this address").after(wait.as_secs() + 1)
        })
    }

    /// Forgets who has not asked for a while, so that memory stays bounded.
    pub(super) fn forget_idle(&self) {
        if let Some(limiter) = &self.by_key {
            limiter.retain_recent();
        }
        if let Some(limiter) = &self.by_address {
            limiter.retain_recent();
        }
    }
}
