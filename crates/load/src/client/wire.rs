use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use rtest_core::{Clock, RunTime};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use super::Failure;

/// From this size on, what is written at once takes long enough to look at the clock after it:
/// the most that one TLS record holds.
const LARGE: usize = 16 * 1024;

/// The most that is read without the head of an answer: interim answers (1xx) may be any number,
/// and each is parsed. More than is ever read at once, as a body's begin may come with the head.
const MOST_BEFORE_HEAD: usize = 512 * 1024;

/// What is read in one go before whoever waits is looked at again. A peer that never stops sending
/// would otherwise hold up its own timeout, and all other users of the thread, for as long as it
/// takes to parse a hundred times what is read at once.
const IN_ONE_GO: usize = 512 * 1024;

/// A connection to another process that counts what crosses it, so that bytes are what was on the
/// wire: heads, chunk framing, TLS, and the part of an answer that came before it broke off.
#[derive(Debug)]
pub(crate) struct Wire {
    transport: Transport,
    traffic: Rc<Traffic>,
    clock: Arc<dyn Clock>,
    /// What was read since it last had nothing.
    in_one_go: usize,
}

/// What carries the bytes.
#[derive(Debug)]
pub(crate) enum Transport {
    /// TCP.
    Tcp(TcpStream),
    /// A Unix socket.
    Unix(UnixStream),
}

/// What has crossed a connection since it was last asked.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    sent: Cell<u64>,
    received: Cell<u64>,
    /// Whether a byte of an answer has come: within TLS, where there is TLS.
    answered: Cell<bool>,
    /// How much may still come before the head of an answer is whole, where one is expected.
    before_head: Cell<Option<usize>>,
    /// The system did not take all that it was last given.
    congested: Cell<bool>,
    /// When it took the last of what could not be written at once.
    sent_at: Cell<Option<RunTime>>,
    /// What TLS found wrong. Who speaks over it may be told only that the connection broke.
    tls_failure: RefCell<Option<Failure>>,
}

impl Traffic {
    /// A request is about to be sent: forgets how the last one went.
    pub(crate) fn begin(&self) {
        self.answered.set(false);
        self.congested.set(false);
        self.sent_at.set(None);
    }

    /// Bytes written and read since the last call.
    pub(crate) fn take(&self) -> (u64, u64) {
        (self.sent.take(), self.received.take())
    }

    /// Whether a byte of an answer has come since [`Self::begin`].
    pub(crate) fn answered(&self) -> bool {
        self.answered.get()
    }

    /// Bytes of an answer have come.
    ///
    /// # Errors
    /// They go on and on, and no head is among them.
    pub(crate) fn note_answer(&self, bytes: usize) -> io::Result<()> {
        self.answered.set(true);
        if let Some(left) = self.before_head.get() {
            let left = left.checked_sub(bytes).ok_or_else(|| {
                let message = format!("{MOST_BEFORE_HEAD} bytes came, and the head of no answer");
                io::Error::new(io::ErrorKind::InvalidData, message)
            })?;
            self.before_head.set(Some(left));
        }
        Ok(())
    }

    /// Nothing but the head of an answer, and interim ones before it, is to come next.
    pub(crate) fn expect_head(&self) {
        self.before_head.set(Some(MOST_BEFORE_HEAD));
    }

    /// The head has come.
    pub(crate) fn head_has_come(&self) {
        self.before_head.set(None);
    }

    /// TLS found something wrong; the first is the cause of all others.
    pub(crate) fn note_tls_failure(&self, failure: Failure) {
        self.tls_failure.borrow_mut().get_or_insert(failure);
    }

    /// What TLS found wrong, if that is why the connection broke.
    pub(crate) fn tls_failure(&self) -> Option<Failure> {
        self.tls_failure.borrow().clone()
    }

    /// Whether bytes wait for room in the system's buffer.
    pub(crate) fn congested(&self) -> bool {
        self.congested.get()
    }

    /// When the last bytes were handed over, where that took any time since [`Self::begin`].
    pub(crate) fn sent_at(&self) -> Option<RunTime> {
        self.sent_at.get()
    }
}

impl Wire {
    /// Counts from zero.
    pub(crate) fn new(transport: Transport, clock: &Arc<dyn Clock>) -> Self {
        Self {
            transport,
            traffic: Rc::default(),
            clock: Arc::clone(clock),
            in_one_go: 0,
        }
    }

    /// What crosses it.
    pub(crate) fn traffic(&self) -> Rc<Traffic> {
        Rc::clone(&self.traffic)
    }

    /// Takes note of a write. Small requests are taken at once, and cost no look at the clock.
    fn note(&self, offered: usize, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let traffic = &self.traffic;
        let taken = match written {
            Poll::Ready(Ok(taken)) => taken,
            Poll::Ready(Err(_)) => return written,
            Poll::Pending => {
                traffic.congested.set(true);
                return written;
            }
        };
        traffic.sent.set(traffic.sent.get() + taken as u64);
        if taken >= LARGE || taken < offered || traffic.congested.get() {
            traffic.congested.set(taken < offered);
            traffic.sent_at.set(Some(self.clock.now()));
        }
        written
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.in_one_go >= IN_ONE_GO {
            self.in_one_go = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buf.filled().len();
        let read = match &mut self.transport {
            Transport::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            Transport::Unix(stream) => Pin::new(stream).poll_read(cx, buf),
        };
        let fresh = buf.filled().len() - before;
        if read.is_pending() {
            self.in_one_go = 0;
        } else {
            self.in_one_go += fresh;
        }
        let received = &self.traffic.received;
        received.set(received.get() + fresh as u64);
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = match &mut self.transport {
            Transport::Tcp(stream) => Pin::new(stream).poll_write(cx, buf),
            Transport::Unix(stream) => Pin::new(stream).poll_write(cx, buf),
        };
        self.note(buf.len(), written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = match &mut self.transport {
            Transport::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Transport::Unix(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        };
        self.note(bufs.iter().map(|buf| buf.len()).sum(), written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Sockets hold nothing back.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Transport::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
