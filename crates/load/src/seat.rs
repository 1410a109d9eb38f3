use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

use rtest_core::RunTime;
use tokio_util::sync::CancellationToken;

use crate::scenario::Start;

/// A virtual user's place in its scenario, as long as it is there: what it was given, what it has
/// done, and where it waits for its next iteration.
///
/// A channel of one, for two tasks of one thread: what is put in before it was taken out would be
/// lost, and cannot be, since only the seats of idle virtual users are ever given anything.
#[derive(Debug)]
pub(crate) struct Seat {
    /// Its number among the worker's, from 0.
    pub(crate) number: usize,
    /// Cuts off the virtual user.
    pub(crate) interrupt: CancellationToken,
    /// Iterations that it has begun.
    pub(crate) begun: Cell<u64>,
    /// When it is cut off, since it is no longer wanted.
    pub(crate) leaves_by: Cell<Option<RunTime>>,
    /// Whether it has no iteration and waits for one.
    pub(crate) idle: Cell<bool>,
    next: Cell<Option<Next>>,
    waker: RefCell<Option<Waker>>,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    Start(Start),
    Leave,
}

impl Seat {
    /// For a virtual user that has done nothing yet.
    pub(crate) fn new(number: usize, interrupt: CancellationToken) -> Self {
        Self {
            number,
            interrupt,
            begun: Cell::new(0),
            leaves_by: Cell::new(None),
            idle: Cell::new(false),
            next: Cell::new(None),
            waker: RefCell::new(None),
        }
    }

    /// Counts an iteration.
    pub(crate) fn begins(&self) {
        self.begun.set(self.begun.get() + 1);
    }

    /// Gives the one who sits here an iteration to run.
    pub(crate) fn give(&self, start: Start) {
        self.begins();
        self.put(Next::Start(start));
    }

    /// Sends the one who sits here home.
    pub(crate) fn dismiss(&self) {
        self.put(Next::Leave);
    }

    fn put(&self, next: Next) {
        self.idle.set(false);
        self.next.set(Some(next));
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }

    /// Waits for an iteration; nothing when there will be none.
    ///
    /// # Cancellation
    /// Loses nothing: what was given stays for the next wait.
    pub(crate) async fn wait(&self) -> Option<Start> {
        poll_fn(|cx| match self.next.take() {
            Some(Next::Start(start)) => Poll::Ready(Some(start)),
            Some(Next::Leave) => Poll::Ready(None),
            None => {
                *self.waker.borrow_mut() = Some(cx.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}
