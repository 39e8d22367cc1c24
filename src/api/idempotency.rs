//! Requests that may come twice: the second one gets the answer of the first.

use axum::extract::FromRequestParts;
use axum::http::{StatusCode, request::Parts};
use axum::response::Response;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;

use super::json::bytes_answer;
use super::problem::Problem;
use super::state::ApiState;
use crate::moderation::{Error, SiteEntry};
use crate::storage::{KeyRole, Milliseconds, SiteId, StoredAnswer};

/// The header that names a request.
pub(super) const HEADER: &str = "idempotency-key";

/// Longest key.
const MOST: usize = 200;

/// Describes the header.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes IdempotencyKey")]
pub(super) struct IdempotencyHeader {
    /// A name of the caller's own for this request, such as a UUID. The same request that comes again
    /// under it is given the first answer, for as long as the setting `storage.answers_hours` says, and
    /// nothing is stored twice; another request of the site under it is refused with 409. Refusals and
    /// dry runs are not kept.
    #[param(
        rename = "idempotency-key",
        min_length = 1,
        max_length = 200,
        pattern = "^[!-~]+$"
    )]
    idempotency_key: Option<String>,
}

/// The caller's name for a request, if it gave one.
#[derive(Debug, Clone)]
pub(super) struct IdempotencyKey(Option<String>);

impl FromRequestParts<ApiState> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(HEADER) else {
            return Ok(Self(None));
        };
        let is_plain = value.as_bytes().iter().all(u8::is_ascii_graphic);
        match value.to_str() {
            Ok(key) if is_plain && (1..=MOST).contains(&key.len()) => {
                Ok(Self(Some(key.to_owned())))
            }
            _ => Err(Problem::malformed(format!(
                "expected 1 to {MOST} visible ASCII characters in `{HEADER}`"
            ))),
        }
    }
}

/// A request that can be told from others.
#[derive(Debug, Clone)]
pub(super) struct Request {
    site: SiteId,
    key: String,
    digest: [u8; 32],
}

impl IdempotencyKey {
    /// The answer that this request was given before; otherwise what it takes to keep the answer.
    /// Part of the request is the caller's role, for what is answered depends on it.
    ///
    /// # Errors
    /// Another request came under the same key.
    pub(super) async fn before(
        self,
        state: &ApiState,
        site: &SiteEntry,
        role: KeyRole,
        path: &str,
        body: &[u8],
    ) -> Result<Result<Response, Option<Request>>, Problem> {
        let Some(key) = self.0 else {
            return Ok(Err(None));
        };
        let mut digest = Sha256::new();
        for part in [path, role.name()] {
            digest.update(part.as_bytes());
            digest.update(b"\0");
        }
        digest.update(body);
        let request = Request {
            site: site.site.id,
            key,
            digest: digest.finalize().into(),
        };
        let read = state.moderator.store.answer(request.site, &request.key);
        match site.found(read.await)? {
            None => Ok(Err(Some(request))),
            Some(stored) => request.again(stored).map(Ok),
        }
    }
}

/// Answer for a failed request: if a concurrent duplicate won, return its stored answer.
pub(super) async fn first_answer(
    state: &ApiState,
    request: Option<Request>,
    error: Error,
) -> Result<Response, Problem> {
    if let (Some(request), Error::Conflict(_)) = (&request, &error) {
        let store = &state.moderator.store;
        if let Some(stored) = store.answer(request.site, &request.key).await? {
            return request.again(stored);
        }
    }
    Err(error.into())
}

impl Request {
    fn again(&self, stored: StoredAnswer) -> Result<Response, Problem> {
        if stored.request != self.digest {
            return Err(Problem::conflict(format!(
                "expected the same request of the same role under the same `{HEADER}`, found another one"
            )));
        }
        let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
        Ok(bytes_answer(status, stored.body))
    }

    /// What is stored beside what the request does.
    pub(super) fn keep(
        self,
        status: StatusCode,
        answer: &impl Serialize,
        at: Milliseconds,
    ) -> Option<StoredAnswer> {
        Some(StoredAnswer {
            site: self.site,
            key: self.key,
            request: self.digest,
            status: status.as_u16(),
            body: serde_json::to_vec(answer).ok()?,
            at,
        })
    }
}
