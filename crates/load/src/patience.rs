use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};
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
/// shorter than their timeout never touch the timer wheel. Nor do they ask timer and scenario
/// whether it is time to give up: these say so themselves, by a bell.
#[derive(Debug)]
pub(crate) struct Patience {
    clock: Arc<dyn Clock>,
    deadline: RunTime,
    rings_at: RunTime,
    alarm: Pin<Box<Sleep>>,
    interrupted: Pin<Box<WaitForCancellationFutureOwned>>,
    bell: Arc<Bell>,
    /// The bell as what is woken by `alarm` and `interrupted`.
    bell_rope: Waker,
    /// Whom the bell wakes.
    sleeper: Waker,
}

impl Patience {
    /// Waits without a deadline, until `interrupt` is cancelled. To be made inside a runtime.
    pub(crate) fn new(clock: Arc<dyn Clock>, interrupt: CancellationToken) -> Self {
        let bell = Arc::new(Bell::default());
        Self {
            clock,
            deadline: NEVER,
            rings_at: NEVER,
            alarm: Box::pin(tokio::time::sleep(Duration::MAX)),
            interrupted: Box::pin(interrupt.cancelled_owned()),
            bell_rope: Waker::from(Arc::clone(&bell)),
            bell,
            sleeper: Waker::noop().clone(),
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
        if !self.sleeper.will_wake(cx.waker()) {
            self.sleeper.clone_from(cx.waker());
            self.bell.wakes(cx.waker());
        }
        if !self.bell.has_rung() {
            return Poll::Pending;
        }
        let bell_rope = self.bell_rope.clone();
        // Outside tokio's budget: a peer that never stops sending has used all of it up.
        let end = pin!(unconstrained(poll_fn(|cx| self.poll_why(cx))));
        end.poll(&mut Context::from_waker(&bell_rope))
    }

    fn poll_why(&mut self, cx: &mut Context<'_>) -> Poll<GaveUp> {
        if self.interrupted.as_mut().poll(cx).is_ready() {
            // Whoever waits for something else then is to find it again.
            self.bell.ring();
            return Poll::Ready(GaveUp::Interrupted);
        }
        loop {
            // Outside tokio's budget: a peer that never stops sending uses all of it up before.
            ready!(pin!(unconstrained(self.alarm.as_mut())).poll(cx));
            if self.clock.now() >= self.deadline {
                self.bell.ring();
                return Poll::Ready(GaveUp::TimedOut);
            }
            self.set_alarm();
        }
    }

    fn set_alarm(&mut self) {
        self.rings_at = self.deadline;
        let left = self.deadline - self.clock.now();
        self.alarm.set(tokio::time::sleep(left));
        // What was not asked yet does not ring.
        self.bell.ring();
    }
}

/// After the end of any run: 584 years.
const NEVER: RunTime = RunTime::from_nanos(u64::MAX);

/// Rung by what ends a wait, so that whoever is woken by something else need not ask.
#[derive(Debug)]
struct Bell {
    rung: AtomicBool,
    wakes: Mutex<Waker>,
}

/// Has rung: nobody was asked yet.
impl Default for Bell {
    fn default() -> Self {
        Self {
            rung: AtomicBool::new(true),
            wakes: Mutex::new(Waker::noop().clone()),
        }
    }
}

impl Bell {
    fn ring(&self) {
        self.rung.store(true, Ordering::Release);
    }

    /// Whether it has rung since this was last asked.
    fn has_rung(&self) -> bool {
        self.rung.load(Ordering::Acquire) && self.rung.swap(false, Ordering::AcqRel)
    }

    fn wakes(&self, waker: &Waker) {
        self.lock().clone_from(waker);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waker> {
        // A panic while it was held leaves a waker there.
        self.wakes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
        let waker = self.lock().clone();
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    /// tokio's clock, which jumps to the next timer when nothing runs.
    #[derive(Debug)]
    struct VirtualClock(tokio::time::Instant);

    impl Clock for VirtualClock {
        fn now(&self) -> RunTime {
            RunTime::from(self.0.elapsed())
        }
    }

    fn patience(interrupt: &CancellationToken) -> (Patience, Arc<dyn Clock>) {
        let clock: Arc<dyn Clock> = Arc::new(VirtualClock(tokio::time::Instant::now()));
        (Patience::new(Arc::clone(&clock), interrupt.clone()), clock)
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn every_wait_ends_at_its_own_deadline() {
        let (mut patience, clock) = patience(&CancellationToken::new());
        for seconds in [5, 1, 3, 3, 1] {
            let deadline = clock.now() + seconds * SECOND;
            patience.until(deadline);
            // Something else wakes it meanwhile, and does not end the wait.
            let soon = patience.wait(tokio::time::sleep(SECOND / 2)).await;
            assert_eq!(soon, Ok(()));
            let ended = patience.wait(pending::<()>()).await;
            assert_eq!(ended, Err(GaveUp::TimedOut));
            assert!(clock.now() - deadline < SECOND / 500, "{seconds} s");
            let again = patience.wait(pending::<()>()).await;
            assert_eq!(again, Err(GaveUp::TimedOut), "still over");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_interrupt_ends_every_wait_from_then_on() {
        let interrupt = CancellationToken::new();
        let (mut patience, clock) = patience(&interrupt);
        patience.until(clock.now() + 60 * SECOND);
        let (ended, ()) = tokio::join!(patience.wait(pending::<()>()), async {
            tokio::time::sleep(SECOND).await;
            interrupt.cancel();
        });
        assert_eq!(ended, Err(GaveUp::Interrupted));
        assert_eq!(clock.now(), RunTime::ZERO + SECOND);
        let again = patience.rest(SECOND).await;
        assert_eq!(again, Err(GaveUp::Interrupted));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_in_whatever_task_it_is() {
        let (mut patience, clock) = patience(&CancellationToken::new());
        patience.until(clock.now() + SECOND);
        let first = tokio::time::timeout(SECOND / 2, patience.wait(pending::<()>())).await;
        assert!(first.is_err(), "its time is not over");
        let local = tokio::task::LocalSet::new();
        let elsewhere = local.run_until(async {
            let task =
                tokio::task::spawn_local(async move { patience.wait(pending::<()>()).await });
            task.await.expect("no panic")
        });
        assert_eq!(elsewhere.await, Err(GaveUp::TimedOut));
    }

    /// A peer that never stops sending uses up tokio's budget in each turn.
    #[tokio::test]
    async fn what_is_always_ready_for_more_ends_too() {
        let clock: Arc<dyn Clock> = Arc::new(rtest_core::MonotonicClock::start());
        let mut patience = Patience::new(Arc::clone(&clock), CancellationToken::new());
        patience.until(clock.now() + SECOND / 50);
        let greedy = async {
            loop {
                tokio::task::coop::consume_budget().await;
            }
        };
        let ended: Result<(), GaveUp> = patience.wait(greedy).await;
        assert_eq!(ended, Err(GaveUp::TimedOut));
    }
}
