//! Whether the service lives, and whether it can store.

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::Mutex;

use super::json::answer;
use super::problem::Problem;
use super::state::ApiState;
use crate::storage::StoreError;

/// How long the outcome of a write says what the next one would do: whoever asks needs no key, and
/// each write is synced to the disk.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// What came of the latest write that was made to see whether writes work.
#[derive(Debug, Default)]
pub(super) struct Readiness(Mutex<Option<(Instant, Result<(), StoreError>)>>);

impl Readiness {
    /// Whether writes work. Those who ask at once wait for the same write.
    async fn of<F: Future<Output = Result<(), StoreError>>>(
        &self,
        now: Instant,
        write: impl FnOnce() -> F,
    ) -> Result<(), StoreError> {
        let mut latest = self.0.lock().await;
        if let Some((at, outcome)) = &*latest
            && now.saturating_duration_since(*at) < GOOD_FOR
        {
            return outcome.clone();
        }
        let outcome = write().await;
        *latest = Some((now, outcome.clone()));
        outcome
    }
}

#[derive(Debug, Serialize)]
struct Ready {
    status: &'static str,
    model: String,
}

/// The process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The model is loaded and a write has worked within the last second.
pub(super) async fn readyz(State(state): State<ApiState>) -> Response {
    let store = &state.moderator.store;
    match state.readiness.of(Instant::now(), || store.probe()).await {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_write_a_second_is_made_however_many_ask() {
        let readiness = Readiness::default();
        let begun = Instant::now();
        let after = async |milliseconds, outcome: Result<(), StoreError>| {
            let now = begun + Duration::from_millis(milliseconds);
            readiness.of(now, || async { outcome }).await
        };
        assert_eq!(after(0, Ok(())).await, Ok(()));
        assert_eq!(after(999, Err(StoreError::Busy)).await, Ok(()));
        assert_eq!(
            after(1_000, Err(StoreError::Busy)).await,
            Err(StoreError::Busy)
        );
        assert_eq!(after(1_500, Ok(())).await, Err(StoreError::Busy));
        assert_eq!(after(2_000, Ok(())).await, Ok(()));
    }
}
