use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rtest_core::{Clock, RunTime};
use tokio::task::coop::unconstrained;
use tokio::time::Sleep;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Why a wait was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GaveUp {
    /// The deadline passed.
    TimedOut,
    /// The scenario was cut off.
    Interrupted,
}

/// How long a virtual user waits for anything: until its deadline, or until its scenario is cut
/// off.
///
/// Made once for each virtual user and armed for each request. A timer that would ring before the
/// deadline is left as it is and set again only when it rings too early, so that requests far
/// shorter than their timeout never touch the timer wheel.
#[derive(Debug)]
pub(crate) struct Patience {
    clock: Arc<dyn Clock>,
    deadline: RunTime,
    rings_at: RunTime,
    alarm: Pin<Box<Sleep>>,
    interrupted: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Patience {
    /// Waits without a deadline, until `interrupt` is cancelled. To be made inside a runtime.
    pub(crate) fn new(clock: Arc<dyn Clock>, interrupt: CancellationToken) -> Self {
        Self {
            clock,
            deadline: NEVER,
            rings_at: NEVER,
            alarm: Box::pin(tokio::time::sleep(Duration::MAX)),
            interrupted: Box::pin(interrupt.cancelled_owned()),
        }
    }

    /// Sets the deadline of the waits that follow.
    pub(crate) fn until(&mut self, deadline: RunTime) {
        self.deadline = deadline;
        if deadline < self.rings_at {
            self.set_alarm();
        }
    }

    /// The deadline of the present waits.
    pub(crate) const fn deadline(&self) -> RunTime {
        self.deadline
    }

    /// Waits for `future`, unless patience ends first.
    ///
    /// # Errors
    /// Why it was given up; `future` is dropped then.
    pub(crate) async fn wait<F: Future>(&mut self, future: F) -> Result<F::Output, GaveUp> {
        let mut future = pin!(future);
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => self.poll_end(cx).map(Err),
        })
        .await
    }

    /// Does nothing for a while.
    ///
    /// # Errors
    /// The scenario was cut off meanwhile.
    pub(crate) async fn rest(&mut self, duration: Duration) -> Result<(), GaveUp> {
        self.until(NEVER);
        self.wait(tokio::time::sleep(duration)).await
    }

    /// Lets others have the thread where this task has had it for long.
    ///
    /// # Errors
    /// The scenario was cut off meanwhile.
    pub(crate) async fn give_way(&mut self) -> Result<(), GaveUp> {
        self.until(NEVER);
        self.wait(tokio::task::coop::consume_budget()).await
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<GaveUp> {
        if self.interrupted.as_mut().poll(cx).is_ready() {
            return Poll::Ready(GaveUp::Interrupted);
        }
        loop {
            // Outside tokio's budget: a peer that never stops sending uses all of it up before.
            ready!(pin!(unconstrained(self.alarm.as_mut())).poll(cx));
            if self.clock.now() >= self.deadline {
                return Poll::Ready(GaveUp::TimedOut);
            }
            self.set_alarm();
        }
    }

    fn set_alarm(&mut self) {
        self.rings_at = self.deadline;
        let left = self.deadline - self.clock.now();
        self.alarm.set(tokio::time::sleep(left));
    }
}

/// After the end of any run: 584 years.
const NEVER: RunTime = RunTime::from_nanos(u64::MAX);
