//! The connection itself: only to this machine, and only so many bytes of it.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::error::StoreError;

/// Whether a host is this machine.
pub(crate) fn is_here(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Refuses what nothing would be encrypted to.
pub(crate) fn refuse_elsewhere(host: &str) -> Result<(), StoreError> {
    if is_here(host) {
        return Ok(());
    }
    Err(StoreError::Address(format!(
        "`{host}` is not this machine, and nothing would be encrypted on the way to it"
    )))
}

/// Connects to `host:port`.
pub(crate) async fn connect(host: &str, port: u16, bytes: u64) -> Result<Bounded, StoreError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((bare, port)).await.map_err(|error| {
        StoreError::Connection(format!("no connection to {host}:{port}: {error}"))
    })?;
    // Requests are small, and each waits for its answer.
    let _ = stream.set_nodelay(true);
    Ok(Bounded::new(Box::new(stream), bytes))
}

/// A stream in both directions.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Duplex for T {}

/// A stream that breaks off where the peer sends more than it may.
pub(crate) struct Bounded {
    inner: Box<dyn Duplex>,
    left: u64,
    limit: u64,
}

/// What the error of a stream that broke off carries.
#[derive(Debug, thiserror::Error)]
#[error("{}", too_much(*.0))]
pub(crate) struct TooMuch(pub(crate) u64);

impl Bounded {
    pub(crate) fn new(inner: Box<dyn Duplex>, limit: u64) -> Self {
        Self {
            inner,
            left: limit,
            limit,
        }
    }
}

/// How an error names a limit that was passed.
pub(crate) fn too_much(limit: u64) -> String {
    format!("the peer sent more than {limit} bytes")
}

/// The limit, where an error says at its root that it was passed.
pub(crate) fn passed_limit(error: &(dyn std::error::Error + 'static)) -> Option<u64> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let within = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if let Some(too_much) = within.and_then(|inner| inner.downcast_ref::<TooMuch>()) {
            return Some(too_much.0);
        }
        cause = error.source();
    }
    None
}

impl AsyncRead for Bounded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        let read = (buf.filled().len() - before) as u64;
        let Some(left) = self.left.checked_sub(read) else {
            return Poll::Ready(Err(io::Error::other(TooMuch(self.limit))));
        };
        self.left = left;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Bounded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn only_this_machine_is_here() {
        for host in ["127.0.0.1", "localhost", "::1", "[::1]", "127.9.9.9"] {
            assert!(is_here(host), "{host}");
        }
        for host in ["db.example", "10.0.0.1", "0.0.0.0", "localhost.example", ""] {
            assert!(!is_here(host), "{host}");
        }
    }

    #[tokio::test]
    async fn a_stream_gives_as_many_bytes_as_it_may_and_then_an_error() {
        let (mut peer, here) = tokio::io::duplex(64);
        let mut bounded = Bounded::new(Box::new(here), 4);
        peer.write_all(b"1234").await.expect("room");
        let mut four = [0; 4];
        bounded
            .read_exact(&mut four)
            .await
            .expect("four are allowed");
        peer.write_all(b"5").await.expect("room");
        let error = bounded.read(&mut four).await.expect_err("a fifth is not");
        assert_eq!(passed_limit(&error), Some(4));
        assert_eq!(passed_limit(&io::Error::other("else")), None);
    }
}
