//! Numbers that are given out once.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::storage::{Id, Milliseconds};

/// Bits below the milliseconds: a million ids for each of them.
const COUNTER_BITS: u32 = 20;

/// Gives out ids that rise with time, so that storage appends and a list by id is a list by time.
/// Enough milliseconds fit into an `i64` until the year 2248.
#[derive(Debug)]
pub struct Ids {
    last: AtomicI64,
}

impl Ids {
    /// Begins above `largest`, the largest id in use.
    pub fn above(largest: i64) -> Self {
        Self {
            last: AtomicI64::new(largest),
        }
    }

    /// The next id at the time `now`. Rises even where the clock was set back.
    pub fn next(&self, now: Milliseconds) -> Id {
        let first = now << COUNTER_BITS;
        let last = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(first.max(last + 1))
            })
            .unwrap_or(first);
        Id(first.max(last + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_with_time_and_even_when_the_clock_is_set_back() {
        let ids = Ids::above(0);
        let now = 1_795_000_000_000;
        let first = ids.next(now);
        assert_eq!(first, Id(now << COUNTER_BITS));
        assert_eq!(ids.next(now), Id(first.0 + 1));
        assert_eq!(ids.next(now - 50), Id(first.0 + 2));
        assert_eq!(ids.next(now + 1), Id((now + 1) << COUNTER_BITS));
    }
}
