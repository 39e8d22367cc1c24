//! Bodies of requests, read whole.

use axum::body::{Body, Bytes, HttpBody as _};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::problem::Problem;

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoBody {
    /// It is longer than it may be.
    TooLarge,
    /// It ends early, or is not packed as its header says.
    Torn,
}

impl NoBody {
    /// What a caller of the native API is told where a body may have so many bytes.
    pub(super) fn problem(self, limit: usize) -> Problem {
        match self {
            Self::TooLarge => Problem::too_large(format!(
                "expected a body of at most {limit} bytes, unpacked"
            )),
            Self::Torn => {
                Problem::malformed("expected a whole body in the encoding that its header names")
            }
        }
    }
}

/// Reads a body of at most `limit` bytes. One that says at its head that it is longer is not waited
/// for.
pub(super) async fn read(body: Body, limit: usize) -> Result<Bytes, NoBody> {
    if body.size_hint().lower() > limit as u64 {
        return Err(NoBody::TooLarge);
    }
    match Limited::new(body, limit).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) => Err(why(&*error)),
    }
}

fn why(error: &(dyn std::error::Error + 'static)) -> NoBody {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return NoBody::TooLarge;
        }
        cause = error.source();
    }
    NoBody::Torn
}
