use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

use rtest_core::Clock;
use rtest_core::plan::Reuse;
use rtest_core::sample::{ErrorKind, RequestPhase};
use tokio::sync::{Mutex, MutexGuard, OwnedSemaphorePermit, Semaphore};

use super::connection::Connection;
use super::part::Part;
use super::progress::{Progress, Unanswered};
use crate::origin::Origin;
use crate::patience::Patience;

/// The most connections that are kept without a limit of the plan's: redirects may lead anywhere.
const MOST_IDLE: usize = 64;

/// Connections that wait for the next request: those of one virtual user, or, where there may be
/// only so many, of all virtual users of a worker.
#[derive(Debug)]
pub(crate) struct Pool {
    /// The last to have been used comes last, and is the first to be used again. HTTP/2
    /// connections of one virtual user stay here while they are in use.
    idle: RefCell<Vec<Idle>>,
    reuse: Reuse,
    limit: Option<Limit>,
    /// Held while a connection is opened that others will share.
    opening: Mutex<()>,
    owners: Cell<u32>,
}

#[derive(Debug)]
struct Idle {
    /// The target where absent.
    origin: Option<Rc<Origin>>,
    owner: Owner,
    connection: Connection,
}

/// Who put a connection into a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner(u32);

#[derive(Debug)]
struct Limit {
    /// Held by each request under way.
    slots: Arc<Semaphore>,
    most: usize,
}

impl Pool {
    /// Of one virtual user.
    pub(crate) fn of_one(reuse: Reuse) -> Self {
        Self::new(reuse, None)
    }

    /// Of all virtual users of a worker, with `most` connections.
    pub(crate) fn of_all(reuse: Reuse, most: usize) -> Self {
        let slots = Arc::new(Semaphore::new(most));
        Self::new(reuse, Some(Limit { slots, most }))
    }

    fn new(reuse: Reuse, limit: Option<Limit>) -> Self {
        Self {
            idle: RefCell::default(),
            reuse,
            limit,
            opening: Mutex::new(()),
            owners: Cell::new(0),
        }
    }

    /// Somebody new.
    pub(crate) fn enter(&self) -> Owner {
        let number = self.owners.get();
        self.owners.set(number.wrapping_add(1));
        Owner(number)
    }

    /// Waits for a request's turn, where only so many may be under way.
    pub(crate) async fn slot(
        &self,
        patience: &mut Patience,
        clock: &dyn Clock,
        progress: &mut Progress,
    ) -> Result<Option<OwnedSemaphorePermit>, Unanswered> {
        let Some(limit) = &self.limit else {
            return Ok(None);
        };
        if let Ok(permit) = Arc::clone(&limit.slots).try_acquire_owned() {
            return Ok(Some(permit));
        }
        let permit = blocked(
            Arc::clone(&limit.slots).acquire_owned(),
            patience,
            clock,
            progress,
        );
        let permit = permit.await?;
        Ok(Some(permit.expect("nobody closes the semaphore")))
    }

    /// Waits for whoever is opening a connection that can be shared.
    pub(crate) async fn turn_to_open(
        &self,
        patience: &mut Patience,
        clock: &dyn Clock,
        progress: &mut Progress,
    ) -> Result<MutexGuard<'_, ()>, Unanswered> {
        match self.opening.try_lock() {
            Ok(turn) => Ok(turn),
            Err(_) => blocked(self.opening.lock(), patience, clock, progress).await,
        }
    }

    /// Whether HTTP/2 connections are used by several requests at once. Not where their number is
    /// limited: a limit is about how many requests may be under way.
    pub(crate) const fn shares(&self) -> bool {
        self.limit.is_none() && !matches!(self.reuse, Reuse::Never)
    }

    /// Whether a connection's first request is its last.
    pub(crate) const fn keeps_nothing(&self) -> bool {
        matches!(self.reuse, Reuse::Never)
    }

    /// A connection that was opened before.
    pub(crate) fn take(&self, origin: Option<&Rc<Origin>>, owner: Owner) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        loop {
            let index = idle.iter().rposition(|idle| {
                idle.origin.as_ref() == origin
                    && (idle.owner == owner || !matches!(self.reuse, Reuse::Iteration))
            })?;
            if self.shares()
                && idle[index].connection.seems_open()
                && let Some(shared) = idle[index].connection.share()
            {
                return Some(shared);
            }
            let connection = idle.remove(index).connection;
            if connection.seems_open() {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection for the next request. One that is shared stands here from the start.
    pub(crate) fn put(
        &self,
        origin: Option<&Rc<Origin>>,
        owner: Owner,
        mut connection: Connection,
    ) {
        let mut idle = self.idle.borrow_mut();
        if idle
            .iter()
            .any(|idle| idle.connection.is_shared_with(&connection))
        {
            return;
        }
        if self.limit.is_none() && idle.len() >= MOST_IDLE {
            idle.remove(0);
        }
        connection.reused = true;
        idle.push(Idle {
            origin: origin.cloned(),
            owner,
            connection,
        });
    }

    /// Gives up a connection that is shared.
    pub(crate) fn forget(&self, connection: &Connection) {
        let mut idle = self.idle.borrow_mut();
        idle.retain(|idle| !idle.connection.is_shared_with(connection));
    }

    /// Closes idle connections until one more may be opened.
    pub(crate) fn make_room(&self) {
        let Some(limit) = &self.limit else {
            return;
        };
        let in_use = limit.most - limit.slots.available_permits();
        let mut idle = self.idle.borrow_mut();
        while !idle.is_empty() && idle.len() + in_use > limit.most {
            idle.remove(0);
        }
    }

    /// The owner's iteration is over.
    pub(crate) fn end_iteration(&self, owner: Owner) {
        if matches!(self.reuse, Reuse::Iteration) {
            self.idle.borrow_mut().retain(|idle| idle.owner != owner);
        }
    }
}

/// Waits for a connection that somebody else has.
async fn blocked<F: Future>(
    wait: F,
    patience: &mut Patience,
    clock: &dyn Clock,
    progress: &mut Progress,
) -> Result<F::Output, Unanswered> {
    let from = clock.now();
    let part = Part {
        doing: "waiting for a connection",
        what: "",
        kind: ErrorKind::Timeout,
        limit: None,
    };
    let waited = part.wait(patience, clock, from, wait).await;
    let now = clock.now();
    progress.phases.add(RequestPhase::Blocked, now - from);
    if waited.is_ok() {
        progress.sent_at = now;
    }
    waited
}
