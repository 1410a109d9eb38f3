use std::sync::Arc;

use rtest_core::{Clock, RunTime};

#[cfg(target_os = "linux")]
use shared::Shared;

/// Wakes any number of tasks, each at an instant of the run clock. Dropping it ends its own task.
#[derive(Debug)]
pub struct AlarmClock {
    clock: Arc<dyn Clock>,
    #[cfg(target_os = "linux")]
    shared: Option<Arc<Shared>>,
    /// Wakes whoever is due; ends with this.
    #[cfg(target_os = "linux")]
    _waker: tokio::task::JoinSet<()>,
}

impl AlarmClock {
    /// To be made inside a runtime.
    pub fn start(clock: Arc<dyn Clock>) -> Self {
        #[cfg(target_os = "linux")]
        {
            // Without a descriptor left, or on virtual time, tokio's timer waits.
            let shared = clock.is_real().then(|| Shared::new(clock.clone()));
            let shared = shared.and_then(Result::ok).map(Arc::new);
            let mut waker = tokio::task::JoinSet::new();
            if let Some(shared) = shared.clone() {
                waker.spawn(async move { shared.wake_all_in_time().await });
            }
            Self {
                clock,
                shared,
                _waker: waker,
            }
        }
        #[cfg(not(target_os = "linux"))]
        Self { clock }
    }

    /// Returns once the run clock shows `due` or later; never for `None`.
    ///
    /// # Cancellation
    /// May be dropped at any time; nothing is lost.
    pub async fn at(&self, due: Option<RunTime>) {
        let Some(due) = due else {
            return std::future::pending().await;
        };
        #[cfg(target_os = "linux")]
        if let Some(shared) = &self.shared {
            return shared.wait_until(due).await;
        }
        loop {
            let left = due - self.clock.now();
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }
}

#[cfg(target_os = "linux")]
mod shared {
    use std::collections::BTreeMap;
    use std::io;
    use std::pin::Pin;
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
    use std::task::{Context, Poll, Waker};

    use rtest_core::{Clock, RunTime};

    use crate::SystemTimer;

    #[derive(Debug)]
    pub(super) struct Shared {
        clock: Arc<dyn Clock>,
        timer: SystemTimer,
        queue: Mutex<Queue>,
    }

    #[derive(Debug, Default)]
    struct Queue {
        /// By when they are due; the number tells apart those due together.
        waiting: BTreeMap<(RunTime, u64), Waker>,
        next_number: u64,
        /// What the timer is set for, where it is.
        set_for: Option<RunTime>,
    }

    impl Shared {
        pub(super) fn new(clock: Arc<dyn Clock>) -> io::Result<Self> {
            Ok(Self {
                clock,
                timer: SystemTimer::new()?,
                queue: Mutex::default(),
            })
        }

        pub(super) fn wait_until(&self, due: RunTime) -> Wait<'_> {
            Wait {
                shared: self,
                due,
                number: None,
            }
        }

        /// Wakes whoever is due, until the runtime is gone.
        pub(super) async fn wake_all_in_time(&self) {
            while self.timer.ring().await {
                let now = self.clock.now();
                let mut queue = self.lock();
                queue.set_for = None;
                while let Some(entry) = queue.waiting.first_entry()
                    && entry.key().0 <= now
                {
                    entry.remove().wake();
                }
                self.set(&mut queue);
            }
        }

        /// Sets the timer for the first that is due, where it is not set to ring before.
        fn set(&self, queue: &mut Queue) {
            let Some((&(due, _), _)) = queue.waiting.first_key_value() else {
                return;
            };
            if queue.set_for.is_none_or(|set_for| due < set_for) {
                queue.set_for = Some(due);
                self.timer.set_for(due, &*self.clock);
            }
        }

        fn lock(&self) -> MutexGuard<'_, Queue> {
            // Every change of the queue is a single step, so it is whole after a panic too.
            self.queue.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    /// Waits for an instant.
    pub(super) struct Wait<'a> {
        shared: &'a Shared,
        due: RunTime,
        /// Its place in the queue, where it has one.
        number: Option<u64>,
    }

    impl Future for Wait<'_> {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            if self.due <= self.shared.clock.now() {
                return Poll::Ready(());
            }
            let mut queue = self.shared.lock();
            let number = self.number.unwrap_or_else(|| {
                queue.next_number += 1;
                queue.next_number
            });
            queue
                .waiting
                .entry((self.due, number))
                .and_modify(|waker| waker.clone_from(cx.waker()))
                .or_insert_with(|| cx.waker().clone());
            self.shared.set(&mut queue);
            drop(queue);
            self.number = Some(number);
            Poll::Pending
        }
    }

    impl Drop for Wait<'_> {
        fn drop(&mut self) {
            if let Some(number) = self.number {
                // The timer stays as it is set: that it rings for nobody costs less than setting
                // it anew.
                self.shared.lock().waiting.remove(&(self.due, number));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtest_core::MonotonicClock;
    use std::time::Duration;
    use tokio::task::JoinSet;

    const MS: Duration = Duration::from_millis(1);

    fn real() -> (Arc<AlarmClock>, Arc<dyn Clock>) {
        let clock: Arc<dyn Clock> = Arc::new(MonotonicClock::start());
        (Arc::new(AlarmClock::start(clock.clone())), clock)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn hundreds_that_wait_at_once_are_woken_in_time_and_never_early() {
        let (alarms, clock) = real();
        let begin = clock.now();
        let mut waits = JoinSet::new();
        for number in 0..500_u32 {
            let (alarms, clock) = (alarms.clone(), clock.clone());
            // In no order, some of them together.
            let due = begin + Duration::from_micros(u64::from((number * 7919) % 40_000));
            waits.spawn(async move {
                alarms.at(Some(due)).await;
                assert!(clock.now() >= due);
            });
        }
        while let Some(wait) = waits.join_next().await {
            wait.unwrap();
        }
        assert!(clock.now() >= begin + 39 * MS);
    }

    #[tokio::test]
    async fn a_wait_that_is_due_sooner_than_those_before_it_is_woken_first() {
        let (alarms, clock) = real();
        let now = clock.now();
        tokio::select! {
            biased;
            () = alarms.at(Some(now + 10_000 * MS)) => panic!("the later one"),
            () = alarms.at(Some(now + 5 * MS)) => {}
        }
        assert!(clock.now() < now + 5_000 * MS);
    }

    #[tokio::test]
    async fn a_wait_that_was_dropped_does_not_keep_a_later_one_from_ringing() {
        let (alarms, clock) = real();
        for _ in 0..20 {
            let now = clock.now();
            tokio::select! {
                biased;
                () = alarms.at(Some(now + MS)) => panic!("at once"),
                () = tokio::task::yield_now() => {}
            }
            alarms.at(Some(now + 3 * MS)).await;
            assert!(clock.now() >= now + 3 * MS);
        }
    }

    #[tokio::test]
    async fn what_is_due_already_is_not_waited_for_and_nothing_is_waited_for_ever() {
        let (alarms, _clock) = real();
        alarms.at(Some(RunTime::ZERO)).await;
        let never = tokio::time::timeout(5 * MS, alarms.at(None)).await;
        assert!(never.is_err());
    }

    #[derive(Debug)]
    struct Virtual(tokio::time::Instant);

    impl Clock for Virtual {
        fn now(&self) -> RunTime {
            RunTime::from(self.0.elapsed())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn virtual_time_is_kept_by_tokio() {
        let clock: Arc<dyn Clock> = Arc::new(Virtual(tokio::time::Instant::now()));
        let alarms = AlarmClock::start(clock.clone());
        let due = RunTime::from(Duration::from_secs(3600));
        alarms.at(Some(due)).await;
        assert!(clock.now() >= due);
    }
}
