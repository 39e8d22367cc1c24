//! Who gets in: under overload, requests are refused at once instead of making all wait.

use tokio::sync::SemaphorePermit;

use super::problem::Problem;
use super::state::ApiState;
use crate::telemetry::Refusal;

/// Room for one request, if fewer than the limit are being served.
pub(super) fn admit(state: &ApiState) -> Result<SemaphorePermit<'_>, Problem> {
    state.in_flight.try_acquire().map_err(|_| {
        state.metrics.refused(Refusal::Overload);
        Problem::overloaded("too many requests are being served").after(1)
    })
}
