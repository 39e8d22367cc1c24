//! Who gets in: under overload, requests are refused at once instead of making all wait. What got in
//! is worked on to its end.

use std::sync::Arc;

use axum::http::Method;
use tokio::sync::OwnedSemaphorePermit;

use super::problem::Problem;
use super::state::ApiState;
use crate::telemetry::Refusal;

/// Room for a request, if it is left by those that are being worked on.
pub(super) fn admit(
    state: &ApiState,
    method: &Method,
    path: &str,
) -> Result<OwnedSemaphorePermit, Problem> {
    let places = state.options.places_of(method, path);
    Arc::clone(&state.in_flight)
        .try_acquire_many_owned(places)
        .map_err(|_| overloaded(state))
}

/// Says that there is no room.
pub(super) fn overloaded(state: &ApiState) -> Problem {
    state.metrics.refused(Refusal::Overload);
    Problem::overloaded("too many requests are being worked on").after(1)
}

/// Works on a request to its end, whether or not somebody still waits for the answer: what is
/// committed would otherwise be missing in memory if the caller left at that moment, or took too
/// long. The room is held until then.
pub(super) async fn to_the_end<T: Send + 'static>(
    room: OwnedSemaphorePermit,
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    let task = tokio::spawn(async move {
        let answer = work.await;
        drop(room);
        answer
    });
    match task.await {
        Ok(answer) => answer,
        // It is never aborted, so it panicked.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
