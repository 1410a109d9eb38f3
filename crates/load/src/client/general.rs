use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::Clock;
use rtest_core::sample::ErrorKind;

use super::connection::{Broken, Connection};
use super::connector::Connector;
use super::part::Part;
use super::pool::{Owner, Pool};
use super::progress::{Progress, Unanswered};
use super::protocol::Protocol;
use super::{Answer, Client, Exchange};
use crate::origin::Origin;
use crate::patience::Patience;
use crate::share::Share;
use crate::step::Request;

/// On top of two round trips: how much later than the request the news of a connection's end may
/// come for the end still to have been on its way when the request was sent.
const RACE_SLACK: Duration = Duration::from_millis(10);

/// Makes the general clients of one worker.
#[derive(Clone, Debug)]
pub(crate) struct GeneralClients {
    connector: Rc<Connector>,
    /// All clients', where the number of connections is limited.
    pool: Option<Rc<Pool>>,
}

impl GeneralClients {
    /// Clients of the worker that has this share of the connections.
    pub(crate) fn new(protocol: Arc<Protocol>, clock: Arc<dyn Clock>, share: Share) -> Self {
        let plan = protocol.connections;
        let pool = plan.max.map(|max| {
            let most = share.count(u64::from(max)).max(1);
            Rc::new(Pool::of_all(
                plan.reuse,
                usize::try_from(most).unwrap_or(usize::MAX),
            ))
        });
        Self {
            connector: Rc::new(Connector::new(protocol, clock)),
            pool,
        }
    }

    /// A client that connects when its first request is sent.
    pub(crate) fn client(&self) -> General {
        let pool = match &self.pool {
            Some(pool) => Rc::clone(pool),
            None => Rc::new(Pool::of_one(self.connector.protocol().connections.reuse)),
        };
        General {
            owner: pool.enter(),
            connector: Rc::clone(&self.connector),
            pool,
        }
    }
}

/// Speaks HTTP in every way that a plan can ask for, to any origin.
///
/// A clone belongs to the same virtual user and is for a request at the same time: it has a
/// connection of its own over HTTP/1.1, and the same one over HTTP/2.
#[derive(Clone, Debug)]
pub(crate) struct General {
    connector: Rc<Connector>,
    pool: Rc<Pool>,
    owner: Owner,
}

impl General {
    async fn answer(
        &self,
        request: &Request,
        patience: &mut Patience,
        progress: &mut Progress,
    ) -> Result<Answer, Unanswered> {
        let clock = &**self.connector.clock();
        let _slot = self.pool.slot(patience, clock, progress).await?;
        match self.attempt(request, true, patience, progress).await {
            // On a connection of its own, so it cannot lose again.
            Err(Unanswered::LostRace(_)) => self.attempt(request, false, patience, progress).await,
            answered => answered,
        }
    }

    async fn attempt(
        &self,
        request: &Request,
        reuse: bool,
        patience: &mut Patience,
        progress: &mut Progress,
    ) -> Result<Answer, Unanswered> {
        let answered = self.exchange_once(request, reuse, patience, progress).await;
        progress.leaves_connection();
        answered
    }

    async fn exchange_once(
        &self,
        request: &Request,
        reuse: bool,
        patience: &mut Patience,
        progress: &mut Progress,
    ) -> Result<Answer, Unanswered> {
        let target = &self.connector.protocol().target.origin;
        let origin = request
            .origin
            .as_ref()
            .filter(|origin| ***origin != *target);
        let kept = reuse.then(|| self.pool.take(origin, self.owner)).flatten();
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.open(origin, patience, progress).await?,
        };
        connection.traffic.begin();
        progress.goes_over(Rc::clone(&connection.traffic));
        match self
            .round_trip(&mut connection, request, patience, progress)
            .await
        {
            Ok(Ok(answer)) => {
                if !self.pool.keeps_nothing() && connection.is_reusable().await {
                    self.pool.put(origin, self.owner, connection);
                }
                Ok(answer)
            }
            Ok(Err(broken)) => {
                if !broken.lives {
                    self.pool.forget(&connection);
                }
                let lost_race = connection.reused
                    && (broken.unsent || self.had_ended(&connection, request, &broken, progress));
                let failure = connection.traffic.tls_failure().unwrap_or(broken.failure);
                Err(if lost_race {
                    Unanswered::LostRace(failure)
                } else {
                    Unanswered::Failed(failure)
                })
            }
            Err(unanswered) => {
                self.pool.forget(&connection);
                Err(unanswered)
            }
        }
    }

    /// Opens a connection. One that will be shared is opened once for all who want it.
    async fn open(
        &self,
        origin: Option<&Rc<Origin>>,
        patience: &mut Patience,
        progress: &mut Progress,
    ) -> Result<Connection, Unanswered> {
        self.pool.make_room();
        let clock = &**self.connector.clock();
        let _turn = if self.pool.shares() && self.connector.expects_h2(origin) {
            let turn = self.pool.turn_to_open(patience, clock, progress).await?;
            if let Some(opened) = self.pool.take(origin, self.owner) {
                return Ok(opened);
            }
            Some(turn)
        } else {
            None
        };
        let connection = self.connector.open(origin, patience, progress).await?;
        if self.pool.shares()
            && let Some(shared) = connection.share()
        {
            self.pool.put(origin, self.owner, shared);
        }
        Ok(connection)
    }

    async fn round_trip(
        &self,
        connection: &mut Connection,
        request: &Request,
        patience: &mut Patience,
        progress: &mut Progress,
    ) -> Result<Result<Answer, Broken>, Unanswered> {
        let clock = &**self.connector.clock();
        let timeouts = &self.connector.protocol().timeouts;
        let traffic = Rc::clone(&connection.traffic);
        let sent_at = progress.sent_at;

        let waiting = Part {
            doing: "waiting for the answer",
            what: "the first byte",
            kind: ErrorKind::FirstByteTimeout,
            limit: timeouts.first_byte,
        };
        let all_sent_at = || {
            (!traffic.congested()).then(|| traffic.sent_at().map_or(sent_at, |at| at.max(sent_at)))
        };
        // Pinned here: what is waited for is large, and each layer of waiting would move it.
        let answered = {
            let sending = pin!(connection.send(request));
            waiting
                .wait_since(patience, clock, all_sent_at, sending)
                .await?
        };
        let (head, answering) = match answered {
            Ok(answered) => answered,
            Err(broken) => return Ok(Err(broken)),
        };
        let first_byte_at = clock.now();
        progress.first_byte_at = Some(first_byte_at);

        let receiving = Part {
            doing: "receiving the body",
            what: "the next byte",
            kind: ErrorKind::IdleTimeout,
            limit: timeouts.idle,
        };
        let keep = request.keep_body;
        let body = if receiving.limit.is_some() {
            let heard_at = Cell::new(first_byte_at);
            let heard = || heard_at.set(clock.now());
            let body = pin!(connection.receive(answering, keep, heard));
            receiving
                .wait_since(patience, clock, || Some(heard_at.get()), body)
                .await?
        } else {
            let body = pin!(connection.receive(answering, keep, || ()));
            receiving.wait(patience, clock, first_byte_at, body).await?
        };
        Ok(body.map(|body| Answer {
            status: head.status,
            headers: head.headers,
            body,
        }))
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
            && !connection.traffic.answered()
            && self.connector.clock().now() - progress.sent_at
                <= 2 * connection.round_trip + RACE_SLACK
    }
}

impl Client for General {
    async fn exchange(&mut self, request: &Request, patience: &mut Patience) -> Exchange {
        let clock = self.connector.clock();
        let begun = clock.now();
        patience.until(begun + request.timeout);
        let mut progress = Progress::new(begun);
        let result = self.answer(request, patience, &mut progress).await;
        let done_at = match &result {
            Err(Unanswered::TimedOut { at, .. }) => *at,
            _ => clock.now(),
        };
        progress.end(done_at, result.map_err(Unanswered::into_failure))
    }

    fn end_iteration(&mut self) {
        self.pool.end_iteration(self.owner);
    }
}

#[cfg(test)]
mod tests;
