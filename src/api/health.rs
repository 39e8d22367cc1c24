//! Whether the service lives, and whether it can store.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::json::answer;
use super::problem::Problem;
use super::state::ApiState;

#[derive(Debug, Serialize)]
struct Ready {
    status: &'static str,
    model: String,
}

/// The process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The model is loaded and a write has just worked.
pub(super) async fn readyz(State(state): State<ApiState>) -> Response {
    match state.moderator.store.probe().await {
        Ok(()) => {
            let ready = Ready {
                status: "ready",
                model: state.moderator.models.active().id.clone(),
            };
            answer(StatusCode::OK, &ready)
        }
        Err(error) => Problem::from(error).into_response(),
    }
}
