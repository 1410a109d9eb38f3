//! How a scenario's loop is woken for the next arrival.
//!
//! Beside its requests, wakes are what an open loop costs. tokio's timer pays two for each: to set
//! it, the wait that is about to begin is interrupted first. Here the system's timer stands among
//! the connections that tokio waits for.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::Pacing;
use rtest_core::{Clock, RunTime};
use tokio::task::yield_now;

#[cfg(target_os = "linux")]
use rtest_timer::SystemTimer;

/// The least time between two rings that are coalesced.
const COALESCED: Duration = Duration::from_millis(1);

/// Whose timers wake a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timers {
    /// The system's.
    System,
    /// tokio's, which can keep virtual time.
    #[cfg(test)]
    Tokio,
}

/// Wakes one task, as often as it asks for it.
#[derive(Debug)]
pub(crate) struct Alarm {
    clock: Arc<dyn Clock>,
    kind: Kind,
    /// The least time between two rings.
    pause: Duration,
    rang_at: Cell<RunTime>,
}

#[derive(Debug)]
enum Kind {
    #[cfg(target_os = "linux")]
    System(SystemTimer),
    Tokio,
    Spin,
}

impl Alarm {
    /// An alarm that rings as closely to the instant as asked. To be made inside a runtime.
    pub(crate) fn new(timers: Timers, pacing: Pacing, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            kind: match pacing {
                Pacing::Spin => Kind::Spin,
                Pacing::Coalesced | Pacing::Precise => timers.timer(),
            },
            pause: match pacing {
                Pacing::Coalesced => COALESCED,
                Pacing::Precise | Pacing::Spin => Duration::ZERO,
            },
            rang_at: Cell::new(RunTime::ZERO),
        }
    }

    /// Waits until an instant of the run clock, or a little longer where rings are coalesced. Other
    /// tasks have their turn in any case.
    ///
    /// # Cancellation
    /// Loses nothing: the next wait says anew for what.
    pub(crate) async fn ring_at(&self, at: RunTime) {
        let clock = &*self.clock;
        let at = at.max(self.rang_at.get() + self.pause);
        match &self.kind {
            _ if at <= clock.now() => yield_now().await,
            #[cfg(target_os = "linux")]
            Kind::System(timer) => timer.wait_until(at, clock).await,
            Kind::Tokio => tokio::time::sleep(at - clock.now()).await,
            Kind::Spin => {
                while clock.now() < at {
                    yield_now().await;
                }
            }
        }
        // By the clock of the schedule, so that what the system adds to each wake does not add up.
        let late = clock.now() - at;
        self.rang_at
            .set(if late < self.pause { at } else { at + late });
    }
}

impl Timers {
    fn timer(self) -> Kind {
        match self {
            #[cfg(target_os = "linux")]
            Self::System => match SystemTimer::new() {
                Ok(timer) => Kind::System(timer),
                // The system has no file descriptor left.
                Err(_) => Kind::Tokio,
            },
            #[cfg(not(target_os = "linux"))]
            Self::System => Kind::Tokio,
            #[cfg(test)]
            Self::Tokio => Kind::Tokio,
        }
    }
}

#[cfg(test)]
mod tests;
