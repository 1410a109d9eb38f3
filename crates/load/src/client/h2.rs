use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use h2::{Reason, RecvStream, SendStream};
use hyper::http::response::Parts;
use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;

use super::Failure;
use super::body::Body;
use super::connection::Broken;
use super::stream::Stream;

/// The most of a head, decoded.
const MAX_HEAD: u32 = 64 * 1024;

/// How much of one answer may be under way. Large enough for a gigabit over 16 ms; what comes is
/// taken at once, so it costs no memory.
const STREAM_WINDOW: u32 = 2 * 1024 * 1024;

/// How much of all answers on a connection may be under way.
const CONNECTION_WINDOW: u32 = 4 * 1024 * 1024;

/// An open HTTP/2 connection. Clones share it; it is closed with the last of them.
///
/// A task of its own reads and writes, also between requests: a server may ask at any time whether
/// anybody is there, and several requests may wait for answers at once. That is why this is h2's
/// client and not hyper's, which has a second task for each request.
#[derive(Clone, Debug)]
pub(crate) struct H2 {
    requests: SendRequest<Bytes>,
    driver: Rc<AbortOnDropHandle<()>>,
}

impl H2 {
    /// Speaks HTTP/2 over a stream. To be called inside a local runtime.
    pub(crate) async fn over(stream: Stream) -> Result<Self, Failure> {
        let (requests, connection) = Builder::new()
            .enable_push(false)
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(MAX_HEAD)
            .handshake(stream)
            .await
            .map_err(|error| Failure::of_h2(&error))?;
        let driver: JoinHandle<()> = tokio::task::spawn_local(async move {
            // Its error is also given to whoever waits for an answer.
            let _ = connection.await;
        });
        Ok(Self {
            requests,
            driver: Rc::new(AbortOnDropHandle::new(driver)),
        })
    }

    /// Whether requests can be sent, as far as is known.
    pub(crate) fn is_open(&self) -> bool {
        !self.driver.is_finished()
    }

    /// Whether both are the same connection.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.driver, &other.driver)
    }

    /// Sends a request and takes in the head of its answer. Waits for its turn where the server
    /// takes no more requests at once.
    ///
    /// # Cancellation
    /// The server is told to stop.
    pub(crate) async fn send(
        &mut self,
        request: hyper::Request<()>,
        body: Bytes,
    ) -> Result<(Parts, Answering), Broken> {
        let unsent = |error: h2::Error| Broken {
            unsent: true,
            ..broken(&error)
        };
        let mut requests = self.requests.clone().ready().await.map_err(unsent)?;
        let (mut answer, upload) = requests
            .send_request(request, body.is_empty())
            .map_err(unsent)?;
        let mut upload = (!body.is_empty()).then(|| Upload::new(upload, body));
        let head = poll_fn(|cx| {
            Upload::advance(&mut upload, cx);
            Pin::new(&mut answer).poll(cx)
        });
        let (head, body) = head.await.map_err(|error| broken(&error))?.into_parts();
        Ok((head, Answering { body, upload }))
    }
}

/// An answer whose head has come. A request's body may still be on its way.
pub(crate) struct Answering {
    body: RecvStream,
    upload: Option<Upload>,
}

impl Answering {
    /// Takes in the body to its end, and keeps it if so asked. `heard` is told of each piece.
    pub(crate) async fn receive(mut self, keep: bool, heard: impl Fn()) -> Result<Bytes, Broken> {
        let mut body = Body::new(keep);
        loop {
            let piece = poll_fn(|cx| {
                Upload::advance(&mut self.upload, cx);
                self.body.poll_data(cx)
            });
            let Some(piece) = piece.await else {
                return Ok(body.whole());
            };
            let piece = piece.map_err(|error| Broken {
                unsent: false,
                ..broken(&error)
            })?;
            heard();
            // Refused only where the stream has ended.
            let _ = self.body.flow_control().release_capacity(piece.len());
            body.push(piece)?;
        }
    }
}

/// What is left of a request's body.
struct Upload {
    stream: SendStream<Bytes>,
    left: Bytes,
}

impl Upload {
    fn new(stream: SendStream<Bytes>, left: Bytes) -> Self {
        Self { stream, left }
    }

    /// Hands over as much as there is room for. Nothing is left at the end, nor where the server
    /// wants no more of it: its answer says why.
    fn advance(upload: &mut Option<Self>, cx: &mut Context<'_>) {
        while let Some(Self { stream, left }) = upload {
            stream.reserve_capacity(left.len());
            if stream.capacity() == 0 {
                match stream.poll_capacity(cx) {
                    Poll::Ready(Some(Ok(_))) => continue,
                    Poll::Ready(_) => *upload = None,
                    Poll::Pending => {}
                }
                return;
            }
            let piece = left.split_to(left.len().min(stream.capacity()));
            let last = left.is_empty();
            if stream.send_data(piece, last).is_err() || last {
                *upload = None;
            }
        }
    }
}

/// What the end of a stream, or of all of them, means for its request.
fn broken(error: &h2::Error) -> Broken {
    // The server says that it has done nothing with it (RFC 9113, 8.7).
    let refused = error.is_remote()
        && match error.reason() {
            Some(Reason::REFUSED_STREAM) => error.is_reset(),
            Some(Reason::NO_ERROR) => error.is_go_away(),
            _ => false,
        };
    Broken {
        failure: Failure::of_h2(error),
        unsent: refused,
        lives: error.is_reset(),
    }
}
