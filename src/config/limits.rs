//! What one caller may ask for.

use std::num::NonZeroU32;

use super::format::{LimitOrNone, whole};
use super::section;

section! {
    /// What one caller may ask for.
    Limits, "limits", "" {
        /// Requests a second of one key in the long run; more are refused with 429 and
        /// `Retry-After`.
        requests_per_second: Option<NonZeroU32> = "1000", LimitOrNone;
        /// Requests of one key at once, before `requests_per_second` counts.
        burst: u32 = "2000", whole(1, 1_000_000);
        /// Requests a minute with a wrong key from one network address, of IPv6 from one /64; more are
        /// refused with 429 and `Retry-After`.
        failed_keys_per_minute: Option<NonZeroU32> = "60", LimitOrNone;
    }
}
