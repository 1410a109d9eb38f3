//! Clients: send one request, take in its whole answer, and say when what happened.

mod body;
mod connection;
mod connector;
mod failure;
mod fast;
mod form;
mod general;
mod h1;
mod h2;
mod names;
mod part;
mod pool;
mod progress;
mod protocol;
mod proxy;
mod reach;
mod stream;
mod tls;
mod wire;

pub(crate) use failure::Failure;
pub(crate) use fast::Encoded;
pub(crate) use protocol::Protocol;
pub use reach::reach;

use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use hyper::HeaderMap;
use rtest_core::sample::{ErrorKind, Outcome, RequestPhases};
use rtest_core::{Clock, RunTime};

use crate::patience::Patience;
use crate::share::Share;
use crate::step::Request;
use fast::{Fast, FastClients};
use general::{General, GeneralClients};

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

    /// The iteration is over: what is not kept beyond it is given up.
    fn end_iteration(&mut self) {}
}

/// Over what requests are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// The cheapest client that speaks all that the plan asks for.
    #[default]
    Cheapest,
    /// The client that speaks everything.
    General,
}

/// Makes the clients of one worker. Which is used for requests to the target is decided here,
/// once, by what the plan says.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    fast: Option<FastClients>,
    general: Rc<GeneralClients>,
}

impl Clients {
    /// For a worker's `share` of what is limited, over `transport`.
    pub(crate) fn new(
        protocol: &Arc<Protocol>,
        transport: Transport,
        clock: &Arc<dyn Clock>,
        share: Share,
    ) -> Self {
        let plain = protocol
            .plain_address()
            .filter(|_| transport == Transport::Cheapest);
        let general = GeneralClients::new(Arc::clone(protocol), Arc::clone(clock), share);
        Self {
            fast: plain.map(|address| FastClients::new(address, Arc::clone(clock))),
            general: Rc::new(general),
        }
    }

    /// A client that connects when its first request is sent.
    pub(crate) fn client(&self) -> AnyClient {
        AnyClient {
            fast: self.fast.as_ref().map(FastClients::client),
            general: None,
            generals: Rc::clone(&self.general),
        }
    }
}

/// Sends each request over the cheapest client that can.
#[derive(Debug)]
pub(crate) struct AnyClient {
    /// For requests to a target that is spoken to in plain HTTP/1.1.
    fast: Option<Fast>,
    /// For all others; made when the first of them is sent.
    general: Option<Box<General>>,
    generals: Rc<GeneralClients>,
}

impl Client for AnyClient {
    async fn exchange(&mut self, request: &Request, patience: &mut Patience) -> Exchange {
        if let Some(fast) = &mut self.fast
            && request.origin.is_none()
        {
            return fast.exchange(request, patience).await;
        }
        let made = || Box::new(self.generals.client());
        let general = self.general.get_or_insert_with(made);
        // Far larger than what the fast client waits for, and boxed so that its users do not
        // carry it.
        Box::pin(general.exchange(request, patience)).await
    }

    fn end_iteration(&mut self) {
        if let Some(general) = &mut self.general {
            general.end_iteration();
        }
    }
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

    /// As it is counted, where a step asks for answers of some status or not.
    pub(crate) fn outcome(&self, is_asked_for: impl FnOnce(u16) -> bool) -> Outcome {
        match &self.result {
            Ok(answer) => Outcome::answered(answer.status, || is_asked_for(answer.status)),
            Err(failure) => Outcome::Error(failure.kind),
        }
    }
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The headers; none where the answer is a success and the request did not ask for them.
    pub(crate) headers: HeaderMap,
    /// The body, where the request asked to keep it; empty otherwise.
    pub(crate) body: Bytes,
}
