//! What the service counts.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq as _;

use super::problem::Problem;
use super::state::ApiState;

/// Everything that is counted, for Prometheus.
pub(super) async fn metrics(State(state): State<ApiState>, headers: HeaderMap) -> Response {
    if let Some(token) = &state.options.metrics_token {
        let given = headers.get(header::AUTHORIZATION);
        let expected = format!("Bearer {token}");
        let fits = given.is_some_and(|given| given.as_bytes().ct_eq(expected.as_bytes()).into());
        if !fits {
            return Problem::unauthorized("expected the token of the metrics").into_response();
        }
    }
    state.count_failures();
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], state.metrics.render()).into_response()
}
