use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

use crate::scenario::Start;

/// Where an idle virtual user waits for its next iteration.
///
/// A channel of one, for two tasks of one thread: what is put in before it was taken out would be
/// lost, and cannot be, since only the seats of idle virtual users are ever given anything.
#[derive(Debug, Default)]
pub(crate) struct Seat {
    next: Cell<Option<Next>>,
    waker: RefCell<Option<Waker>>,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    Start(Start),
    Leave,
}

impl Seat {
    /// Gives the one who sits here an iteration to run.
    pub(crate) fn give(&self, start: Start) {
        self.put(Next::Start(start));
    }

    /// Sends the one who sits here home.
    pub(crate) fn dismiss(&self) {
        self.put(Next::Leave);
    }

    fn put(&self, next: Next) {
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
