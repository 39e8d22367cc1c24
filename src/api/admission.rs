//! Who gets in: under overload, requests are refused at once instead of making all wait.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::state::ApiState;
use crate::telemetry::Refusal;

/// Serves a request if fewer than the limit are being served.
pub(super) async fn admit(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let Ok(_permit) = state.in_flight.try_acquire() else {
        state.metrics.refused(Refusal::Overload);
        return Problem::overloaded("too many requests are being served")
            .after(1)
            .into_response();
    };
    next.run(request).await
}
