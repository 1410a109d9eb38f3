//! Clients: send one request, take in its whole answer, and say when what happened.

mod failure;
mod h1;
mod wire;

pub(crate) use failure::Failure;
pub(crate) use h1::H1;

use std::future::Future;

use bytes::Bytes;
use hyper::HeaderMap;
use rtest_core::RunTime;
use rtest_core::sample::{ErrorKind, Outcome, RequestPhases};

use crate::patience::Patience;
use crate::step::Request;

/// Sends requests one after the other, over connections of its own.
pub(crate) trait Client {
    /// Sends a request and takes in its answer. Never fails: what went wrong is the outcome.
    ///
    /// The request's timeout runs from now, connecting included. Whoever runs out of `patience`
    /// gives up the connection with the request.
    fn exchange(
        &mut self,
        request: &Request,
        patience: &mut Patience,
    ) -> impl Future<Output = Exchange>;
}

/// What became of one request.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// When it was handed to an open connection. Where none could be opened: when connecting
    /// began, so that a service that lets nobody in is seen to take time.
    pub(crate) sent_at: RunTime,
    /// When the head of the answer had arrived, if it did.
    pub(crate) first_byte_at: Option<RunTime>,
    /// When the last byte had arrived or the failure was known. For a timeout the deadline
    /// itself: what is known is that it took at least so long.
    pub(crate) done_at: RunTime,
    /// What else it had to go through.
    pub(crate) phases: RequestPhases,
    /// Bytes written to connections.
    pub(crate) bytes_sent: u64,
    /// Bytes read from connections.
    pub(crate) bytes_received: u64,
    /// The answer, or why there is none.
    pub(crate) result: Result<Answer, Failure>,
}

impl Exchange {
    /// A request that could not even be built.
    pub(crate) fn unsendable(at: RunTime, reason: String) -> Self {
        Self {
            sent_at: at,
            first_byte_at: None,
            done_at: at,
            phases: RequestPhases::default(),
            bytes_sent: 0,
            bytes_received: 0,
            result: Err(Failure {
                kind: ErrorKind::Request,
                message: reason,
            }),
        }
    }

    /// As it is counted.
    pub(crate) fn outcome(&self) -> Outcome {
        match &self.result {
            Ok(answer) => Outcome::Status(answer.status),
            Err(failure) => Outcome::Error(failure.kind),
        }
    }
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body, where the request asked to keep it; empty otherwise.
    pub(crate) body: Bytes,
}
