//! Connections: how many there may be, and what each may take.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};
use tokio_io_timeout::TimeoutStream;
use tower::Service;

/// Accepts connections while there are fewer than a limit; more are closed at once. Those are ended
/// on which no request begins, and those whose other end takes nothing of an answer.
#[derive(Debug, Clone)]
pub struct Bounded<A> {
    inner: A,
    free: Arc<Semaphore>,
    patience: Patience,
}

/// How long a connection may stand still.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until the head of a request is there.
    pub head: Duration,
    /// From the head of a request to its answer, and until the other end takes what is written.
    pub request: Duration,
}

impl<A> Bounded<A> {
    /// At most `most` at once, handed on to `inner`.
    pub fn new(inner: A, most: usize, patience: Patience) -> Self {
        Self {
            inner,
            free: Arc::new(Semaphore::new(most)),
            patience,
        }
    }
}

impl<A, S> Accept<TcpStream, S> for Bounded<A>
where
    A: Accept<TcpStream, S> + Clone + Send + 'static,
    A::Future: Send,
    A::Stream: AsyncRead + AsyncWrite + Send,
    A::Service: Send,
    S: Send + 'static,
{
    type Stream = Counted<A::Stream>;
    type Service = Noted<A::Service>;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let permit = Arc::clone(&self.free).try_acquire_owned();
        let inner = self.inner.clone();
        let patience = self.patience;
        Box::pin(async move {
            let permit = permit.map_err(io::Error::other)?;
            // Answers are small and whole: waiting to fill a packet only delays them.
            stream.set_nodelay(true)?;
            let (stream, service) = inner.accept(stream, service).await?;
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(patience.request));
            let has_begun = Arc::new(AtomicBool::new(false));
            let counted = Counted {
                stream: Box::pin(stream),
                silence: Silence {
                    timer: Box::pin(sleep(patience.head)),
                    // A request that began just before is answered by then.
                    next: patience.request + patience.head,
                    has_begun: Arc::clone(&has_begun),
                    is_writing: false,
                },
                _permit: permit,
            };
            Ok((
                counted,
                Noted {
                    inner: service,
                    has_begun,
                },
            ))
        })
    }
}

/// Takes the requests of one connection and notes that they begin.
#[derive(Debug, Clone)]
pub struct Noted<S> {
    inner: S,
    has_begun: Arc<AtomicBool>,
}

impl<R, S: Service<R>> Service<R> for Noted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.has_begun.store(true, Ordering::Relaxed);
        self.inner.call(request)
    }
}

/// How long nothing was asked on a connection, whichever HTTP it speaks, and before it is known
/// which: the limit that HTTP/1 has for heads begins only then, and HTTP/2 has none.
#[derive(Debug)]
struct Silence {
    timer: Pin<Box<Sleep>>,
    /// What the timer is set to each time that it has run out.
    next: Duration,
    /// Whether a request has begun since the timer was set.
    has_begun: Arc<AtomicBool>,
    /// Whether the other end is yet to take something, for which there is another limit.
    is_writing: bool,
}

impl Silence {
    fn is_too_long(&mut self, context: &mut Context<'_>) -> bool {
        while self.timer.as_mut().poll(context).is_ready() {
            if !self.has_begun.swap(false, Ordering::Relaxed) && !self.is_writing {
                return true;
            }
            self.timer.as_mut().reset(Instant::now() + self.next);
        }
        false
    }
}

/// A connection that counts as long as it lives.
#[derive(Debug)]
pub struct Counted<S> {
    stream: Pin<Box<TimeoutStream<S>>>,
    silence: Silence,
    _permit: OwnedSemaphorePermit,
}

impl<S> Counted<S> {
    fn noted<T>(&mut self, written: Poll<T>) -> Poll<T> {
        self.silence.is_writing = written.is_pending();
        written
    }
}

impl<S: AsyncRead + AsyncWrite> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = self.stream.as_mut().poll_read(context, buffer);
        if read.is_pending() && self.silence.is_too_long(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl<S: AsyncRead + AsyncWrite> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream.as_mut().poll_write(context, bytes);
        self.noted(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream.as_mut().poll_write_vectored(context, buffers);
        self.noted(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
