//! What went wrong, as RFC 9457 has it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::moderation::{Error, Invalid};
use crate::storage::StoreError;

/// Media type of problems.
pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// A field that is not as expected.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FieldProblem {
    /// Where it stands, such as `comment.author_url`.
    field: String,
    /// What was expected.
    expected: String,
    /// What was found.
    found: String,
}

/// That too many writes are waiting, for whoever counts; travels beside the answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct WritesWaiting;

/// What went wrong. In a box, for it is the rarer outcome of nearly every function here.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(transparent)]
pub(super) struct Problem(Box<Details>);

/// What went wrong (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ProblemDetails)]
pub(super) struct Details {
    /// `urn:ontopic:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// What kind of trouble it is.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// A stable name for programs.
    code: &'static str,
    /// What was expected, what was found and where.
    detail: String,
    /// The fields that are not as expected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    #[serde(skip)]
    retry_after: Option<u64>,
    #[serde(skip)]
    writes_waiting: Option<WritesWaiting>,
}

/// Kinds of trouble: status, code, title.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $code:literal, $title:literal;)*) => {
        impl Problem {
            $($(#[$doc])* pub(super) fn $name(detail: impl Into<String>) -> Self {
                Self::of(StatusCode::$status, $code, $title, detail.into())
            })*

            /// Every code with its status and title.
            pub(super) const KINDS: &'static [(StatusCode, &'static str, &'static str)] =
                &[$((StatusCode::$status, $code, $title)),*];
        }
    };
}

kinds! {
    /// The bytes are no JSON.
    malformed = BAD_REQUEST, "malformed", "the request cannot be read";
    /// No key, or one that opens nothing.
    unauthorized = UNAUTHORIZED, "unauthorized", "expected a key";
    /// The key does not open this.
    forbidden = FORBIDDEN, "forbidden", "this key may not do that";
    /// Nothing is there.
    not_found = NOT_FOUND, "not-found", "there is no such thing";
    /// Another method.
    method = METHOD_NOT_ALLOWED, "method-not-allowed", "this method does nothing here";
    /// The body took too long to arrive, or the work took too long, which then goes on to its end:
    /// whoever asks again should send the same `idempotency-key`.
    timeout = REQUEST_TIMEOUT, "timeout", "the request took too long";
    /// Something else is there.
    conflict = CONFLICT, "conflict", "something else is there already";
    /// It was there.
    gone = GONE, "gone", "it is not there any longer";
    /// Too many bytes.
    too_large = PAYLOAD_TOO_LARGE, "too-large", "the request is too large";
    /// Another media type.
    media_type = UNSUPPORTED_MEDIA_TYPE, "media-type", "expected another media type";
    /// Fields are not as expected.
    invalid = UNPROCESSABLE_ENTITY, "invalid", "the request is not as expected";
    /// Too many requests under this key.
    too_many = TOO_MANY_REQUESTS, "too-many-requests", "too many requests";
    /// Our fault.
    internal = INTERNAL_SERVER_ERROR, "internal", "this is our fault";
    /// More than can be done now.
    overloaded = SERVICE_UNAVAILABLE, "overloaded", "more is asked than can be done now";
    /// Storage cannot be written.
    storage = SERVICE_UNAVAILABLE, "storage-unavailable", "storage is not available";
    /// The disk is full.
    storage_full = INSUFFICIENT_STORAGE, "storage-full", "the disk is full";
}

impl Problem {
    fn of(status: StatusCode, code: &'static str, title: &'static str, detail: String) -> Self {
        Self(Box::new(Details {
            kind: format!("urn:ontopic:problem:{code}"),
            title,
            status: status.as_u16(),
            code,
            detail,
            errors: Vec::new(),
            retry_after: None,
            writes_waiting: None,
        }))
    }

    /// Says when to try again, in seconds.
    pub(super) fn after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// When to try again, in seconds.
    pub(super) fn retry_after(&self) -> Option<u64> {
        self.0.retry_after
    }

    /// What was expected, what was found and where.
    pub(super) fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Names the fields that are not as expected.
    pub(super) fn with(errors: Vec<Invalid>) -> Self {
        let detail = errors.first().map_or_else(String::new, |first| {
            format!(
                "expected {} in `{}`, found {}",
                first.expected, first.field, first.found
            )
        });
        let errors = errors.into_iter().map(|error| FieldProblem {
            field: error.field,
            expected: error.expected,
            found: error.found,
        });
        let mut problem = Self::invalid(detail);
        problem.0.errors = errors.collect();
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        if let Some(writes_waiting) = self.0.writes_waiting {
            response.extensions_mut().insert(writes_waiting);
        }
        let headers = response.headers_mut();
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(what) => Self::not_found(format!("found no such {what} in this site")),
            Error::NoVerdict(_) => Self::from(Error::NotFound("verdict")),
            Error::Gone(_) => Self::gone(error.to_string()),
            Error::Conflict(detail) => Self::conflict(detail),
            Error::Store(StoreError::Busy) => {
                let mut problem = Self::overloaded("too many writes are waiting").after(1);
                problem.0.writes_waiting = Some(WritesWaiting);
                problem
            }
            Error::Store(error) => {
                // What exactly is wrong with the file is for the log and not for callers.
                tracing::error!(%error, "storage");
                match error {
                    StoreError::Full(_) => {
                        Self::storage_full("nothing was stored: the disk of the service is full")
                            .after(60)
                    }
                    _ => Self::storage("nothing was stored").after(10),
                }
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::from(Error::from(error))
    }
}
