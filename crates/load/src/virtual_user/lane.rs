use std::sync::Arc;

use rtest_core::Clock;
use tokio_util::sync::CancellationToken;

use crate::client::{Client, Exchange};
use crate::patience::Patience;
use crate::session::Session;
use crate::step::Request;

/// What one request at a time is sent by: a client with a connection of its own, and the patience
/// to wait for the answer.
#[derive(Debug)]
pub(crate) struct Lane<C> {
    client: C,
    /// Of whatever waits on this lane.
    pub(crate) patience: Patience,
}

impl<C: Client> Lane<C> {
    /// Connects when the first request is sent. To be made inside a runtime.
    pub(crate) fn new(client: C, clock: Arc<dyn Clock>, interrupt: CancellationToken) -> Self {
        Self {
            client,
            patience: Patience::new(clock, interrupt),
        }
    }

    /// Sends one request in a session and takes in its last answer; each before it is given to
    /// `hop`.
    pub(crate) async fn send(
        &mut self,
        session: &Session,
        request: &Request,
        hop: impl FnMut(Exchange),
    ) -> Exchange {
        let (client, patience) = (&mut self.client, &mut self.patience);
        session.send(client, request, patience, hop).await
    }

    /// The iteration is over: what is not kept beyond it is given up.
    pub(crate) fn end_iteration(&mut self) {
        self.client.end_iteration();
    }
}
