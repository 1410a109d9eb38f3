use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::client::TlsStream;

use super::tls;
use super::wire::{Traffic, Wire};

/// What HTTP is spoken over.
#[derive(Debug)]
pub(crate) struct Stream {
    layer: Layer,
    traffic: Rc<Traffic>,
}

#[derive(Debug)]
enum Layer {
    Plain(Wire),
    Tls(Box<TlsStream<Wire>>),
}

impl Stream {
    /// Without TLS.
    pub(crate) fn plain(wire: Wire) -> Self {
        Self {
            traffic: wire.traffic(),
            layer: Layer::Plain(wire),
        }
    }

    /// After the handshake.
    pub(crate) fn tls(stream: TlsStream<Wire>) -> Self {
        Self {
            traffic: stream.get_ref().0.traffic(),
            layer: Layer::Tls(Box::new(stream)),
        }
    }

    /// What crosses it.
    pub(crate) fn traffic(&self) -> &Rc<Traffic> {
        &self.traffic
    }

    /// Whether ALPN agreed on HTTP/2.
    pub(crate) fn agreed_on_h2(&self) -> bool {
        match &self.layer {
            Layer::Plain(_) => false,
            Layer::Tls(stream) => stream.get_ref().1.alpn_protocol() == Some(b"h2"),
        }
    }
}

/// TLS found something wrong, if that is why reading failed.
fn note(traffic: &Traffic, read: &Poll<io::Result<()>>) {
    if let Poll::Ready(Err(error)) = read
        && let Some(failure) = tls::failure_of(error)
    {
        traffic.note_tls_failure(failure);
    }
}

impl Layer {
    /// A server that does not like us says so before it closes the connection. Where writing
    /// fails first, its last words are read before that is told.
    fn after_last_words<T>(
        &mut self,
        traffic: &Traffic,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if let (Self::Tls(stream), Poll::Ready(Err(_))) = (self, &written) {
            let mut rest = [0; 512];
            let read = Pin::new(stream).poll_read(cx, &mut ReadBuf::new(&mut rest));
            note(traffic, &read);
            // A connection that cannot be written to can be read to its end at any moment.
            ready!(read).ok();
        }
        written
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { layer, traffic } = &mut *self;
        let before = buf.filled().len();
        let read = match layer {
            Layer::Plain(wire) => Pin::new(wire).poll_read(cx, buf),
            Layer::Tls(stream) => {
                let read = Pin::new(stream).poll_read(cx, buf);
                note(traffic, &read);
                read
            }
        };
        let came = buf.filled().len() - before;
        if came > 0 {
            traffic.note_answer(came)?;
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Self { layer, traffic } = &mut *self;
        let written = match layer {
            Layer::Plain(wire) => Pin::new(wire).poll_write(cx, buf),
            Layer::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        };
        layer.after_last_words(traffic, cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let Self { layer, traffic } = &mut *self;
        let written = match layer {
            Layer::Plain(wire) => Pin::new(wire).poll_write_vectored(cx, bufs),
            Layer::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        };
        layer.after_last_words(traffic, cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { layer, traffic } = &mut *self;
        let flushed = match layer {
            Layer::Plain(wire) => Pin::new(wire).poll_flush(cx),
            Layer::Tls(stream) => Pin::new(stream).poll_flush(cx),
        };
        layer.after_last_words(traffic, cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.layer {
            Layer::Plain(wire) => Pin::new(wire).poll_shutdown(cx),
            Layer::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
