//! Connections: how many there may be, and what each may take.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;

/// Accepts connections while there are fewer than a limit; more are closed at once, and so are those
/// whose other end takes nothing of an answer for some time.
#[derive(Debug, Clone)]
pub struct Bounded<A> {
    inner: A,
    free: Arc<Semaphore>,
    patience: Duration,
}

impl<A> Bounded<A> {
    /// At most `most` at once, handed on to `inner`. A write that stands still for as long as
    /// `patience` ends the connection.
    pub fn new(inner: A, most: usize, patience: Duration) -> Self {
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
    type Service = A::Service;
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
            stream.set_write_timeout(Some(patience));
            let counted = Counted {
                stream: Box::pin(stream),
                _permit: permit,
            };
            Ok((counted, service))
        })
    }
}

/// A connection that counts as long as it lives.
#[derive(Debug)]
pub struct Counted<S> {
    stream: Pin<Box<TimeoutStream<S>>>,
    _permit: OwnedSemaphorePermit,
}

impl<S: AsyncRead + AsyncWrite> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write(context, bytes)
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
        self.stream.as_mut().poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
