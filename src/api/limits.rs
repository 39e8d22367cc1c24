//! How often a key may ask, and a network with a wrong one.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::places::network;
use super::problem::Problem;
use super::state::ApiOptions;
use crate::storage::Id;

/// Limits by the generic cell rate algorithm (ITU-T I.371).
#[derive(Debug)]
pub(super) struct Limits {
    by_key: Option<Limit<Id>>,
    by_network: Option<Limit<IpAddr>>,
    clock: DefaultClock,
}

#[derive(Debug)]
struct Limit<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    /// What is told to who goes beyond it.
    expected: String,
}

impl Limits {
    pub(super) fn new(options: &ApiOptions) -> Self {
        let burst = NonZeroU32::new(options.burst).unwrap_or(NonZeroU32::MIN);
        let by_key = options.requests_per_second.map(|limit| Limit {
            limiter: RateLimiter::keyed(Quota::per_second(limit).allow_burst(burst)),
            expected: format!(
                "expected at most {limit} requests a second under this key and {burst} at once \
                 (`limits.requests_per_second`, `limits.burst`), found more"
            ),
        });
        let by_network = options.failed_keys_per_minute.map(|limit| Limit {
            limiter: RateLimiter::keyed(Quota::per_minute(limit)),
            expected: format!(
                "expected at most {limit} wrong keys a minute from this network \
                 (`limits.failed_keys_per_minute`), found more"
            ),
        });
        Self {
            by_key,
            by_network,
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request under a key.
    pub(super) fn count(&self, key: Id) -> Result<(), Problem> {
        self.check(self.by_key.as_ref(), &key)
    }

    /// Counts a request with a wrong key, for the whole [`network`]: who has one has all its addresses.
    /// A good key is never kept waiting by wrong ones.
    pub(super) fn count_failed(&self, address: IpAddr) -> Result<(), Problem> {
        self.check(self.by_network.as_ref(), &network(address))
    }

    fn check<K: Hash + Eq + Clone>(
        &self,
        limit: Option<&Limit<K>>,
        key: &K,
    ) -> Result<(), Problem> {
        let Some(Limit { limiter, expected }) = limit else {
            return Ok(());
        };
        limiter.check_key(key).map_err(|early| {
            let wait = early.wait_time_from(self.clock.now());
            Problem::too_many(expected).after(wait.as_secs() + 1)
        })
    }

    /// Forgets who has not asked for a while, so that memory stays bounded.
    pub(super) fn forget_idle(&self) {
        if let Some(limit) = &self.by_key {
            limit.limiter.retain_recent();
        }
        if let Some(limit) = &self.by_network {
            limit.limiter.retain_recent();
        }
    }
}
