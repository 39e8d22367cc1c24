//! JSON in and out, with errors that say where.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::body::read;
use super::problem::Problem;
use super::state::ApiState;
use crate::json::{self, whole_characters};

/// Bytes from which on a body is read on a thread of its own, as a long one takes so many milliseconds
/// that others would wait.
const LONG: usize = 64 << 10;

/// A JSON body, read. The bytes are kept for the digest of the request.
#[derive(Debug)]
pub(super) struct Body<T> {
    pub(super) value: T,
    pub(super) bytes: Bytes,
}

impl<T: DeserializeOwned + Send + 'static> FromRequest<ApiState> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Problem> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        if !is_json {
            return Err(Problem::media_type(
                "expected `content-type: application/json`",
            ));
        }
        // Counts what comes out of unpacking.
        let options = &state.options;
        let limit = options.limit_of(request.method(), request.uri().path());
        let bytes = read(request.into_body(), limit).await;
        let bytes = bytes.map_err(|why| why.problem(limit))?;
        let value = if bytes.len() < LONG {
            parse(&bytes)?
        } else {
            let bytes = bytes.clone();
            let read = tokio::task::spawn_blocking(move || parse(&bytes)).await;
            // It is never aborted, so it panicked.
            read.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?
        };
        Ok(Self { value, bytes })
    }
}

/// Reads a JSON object; the problem says where it is not as expected.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    json::read(&whole_characters(bytes)).map_err(|error| {
        if error.is_json() {
            Problem::invalid(error.to_string())
        } else {
            Problem::malformed(format!("the body is no JSON: {error}"))
        }
    })
}

/// Parameters of the query, read.
#[derive(Debug)]
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<ApiState> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        axum::extract::Query::<T>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|rejection| {
                // It has the key, a colon, and what is wrong with its value.
                let cause = std::error::Error::source(&rejection).map(ToString::to_string);
                let cause = cause.unwrap_or_else(|| rejection.body_text());
                Problem::invalid(match cause.split_once(": ") {
                    Some((key, what)) => format!("in `{key}`: {what}"),
                    None => cause,
                })
            })
    }
}

/// Parts of the path, read.
#[derive(Debug)]
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<ApiState> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|rejection| Problem::not_found(rejection.body_text()))
    }
}

/// An answer in JSON.
pub(super) fn answer(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => bytes_answer(status, bytes),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            Problem::internal("the answer could not be written").into_response()
        }
    }
}

/// An answer in JSON that is written already.
pub(super) fn bytes_answer(status: StatusCode, bytes: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], bytes).into_response()
}
