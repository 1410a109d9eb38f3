use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use rtest_core::sample::ErrorKind;
use rtest_core::{Clock, RunTime};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::answer::{AnswerReader, Came, MAX_KEPT_BODY, Unreadable, Wanted};
use super::encode::{Manner, encode};
use crate::client::{Answer, Failure};
use crate::step::Request;

/// How much is read at once.
const READ_SIZE: usize = 32 * 1024;

/// Memory that all connections of a worker use in turn, never across a wait.
#[derive(Debug)]
pub(super) struct Buffers {
    /// What was just read.
    read: RefCell<Box<[u8]>>,
    /// A request that is sent but once.
    written: RefCell<Vec<u8>>,
}

impl Default for Buffers {
    fn default() -> Self {
        Self {
            read: RefCell::new(vec![0; READ_SIZE].into_boxed_slice()),
            written: RefCell::default(),
        }
    }
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    buffers: Rc<Buffers>,
    /// How long the TCP handshake took: about one round trip.
    pub(super) opening: Duration,
    /// Whether an answer was read from it.
    pub(super) reused: bool,
    /// Whether another request may be sent on it.
    pub(super) is_free: bool,
}

/// How far a round trip has come; kept outside of what waits for it, so that it is known when the
/// wait is given up.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// When the head of the answer had arrived.
    pub(super) first_byte_at: Option<RunTime>,
    /// When the last byte had.
    pub(super) done_at: Option<RunTime>,
    /// When the last byte of the request was written, where that could not be done at once.
    pub(super) written_at: Option<RunTime>,
    /// Bytes written.
    pub(super) sent: u64,
    /// Bytes read.
    pub(super) received: u64,
}

/// An answer that broke off, or never began.
#[derive(Debug)]
pub(super) struct Broken {
    /// Why.
    pub(super) failure: Failure,
    /// No byte of the request was written.
    pub(super) unsent: bool,
}

impl Connection {
    /// Opens a connection.
    ///
    /// # Errors
    /// The system's.
    pub(super) async fn open(
        address: SocketAddr,
        clock: &dyn Clock,
        buffers: &Rc<Buffers>,
    ) -> io::Result<Self> {
        let from = clock.now();
        let stream = TcpStream::connect(address).await?;
        let opening = clock.now() - from;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffers: Rc::clone(buffers),
            opening,
            reused: false,
            is_free: true,
        })
    }

    /// Whether it has ended, or something came unasked, since the last answer. The system is only
    /// asked where it has announced something.
    pub(super) fn has_ended(&self) -> bool {
        let mut read = self.buffers.read.borrow_mut();
        match self.stream.try_read(&mut read) {
            Err(error) => error.kind() != io::ErrorKind::WouldBlock,
            Ok(_) => true,
        }
    }

    /// Begins a request: writes of it what can be written at once.
    ///
    /// # Errors
    /// Nothing could be written, nor ever will be.
    #[inline]
    pub(super) fn begin(
        &mut self,
        request: &Request,
        progress: &mut Progress,
    ) -> Result<RoundTrip<'_>, Broken> {
        self.is_free = false;
        let (unwritten, manner) = match request.encoded.get() {
            Some(message) => {
                let written = self.write(&message.head)?;
                progress.sent += written as u64;
                let mut head = Bytes::new();
                if written < message.head.len() {
                    head = message.head.slice(written..);
                }
                (head.chain(message.rest.clone()), message.manner)
            }
            None => {
                let mut bytes = self.buffers.written.borrow_mut();
                bytes.clear();
                let rest = encode(&request.http, &mut bytes);
                let written = self.write(&bytes)?;
                progress.sent += written as u64;
                let head = Bytes::copy_from_slice(&bytes[written..]);
                (head.chain(rest), Manner::of(&request.http))
            }
        };
        let wanted = Wanted {
            asked: manner.asked,
            headers: request.keep_headers,
            body: request.keep_body,
        };
        Ok(RoundTrip {
            connection: self,
            unwritten,
            closes: manner.closes,
            reader: AnswerReader::new(wanted),
        })
    }

    fn write(&self, bytes: &[u8]) -> Result<usize, Broken> {
        match self.stream.try_write(bytes) {
            Ok(written) => Ok(written),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            Err(error) => Err(Broken {
                unsent: true,
                ..Broken::off(&error)
            }),
        }
    }
}

/// A request that was begun, and its answer.
#[derive(Debug)]
pub(super) struct RoundTrip<'a> {
    connection: &'a mut Connection,
    unwritten: bytes::buf::Chain<Bytes, Bytes>,
    closes: bool,
    reader: AnswerReader,
}

impl RoundTrip<'_> {
    /// Writes what can be written, reads what can be read; ready when the answer is whole.
    ///
    /// Most answers come in one piece, long after the request was written: one read, which also
    /// says that there is no more.
    #[inline]
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        clock: &dyn Clock,
        progress: &mut Progress,
    ) -> Poll<Result<Answer, Broken>> {
        loop {
            if self.unwritten.has_remaining() {
                self.write_on(cx, progress)?;
                if !self.unwritten.has_remaining() {
                    progress.written_at = Some(clock.now());
                }
            }
            let came = ready!(self.read(cx, progress))?;
            if matches!(came, Came::Nothing { .. }) {
                continue;
            }
            let mut now = None;
            if progress.first_byte_at.is_none() {
                now = Some(clock.now());
                progress.first_byte_at = now;
            }
            if let Came::Whole { surplus } = came {
                // One look at the clock serves both where it all came at once.
                progress.done_at = now.or_else(|| Some(clock.now()));
                return Poll::Ready(self.finish(surplus));
            }
        }
    }

    #[inline]
    fn read(
        &mut self,
        cx: &mut Context<'_>,
        progress: &mut Progress,
    ) -> Poll<Result<Came, Broken>> {
        let Connection {
            stream, buffers, ..
        } = &mut *self.connection;
        let mut buffer = buffers.read.borrow_mut();
        let mut read = ReadBuf::new(&mut buffer);
        ready!(Pin::new(stream).poll_read(cx, &mut read)).map_err(|error| Broken::off(&error))?;
        let read = read.filled();
        progress.received += read.len() as u64;
        Poll::Ready(if !read.is_empty() {
            self.reader.take(read).map_err(Broken::unreadable)
        } else if self.reader.ends_with_connection() {
            Ok(Came::Whole { surplus: false })
        } else {
            Err(Broken::ended())
        })
    }

    fn finish(&mut self, surplus: bool) -> Result<Answer, Broken> {
        self.connection.reused = true;
        self.connection.is_free = self.reader.keeps_alive()
            && !self.closes
            && !surplus
            && !self.unwritten.has_remaining();
        self.reader.finish().ok_or_else(Broken::ended)
    }

    /// Does not wait for anything, but is woken when there is room again.
    fn write_on(&mut self, cx: &mut Context<'_>, progress: &mut Progress) -> Result<(), Broken> {
        while self.unwritten.has_remaining() {
            let stream = Pin::new(&mut self.connection.stream);
            match stream.poll_write(cx, self.unwritten.chunk()) {
                Poll::Ready(Ok(written)) => {
                    progress.sent += written as u64;
                    self.unwritten.advance(written);
                }
                Poll::Ready(Err(error)) if progress.sent == 0 => {
                    return Err(Broken {
                        unsent: true,
                        ..Broken::off(&error)
                    });
                }
                Poll::Ready(Err(_)) => {
                    // A service may refuse a body before it was sent: its answer, if there is
                    // one, can still be read, and if there is none, that is what is found.
                    self.closes = true;
                    self.unwritten = Bytes::new().chain(Bytes::new());
                }
                Poll::Pending => break,
            }
        }
        Ok(())
    }
}

impl Broken {
    fn off(error: &io::Error) -> Self {
        Self::because(ErrorKind::Closed, format!("the connection broke: {error}"))
    }

    fn ended() -> Self {
        let message = "the connection ended before the answer was whole";
        Self::because(ErrorKind::Closed, message.to_owned())
    }

    fn unreadable(why: Unreadable) -> Self {
        match why {
            Unreadable::Malformed(malformed) => {
                Self::because(ErrorKind::Protocol, malformed.0.to_owned())
            }
            Unreadable::TooLarge => Self::because(
                ErrorKind::BodyTooLarge,
                format!(
                    "the body is larger than the {MAX_KEPT_BODY} bytes that are kept for checks"
                ),
            ),
        }
    }

    fn because(kind: ErrorKind, message: String) -> Self {
        Self {
            failure: Failure { kind, message },
            unsent: false,
        }
    }
}
