//! Bodies of requests, read whole.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::Version;
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::problem::Problem;

/// Most bytes of a body that are read and thrown away once its request is answered.
const REST: usize = 64 << 20;

/// How long they may take.
const REST_FOR: Duration = Duration::from_secs(10);

/// How long nothing may come of them: one who waits for the answer sends no more.
const STANDSTILL: Duration = Duration::from_secs(1);

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

/// Lets the client of a request that is answered before its body has come write on for a while. Most
/// write the whole request before they read, and would never see the answer on a closed connection.
pub(super) fn with_rest(request: Request) -> Request {
    // HTTP/2 ends a request without its connection.
    if request.version() > Version::HTTP_11 || request.body().is_end_stream() {
        return request;
    }
    request.map(|body| Body::new(Unread(Some(body))))
}

/// A body whose rest is read where nobody wants it; nothing once it has ended.
struct Unread(Option<Body>);

impl HttpBody for Unread {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.0 else {
            return Poll::Ready(None);
        };
        let frame = Pin::new(body).poll_frame(context);
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) {
            self.0 = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let body = self.0.as_ref();
        body.map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let body = self.0.take().filter(|body| !body.is_end_stream());
        if let (Some(body), Ok(runtime)) = (body, Handle::try_current()) {
            let rest = async {
                let mut rest = Limited::new(body, REST);
                while let Ok(Some(Ok(_))) = timeout(STANDSTILL, rest.frame()).await {}
            };
            runtime.spawn(timeout(REST_FOR, rest));
        }
    }
}
