use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::Full;
use hyper::body::{Body, Frame, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rtest_core::sample::{ErrorKind, RequestPhase, RequestPhases};
use rtest_core::{Clock, RunTime};
use tokio::net::TcpStream;
use tokio::task::unconstrained;

use super::wire::{Traffic, Wire};
use super::{Answer, Client, Exchange, Failure};
use crate::patience::{GaveUp, Patience};
use crate::step::Request;

/// The most that is read of a head whose end does not come.
const MAX_HEAD: usize = 64 * 1024;

/// The most of a body that is kept for checks. A body that nobody looks at is counted and thrown
/// away, whatever its size.
const MAX_KEPT_BODY: usize = 16 * 1024 * 1024;

/// On top of two round trips: how much later than the request the news of a connection's end may
/// come for the end still to have been on its way when the request was sent.
const RACE_SLACK: Duration = Duration::from_millis(10);

/// HTTP/1.1 over one TCP connection that is kept for the next request.
#[derive(Debug)]
pub(crate) struct H1 {
    address: SocketAddr,
    clock: Arc<dyn Clock>,
    kept: Option<Connection>,
}

impl H1 {
    /// Connects when the first request is sent.
    pub(crate) fn new(address: SocketAddr, clock: Arc<dyn Clock>) -> Self {
        Self {
            address,
            clock,
            kept: None,
        }
    }

    async fn attempt(
        &mut self,
        request: &Request,
        patience: &mut Patience,
        progress: &mut Progress,
    ) -> Result<Answer, Unanswered> {
        let mut connection = match self.kept.take() {
            Some(connection) => connection,
            None => self.connect(patience, progress).await?,
        };
        let traffic = Rc::clone(&connection.traffic);
        let (sent, received) = (traffic.sent(), traffic.received());
        let answered = patience
            .wait(connection.round_trip(request, &*self.clock, progress))
            .await;
        let (sent, received) = (traffic.sent() - sent, traffic.received() - received);
        progress.bytes_sent += sent;
        progress.bytes_received += received;
        match answered {
            Ok(Ok(answer)) => {
                if connection.is_reusable().await {
                    connection.reused = true;
                    self.kept = Some(connection);
                }
                Ok(answer)
            }
            Ok(Err(broken)) => {
                let lost_race = connection.reused
                    && (broken.unsent
                        || received == 0
                            && self.had_ended(&connection, request, &broken, progress));
                Err(if lost_race {
                    Unanswered::LostRace
                } else {
                    Unanswered::Failed(broken.failure)
                })
            }
            Err(gave_up) => Err(Unanswered::gave_up(gave_up, progress.waiting_for())),
        }
    }

    async fn connect(
        &self,
        patience: &mut Patience,
        progress: &mut Progress,
    ) -> Result<Connection, Unanswered> {
        let from = self.clock.now();
        match patience
            .wait(Connection::open(self.address, &*self.clock))
            .await
        {
            Ok(Ok(connection)) => {
                progress.sent_at = self.clock.now();
                progress
                    .phases
                    .add(RequestPhase::Connecting, progress.sent_at - from);
                Ok(connection)
            }
            Ok(Err(error)) => Err(Unanswered::Failed(Failure::of_connecting(
                self.address,
                &error,
            ))),
            Err(gave_up) => {
                let took = self.clock.now() - from;
                progress.phases.add(RequestPhase::Connecting, took);
                Err(Unanswered::gave_up(gave_up, "connecting"))
            }
        }
    }

    /// Whether the server had closed the reused connection before the request could reach it: the
    /// news of it came within the two round trips that this takes, one of which opening the
    /// connection took. A connection that ends later had the request on it, and that is an error
    /// of the service. Only where sending twice is harmless (RFC 9110, 9.2.2).
    fn had_ended(
        &self,
        connection: &Connection,
        request: &Request,
        broken: &Broken,
        progress: &Progress,
    ) -> bool {
        broken.failure.kind == ErrorKind::Closed
            && request.idempotent
            && self.clock.now() - progress.sent_at <= 2 * connection.opening + RACE_SLACK
    }
}

impl Client for H1 {
    async fn exchange(&mut self, request: &Request, patience: &mut Patience) -> Exchange {
        let begun = self.clock.now();
        patience.until(begun + request.timeout);
        let mut progress = Progress {
            sent_at: begun,
            first_byte_at: None,
            phases: RequestPhases::default(),
            bytes_sent: 0,
            bytes_received: 0,
        };
        let mut result = self.attempt(request, patience, &mut progress).await;
        if let Err(Unanswered::LostRace) = result {
            // On a connection of its own, so it cannot lose again.
            result = self.attempt(request, patience, &mut progress).await;
        }
        let done_at = match &result {
            Err(Unanswered::TimedOut(_)) => patience.deadline(),
            _ => self.clock.now(),
        };
        Exchange {
            sent_at: progress.sent_at,
            first_byte_at: progress.first_byte_at,
            done_at,
            phases: progress.phases,
            bytes_sent: progress.bytes_sent,
            bytes_received: progress.bytes_received,
            result: result.map_err(Unanswered::into_failure),
        }
    }
}

/// How far a request has come; kept outside what waits for it, so that it is known when the wait
/// is given up.
#[derive(Debug)]
struct Progress {
    sent_at: RunTime,
    first_byte_at: Option<RunTime>,
    phases: RequestPhases,
    bytes_sent: u64,
    bytes_received: u64,
}

impl Progress {
    fn waiting_for(&self) -> &'static str {
        if self.first_byte_at.is_some() {
            "receiving the body"
        } else {
            "waiting for the answer"
        }
    }
}

enum Unanswered {
    Failed(Failure),
    TimedOut(Failure),
    /// The server had closed the idle connection; nothing was asked of it yet.
    LostRace,
}

impl Unanswered {
    fn gave_up(gave_up: GaveUp, for_what: &str) -> Self {
        let failure = Failure::of_waiting(gave_up, for_what);
        match gave_up {
            GaveUp::TimedOut => Self::TimedOut(failure),
            GaveUp::Interrupted => Self::Failed(failure),
        }
    }

    fn into_failure(self) -> Failure {
        match self {
            Self::Failed(failure) | Self::TimedOut(failure) => failure,
            Self::LostRace => Failure {
                kind: ErrorKind::Closed,
                message: "the connection was closed before the request was sent".to_owned(),
            },
        }
    }
}

/// An answer that broke off, or never began.
struct Broken {
    failure: Failure,
    /// hyper gave the request back: no byte of it was written.
    unsent: bool,
}

/// An open connection, with both of hyper's ends of it.
///
/// hyper would have the connection polled by a task of its own, at the price of two task switches
/// a request. Here the virtual user polls it whenever it waits for something that can only come
/// out of it. Between requests nobody does; an end that came meanwhile is found, before anything
/// is written, by the first poll of the next request.
#[derive(Debug)]
struct Connection {
    requests: SendRequest<Full<Bytes>>,
    driver: Driver,
    traffic: Rc<Traffic>,
    /// How long the TCP handshake took: about one round trip.
    opening: Duration,
    reused: bool,
}

impl Connection {
    async fn open(address: SocketAddr, clock: &dyn Clock) -> io::Result<Self> {
        let from = clock.now();
        let stream = TcpStream::connect(address).await?;
        let opening = clock.now() - from;
        stream.set_nodelay(true)?;
        let (wire, traffic) = Wire::new(stream);
        let (requests, driver) = http1::Builder::new()
            .max_header_size(MAX_HEAD)
            .handshake(TokioIo::new(wire))
            .await
            .map_err(io::Error::other)?;
        Ok(Self {
            requests,
            driver: Driver(Some(Box::pin(driver))),
            traffic,
            opening,
            reused: false,
        })
    }

    async fn round_trip(
        &mut self,
        request: &Request,
        clock: &dyn Clock,
        progress: &mut Progress,
    ) -> Result<Answer, Broken> {
        let head = {
            let answering = self.requests.try_send_request(request.http.clone());
            // Outside tokio's budget, which wakes the waker it is given to continue: `feeding`
            // gives none.
            let mut answering = pin!(unconstrained(answering));
            self.driver
                .feeding(|cx| answering.as_mut().poll(cx))
                .await
                .ok_or_else(Broken::off)?
                .map_err(|mut error| Broken {
                    unsent: error.take_message().is_some(),
                    failure: Failure::of_http(&error.into_error()),
                })?
        };
        progress.first_byte_at = Some(clock.now());
        let (head, body) = head.into_parts();
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: self.driver.read(body, request.keep_body).await?,
        })
    }

    /// Whether the next request can be sent on it.
    async fn is_reusable(&mut self) -> bool {
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

/// The end of a connection that reads and writes; nothing once it has ended. hyper gives a request
/// that it never wrote back only when the ended connection is dropped.
#[derive(Debug)]
struct Driver(Option<Pin<Box<Http1>>>);

type Http1 = http1::Connection<TokioIo<Wire>, Full<Bytes>>;

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

    /// Takes in a body to its end, and keeps it if so asked.
    async fn read(&mut self, mut body: Incoming, keep: bool) -> Result<Bytes, Broken> {
        let mut first = Bytes::new();
        let mut rest = BytesMut::new();
        while !body.is_end_stream() {
            let frame = self
                .feeding(|cx| Pin::new(&mut body).poll_frame(cx))
                .await
                .ok_or_else(Broken::off)?;
            let Some(frame) = frame else { break };
            let data = frame
                .map_err(|error| Broken {
                    failure: Failure::of_http(&error),
                    unsent: false,
                })
                .map(Frame::into_data)?;
            let Ok(data) = data else { continue };
            if !keep {
                continue;
            }
            if first.len() + rest.len() + data.len() > MAX_KEPT_BODY {
                return Err(Broken::too_large());
            }
            // Most bodies come in one piece and need no copy.
            if first.is_empty() {
                first = data;
            } else {
                rest.extend_from_slice(&data);
            }
        }
        if rest.is_empty() {
            return Ok(first);
        }
        let mut whole = BytesMut::with_capacity(first.len() + rest.len());
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&rest);
        Ok(whole.freeze())
    }
}

impl Broken {
    fn off() -> Self {
        Self {
            failure: Failure {
                kind: ErrorKind::Closed,
                message: "the connection ended before the answer was whole".to_owned(),
            },
            unsent: false,
        }
    }

    fn too_large() -> Self {
        Self {
            failure: Failure {
                kind: ErrorKind::BodyTooLarge,
                message: format!(
                    "the body is larger than the {MAX_KEPT_BODY} bytes that are kept for checks"
                ),
            },
            unsent: false,
        }
    }
}
