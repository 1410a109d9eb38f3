use std::sync::Arc;
use std::time::Duration;

use rtest_core::event::{EventKind, EventSink, RollbackProof};
use rtest_core::plan::{FaultPlan, LinkFault};
use rtest_core::window::WindowBoard;
use rtest_core::{Broken, Clock, UndoJournal};
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};
use tokio_util::task::TaskTracker;

use crate::fault::{Fault, FaultError};

/// Between two tries of a rollback.
const ROLLBACK_PAUSE: Duration = Duration::from_millis(100);

/// Where injections and rollbacks are told.
#[derive(Clone)]
pub(crate) struct Announcer {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) windows: Arc<WindowBoard>,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) journal: Option<Arc<dyn UndoJournal>>,
}

/// A fault that is injected, or about to be: as long as this lives, it has to be rolled back.
///
/// [`ActiveFault::roll_back`] is the way to end it. Dropping it starts the rollback on the tracker
/// that its drill owns, as far as there still is a runtime to run it.
pub(crate) struct ActiveFault {
    /// Absent once it is rolled back.
    injected: Option<Injected>,
    rollbacks: TaskTracker,
}

#[derive(Clone)]
struct Injected {
    index: u16,
    plan: Arc<FaultPlan>,
    fault: Arc<dyn Fault>,
    announcer: Announcer,
    /// Why it took no effect, or not the whole, where it did not.
    failure: Option<FaultError>,
}

impl ActiveFault {
    /// Opens the fault's window; it is injected next.
    pub(crate) fn begin(
        index: u16,
        plan: Arc<FaultPlan>,
        fault: Arc<dyn Fault>,
        announcer: Announcer,
        rollbacks: TaskTracker,
    ) -> Self {
        let window = announcer.windows.injected(index, announcer.clock.now());
        // Told now rather than when it took effect: the record's window begins with the board's.
        announcer.events.emit(EventKind::FaultInjected {
            fault: index,
            window,
        });
        Self {
            injected: Some(Injected {
                index,
                plan,
                fault,
                announcer,
                failure: None,
            }),
            rollbacks,
        }
    }

    /// Breaks what the fault breaks.
    ///
    /// # Errors
    /// As [`Fault::inject`], or when it takes too long. The failure shows in the rollback's proof.
    pub(crate) async fn inject(&mut self) -> Result<(), FaultError> {
        let Some(injected) = &mut self.injected else {
            return Ok(());
        };
        let limit = injected.fault.limits().inject;
        let inject = async {
            injected.write_down().await?;
            injected.fault.inject().await
        };
        let result = timeout(limit, inject)
            .await
            .unwrap_or_else(|_| Err(too_long(limit)));
        injected.failure = result.clone().err();
        result
    }

    /// Turns it into another of its kind.
    ///
    /// # Errors
    /// As [`Fault::turn_into`], or when it takes too long. The failure shows in the rollback's
    /// proof.
    pub(crate) async fn turn_into(&mut self, step: &LinkFault) -> Result<(), FaultError> {
        let Some(injected) = &mut self.injected else {
            return Ok(());
        };
        let limit = injected.fault.limits().inject;
        let result = timeout(limit, injected.fault.turn_into(step))
            .await
            .unwrap_or_else(|_| Err(too_long(limit)));
        injected.failure = result.clone().err();
        result
    }

    /// Mends it, closes its window, and tells what was seen.
    ///
    /// # Cancellation
    /// Dropping the future is dropping the fault: the rollback starts over on the drill's tracker.
    pub(crate) async fn roll_back(mut self) {
        if let Some(injected) = self.injected.clone() {
            injected.roll_back().await;
            self.injected = None;
        }
    }
}

fn too_long(limit: Duration) -> FaultError {
    let limit = rtest_core::unit::format_duration(limit);
    FaultError(format!("it took longer than {limit}"))
}

impl Drop for ActiveFault {
    fn drop(&mut self) {
        if let (Some(injected), Ok(runtime)) = (self.injected.take(), Handle::try_current()) {
            self.rollbacks
                .spawn_on(async move { injected.roll_back().await }, &runtime);
        }
    }
}

impl Injected {
    /// What is about to be broken; when this returns it is on the disk.
    async fn write_down(&self) -> Result<(), FaultError> {
        let Some(journal) = &self.announcer.journal else {
            return Ok(());
        };
        let entry = Broken {
            fault: self.index,
            name: self.plan.name.clone(),
            what: self.plan.describe(),
            things: self.fault.things(),
        };
        let written = journal.broken(entry).await;
        written.map_err(|why| FaultError(format!("the undo journal cannot be written: {why}")))
    }

    async fn roll_back(&self) {
        let mut proof = self.try_once().await;
        for _ in 1..self.fault.limits().tries {
            if proof.clean {
                break;
            }
            sleep(ROLLBACK_PAUSE).await;
            proof = self.try_once().await;
        }
        if let Some(failure) = &self.failure {
            proof = RollbackProof {
                clean: false,
                seen: format!("it never took effect: {failure}; {}", proof.seen),
            };
        }
        let announcer = &self.announcer;
        if let Some(journal) = &announcer.journal {
            let mended = journal.mended(self.index, proof.clean, proof.seen.clone());
            mended.await;
        }
        let window = announcer
            .windows
            .rolled_back(self.index, announcer.clock.now());
        announcer.events.emit(EventKind::FaultRolledBack {
            fault: self.index,
            window,
            proof,
        });
    }

    async fn try_once(&self) -> RollbackProof {
        let limit = self.fault.limits().roll_back;
        timeout(limit, self.fault.roll_back())
            .await
            .unwrap_or_else(|_| RollbackProof {
                clean: false,
                seen: format!(
                    "the rollback took longer than {}",
                    rtest_core::unit::format_duration(limit)
                ),
            })
    }
}
