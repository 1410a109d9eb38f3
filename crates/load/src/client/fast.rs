//! HTTP/1.1 in the clear, as cheap as it can be had: a request is one write and one read.
//!
//! Bytes are worked out before the run where a request does not vary, written at once, and the
//! answer is read into memory that all connections of a worker share. What is not looked at is not
//! parsed. Everything that this does not speak goes over [`H1`](super::H1); the two must agree on
//! what is an answer, which tests hold against each other.

mod answer;
mod body;
mod connection;
mod encode;
mod head;

pub(crate) use encode::Encoded;

use std::future::poll_fn;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::sample::{ErrorKind, RequestPhase, RequestPhases};
use rtest_core::{Clock, RunTime};

use super::{Answer, Client, Exchange, Failure};
use crate::patience::{GaveUp, Patience};
use crate::step::Request;
use connection::{Buffers, Connection, Progress};

/// On top of two round trips: how much later than the request the news of a connection's end may
/// come for the end still to have been on its way when the request was sent.
const RACE_SLACK: Duration = Duration::from_millis(10);

/// Makes the clients of one worker.
#[derive(Clone, Debug)]
pub(crate) struct FastClients {
    address: SocketAddr,
    clock: Arc<dyn Clock>,
    buffers: Rc<Buffers>,
}

impl FastClients {
    /// Clients of a target.
    pub(crate) fn new(address: SocketAddr, clock: Arc<dyn Clock>) -> Self {
        Self {
            address,
            clock,
            buffers: Rc::default(),
        }
    }

    /// A client that connects when its first request is sent.
    pub(crate) fn client(&self) -> Fast {
        Fast {
            shared: self.clone(),
            kept: None,
        }
    }
}

/// HTTP/1.1 over one TCP connection that is kept for the next request.
#[derive(Debug)]
pub(crate) struct Fast {
    shared: FastClients,
    kept: Option<Connection>,
}

impl Fast {
    async fn attempt(
        &mut self,
        request: &Request,
        patience: &mut Patience,
        state: &mut State,
    ) -> Result<Answer, Unanswered> {
        let clock = &*self.shared.clock;
        let connection = match &mut self.kept {
            // In the middle of something where whoever waited for it has stopped doing so.
            Some(kept) if !kept.is_free || kept.has_ended() => return Err(Unanswered::LostRace),
            Some(kept) => kept,
            none => none.insert(connect(&self.shared, patience, state).await?),
        };
        let (reused, opening) = (connection.reused, connection.opening);
        let received = state.progress.received;
        let answered = match connection.begin(request, &mut state.progress) {
            Ok(mut round_trip) => {
                let progress = &mut state.progress;
                patience
                    .wait(poll_fn(|cx| round_trip.poll(cx, clock, progress)))
                    .await
            }
            Err(broken) => Ok(Err(broken)),
        };
        match answered {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(broken)) => {
                // Whether the server had closed the reused connection before the request could
                // reach it: the news of it came within the two round trips that this takes, one of
                // which opening the connection took. A connection that ends later had the request
                // on it, and that is an error of the service. Only where sending twice is harmless
                // (RFC 9110, 9.2.2).
                let had_ended = || {
                    state.progress.received == received
                        && broken.failure.kind == ErrorKind::Closed
                        && request.idempotent
                        && clock.now() - state.sent_at <= 2 * opening + RACE_SLACK
                };
                Err(if reused && (broken.unsent || had_ended()) {
                    Unanswered::LostRace
                } else {
                    Unanswered::Failed(broken.failure)
                })
            }
            Err(gave_up) => Err(Unanswered::gave_up(gave_up, state.waiting_for())),
        }
    }
}

async fn connect(
    shared: &FastClients,
    patience: &mut Patience,
    state: &mut State,
) -> Result<Connection, Unanswered> {
    let clock = &*shared.clock;
    let from = clock.now();
    let opening = Connection::open(shared.address, clock, &shared.buffers);
    match patience.wait(opening).await {
        Ok(Ok(connection)) => {
            state.sent_at = clock.now();
            let took = state.sent_at - from;
            state.phases.add(RequestPhase::Connecting, took);
            Ok(connection)
        }
        Ok(Err(error)) => Err(Unanswered::Failed(Failure::of_connecting(
            shared.address,
            &error,
        ))),
        Err(gave_up) => {
            let took = clock.now() - from;
            state.phases.add(RequestPhase::Connecting, took);
            Err(Unanswered::gave_up(gave_up, "connecting"))
        }
    }
}

impl Client for Fast {
    async fn exchange(&mut self, request: &Request, patience: &mut Patience) -> Exchange {
        let begun = self.shared.clock.now();
        patience.until(begun + request.timeout);
        let mut state = State {
            sent_at: begun,
            phases: RequestPhases::default(),
            progress: Progress::default(),
        };
        let mut result = self.attempt(request, patience, &mut state).await;
        if let Err(Unanswered::LostRace) = result {
            self.kept = None;
            // On a connection of its own, so it cannot lose again.
            result = self.attempt(request, patience, &mut state).await;
        }
        if !self.kept.as_ref().is_some_and(|kept| kept.is_free) {
            self.kept = None;
        }
        if let Some(written_at) = state.progress.written_at {
            let took = written_at - state.sent_at;
            state.phases.add(RequestPhase::Sending, took);
        }
        let done_at = match (&result, state.progress.done_at) {
            (Ok(_), Some(done_at)) => done_at,
            (Err(Unanswered::TimedOut(_)), _) => patience.deadline(),
            _ => self.shared.clock.now(),
        };
        Exchange {
            sent_at: state.sent_at,
            first_byte_at: state.progress.first_byte_at,
            done_at,
            phases: state.phases,
            bytes_sent: state.progress.sent,
            bytes_received: state.progress.received,
            result: result.map_err(Unanswered::into_failure),
        }
    }
}

/// How far a request has come.
#[derive(Debug)]
struct State {
    sent_at: RunTime,
    phases: RequestPhases,
    progress: Progress,
}

impl State {
    const fn waiting_for(&self) -> &'static str {
        if self.progress.first_byte_at.is_some() {
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

#[cfg(test)]
mod tests;
