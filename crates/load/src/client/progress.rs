use std::rc::Rc;

use rtest_core::RunTime;
use rtest_core::sample::{RequestPhase, RequestPhases};

use super::wire::Traffic;
use super::{Answer, Exchange, Failure};
use crate::patience::GaveUp;

/// How far a request has come; kept outside what waits for it, so that it is known when the wait
/// is given up.
#[derive(Debug)]
pub(crate) struct Progress {
    /// As [`Exchange`] has it.
    pub(crate) sent_at: RunTime,
    /// As [`Exchange`] has it.
    pub(crate) first_byte_at: Option<RunTime>,
    /// As [`Exchange`] has it.
    pub(crate) phases: RequestPhases,
    bytes_sent: u64,
    bytes_received: u64,
    /// Of the connection in use.
    traffic: Option<Rc<Traffic>>,
}

impl Progress {
    /// Nothing was done yet.
    pub(crate) fn new(begun: RunTime) -> Self {
        Self {
            sent_at: begun,
            first_byte_at: None,
            phases: RequestPhases::default(),
            bytes_sent: 0,
            bytes_received: 0,
            traffic: None,
        }
    }

    /// What crosses this connection from now on counts for the request.
    pub(crate) fn goes_over(&mut self, traffic: Rc<Traffic>) {
        self.traffic = Some(traffic);
    }

    /// The request has left the connection, answered or not.
    pub(crate) fn leaves_connection(&mut self) {
        let Some(traffic) = self.traffic.take() else {
            return;
        };
        let (sent, received) = traffic.take();
        self.bytes_sent += sent;
        self.bytes_received += received;
        if let Some(last_sent_at) = traffic.sent_at() {
            // An answer may come before all of a body is sent.
            let until = match self.first_byte_at {
                Some(first_byte_at) => last_sent_at.min(first_byte_at),
                None => last_sent_at,
            };
            self.phases.add(RequestPhase::Sending, until - self.sent_at);
        }
    }

    /// The whole, at its end.
    pub(crate) fn end(self, done_at: RunTime, result: Result<Answer, Failure>) -> Exchange {
        Exchange {
            sent_at: self.sent_at,
            first_byte_at: self.first_byte_at,
            done_at,
            phases: self.phases,
            bytes_sent: self.bytes_sent,
            bytes_received: self.bytes_received,
            result,
        }
    }
}

/// How an attempt ended that brought no answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// It failed, as is known from now on.
    Failed(Failure),
    /// It took too long; recorded at its deadline.
    TimedOut {
        /// The deadline.
        at: RunTime,
        /// Whose it was.
        failure: Failure,
    },
    /// The server had closed the idle connection; nothing was asked of it yet.
    LostRace(Failure),
}

impl Unanswered {
    /// The request's own patience ended, which has this deadline.
    pub(crate) fn gave_up(gave_up: GaveUp, deadline: RunTime, for_what: &str) -> Self {
        let failure = Failure::of_waiting(gave_up, for_what);
        match gave_up {
            GaveUp::TimedOut => Self::TimedOut {
                at: deadline,
                failure,
            },
            GaveUp::Interrupted => Self::Failed(failure),
        }
    }

    /// Why.
    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::Failed(failure) | Self::TimedOut { failure, .. } | Self::LostRace(failure) => {
                failure
            }
        }
    }
}

impl From<Failure> for Unanswered {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
