use std::sync::Arc;

use rtest_core::event::EventKind;
use rtest_core::plan::FaultPlan;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::active::{ActiveFault, Announcer};
use crate::fault::{Fault, FaultError};

/// One fault, from before it begins until nothing is left of it.
pub(crate) struct Performance {
    /// Index into the plan's timeline.
    pub(crate) index: u16,
    pub(crate) plan: Arc<FaultPlan>,
    pub(crate) fault: Arc<dyn Fault>,
    /// What to say when it begins, beyond that it does.
    pub(crate) remark: Option<String>,
    /// The start of the timeline.
    pub(crate) zero: Instant,
    /// Set when those are over that come before it.
    pub(crate) after: Vec<CancellationToken>,
    /// Says that it is over, or never will begin, when dropped.
    pub(crate) over: DropGuard,
    pub(crate) cancel: CancellationToken,
    pub(crate) announcer: Announcer,
    pub(crate) rollbacks: TaskTracker,
}

impl Performance {
    /// Waits until it is due, breaks, waits until it is over, mends.
    ///
    /// # Cancellation
    /// When cancelled, what is broken is mended at once. When dropped, that goes on as a task of
    /// the drill.
    pub(crate) async fn play(self) {
        let due = self.zero + self.plan.at;
        let turn = async {
            sleep_until(due).await;
            let before = Instant::now();
            for earlier in &self.after {
                earlier.cancelled().await;
            }
            // It lasts as long as planned, also where what came before was mended late.
            due + before.elapsed()
        };
        let Some(begin) = self.cancel.run_until_cancelled(turn).await else {
            return;
        };
        if let Some(remark) = &self.remark {
            self.announcer.events.emit(EventKind::Note(remark.clone()));
        }
        let mut active = ActiveFault::begin(
            self.index,
            Arc::clone(&self.plan),
            Arc::clone(&self.fault),
            self.announcer.clone(),
            self.rollbacks.clone(),
        );
        let last = async {
            active.inject().await?;
            for step in &self.plan.ramp {
                sleep_until(begin + step.after).await;
                active.turn_into(&step.fault).await?;
            }
            sleep_until(begin + self.plan.lasting).await;
            Ok::<_, FaultError>(())
        };
        match self.cancel.run_until_cancelled(last).await {
            Some(Ok(())) => {}
            Some(Err(error)) => self.announcer.events.emit(EventKind::Note(format!(
                "the fault `{}` could not be injected: {error}",
                self.plan.name
            ))),
            None => {}
        }
        active.roll_back().await;
        drop(self.over);
    }
}
