//! Takes requests in Akismet's dialect, as bytes, and gives what they say as types of this program;
//! takes answers and gives status, headers and body as Akismet's clients expect them.
//!
//! Invariants:
//! - reading a body ends in fields or in an error, in time linear in its length;
//! - reading fields never fails: what is missing is unknown, what is odd is ignored;
//! - a verdict is answered with exactly `true` or `false`, everything else with neither;
//! - every answer carries an `X-akismet-guid`, because current WordPress finds the comment by it;
//! - no verdict carries a header that makes a client throw.
//!
//! Not here: HTTP itself, looking up keys, judging, storing and sending.
//!
//! The contract is what clients send and read, learned from their sources and recorded requests
//! (`tests/fixtures/akismet`), and the documentation at <https://akismet.com/developers/>.

mod answer;
mod calendar;
mod endpoint;
mod fields;
mod form;
mod json;
mod key;
mod key_sites;
mod multipart;
mod request;
mod stats;
mod unslash;
mod webhook;

pub use answer::{Answer, Checked, Refusal, Response, respond};
pub use calendar::{Month, instant};
pub use endpoint::{Endpoint, Keyed};
pub use fields::Fields;
pub use form::{BODY_LIMIT, FIELD_LIMIT, FormError, NAME_LIMIT, parse_body, parse_query};
pub use key::{Key, find_key};
pub use key_sites::{KeySitesQuery, SiteRow};
pub use request::CheckRequest;
pub use stats::{Counts, Interval, Period, Stats};
pub use unslash::is_slashed;
pub use webhook::{Correction, WEBHOOK_HEADER, webhook_body, with_key};
