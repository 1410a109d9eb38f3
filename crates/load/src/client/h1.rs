use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body as _, Frame, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::http::response::Parts;
use hyper_util::rt::TokioIo;
use rtest_core::sample::ErrorKind;
use tokio::task::unconstrained;

use super::Failure;
use super::body::Body;
use super::connection::Broken;
use super::stream::Stream;

/// The most that is read of a head whose end does not come.
const MAX_HEAD: usize = 64 * 1024;

/// An open HTTP/1.1 connection, with both of hyper's ends of it.
///
/// hyper would have the connection polled by a task of its own, at the price of two task switches
/// a request. Here the virtual user polls it whenever it waits for something that can only come
/// out of it. Between requests nobody does; an end that came meanwhile is found, before anything
/// is written, by the first poll of the next request.
#[derive(Debug)]
pub(crate) struct H1 {
    requests: SendRequest<Full<Bytes>>,
    driver: Driver,
}

impl H1 {
    /// Speaks HTTP/1.1 over a stream.
    pub(crate) async fn over(stream: Stream) -> Result<Self, Failure> {
        let (requests, driver) = http1::Builder::new()
            .max_header_size(MAX_HEAD)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Failure::of_http(&error))?;
        Ok(Self {
            requests,
            driver: Driver(Some(Box::pin(driver))),
        })
    }

    /// Sends a request and takes in the head of its answer.
    pub(crate) async fn send(
        &mut self,
        request: hyper::Request<Full<Bytes>>,
    ) -> Result<(Parts, Incoming), Broken> {
        let answering = self.requests.try_send_request(request);
        // Outside tokio's budget, which wakes the waker it is given to continue: `feeding` gives
        // none.
        let mut answering = pin!(unconstrained(answering));
        let head = self
            .driver
            .feeding(|cx| answering.as_mut().poll(cx))
            .await
            .ok_or_else(broken_off)?
            .map_err(|mut error| Broken {
                unsent: error.take_message().is_some(),
                ..Broken::from(Failure::of_http(&error.into_error()))
            })?;
        Ok(head.into_parts())
    }

    /// Takes in a body to its end, and keeps it if so asked. `heard` is told of each piece.
    pub(crate) async fn receive(
        &mut self,
        mut incoming: Incoming,
        keep: bool,
        heard: impl Fn(),
    ) -> Result<Bytes, Broken> {
        let mut body = Body::new(keep);
        while !incoming.is_end_stream() {
            let frame = self
                .driver
                .feeding(|cx| Pin::new(&mut incoming).poll_frame(cx))
                .await
                .ok_or_else(broken_off)?;
            let Some(frame) = frame else { break };
            heard();
            let data = frame
                .map_err(|error| Failure::of_http(&error))
                .map(Frame::into_data)?;
            if let Ok(data) = data {
                body.push(data)?;
            }
        }
        Ok(body.whole())
    }

    /// Whether the next request can be sent on it.
    pub(crate) async fn is_reusable(&mut self) -> bool {
        if !self.requests.is_ready() {
            // The end of the message may be known to the body's reader and not yet taken note of.
            poll_fn(|cx| {
                self.driver.advance(cx);
                Poll::Ready(())
            })
            .await;
        }
        self.requests.is_ready()
    }
}

fn broken_off() -> Broken {
    let message = "the connection ended before the answer was whole";
    Failure::new(ErrorKind::Closed, message).into()
}

/// The end of a connection that reads and writes; nothing once it has ended. hyper gives a request
/// that it never wrote back only when the ended connection is dropped.
#[derive(Debug)]
struct Driver(Option<Pin<Box<Http1>>>);

type Http1 = http1::Connection<TokioIo<Stream>, Full<Bytes>>;

impl Driver {
    /// Reads and writes what can be read and written now.
    fn advance(&mut self, cx: &mut Context<'_>) {
        if let Some(connection) = &mut self.0
            && connection.as_mut().poll(cx).is_ready()
        {
            // Its error is also given to whoever waits for the answer or its body.
            self.0 = None;
        }
    }

    /// Waits for something that only this connection can bring about; nothing when the connection
    /// ended without it.
    ///
    /// The connection is polled first and with the task's waker, so what it feeds needs none:
    /// being woken by our own poll would cost a second one each time.
    async fn feeding<T>(&mut self, mut fed: impl FnMut(&mut Context<'_>) -> Poll<T>) -> Option<T> {
        poll_fn(|cx| {
            self.advance(cx);
            match fed(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(value) => Poll::Ready(Some(value)),
                Poll::Pending if self.0.is_none() => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }
}
