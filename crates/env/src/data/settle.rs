use std::collections::BTreeSet;
use std::sync::Arc;

use rtest_core::plan::ServicePlan;
use tokio_util::sync::CancellationToken;

use super::Keeper;
use crate::control::Control;
use crate::error::{EnvError, EnvErrorKind};
use crate::latch::Latch;

/// What the data of one service is brought back to, settled as everything comes up.
pub(crate) struct Settling {
    pub(crate) plan: ServicePlan,
    pub(crate) keeper: Arc<Keeper>,
    /// Who may prepare its data in starting: itself, and whatever depends on it, be it by way of
    /// others.
    pub(crate) preparing: BTreeSet<String>,
    /// Set when these are ready.
    pub(crate) prepared: Vec<Latch>,
    /// What it depends on is settled: to settle takes connections away, and may be a restart.
    pub(crate) callees_settled: Vec<Latch>,
    /// To be set when it is settled itself.
    pub(crate) settled: Latch,
}

impl Settling {
    /// Whether a service may prepare this data in starting.
    pub(crate) fn is_prepared_by(&self, service: &str) -> bool {
        self.preparing.contains(service)
    }

    /// Waits for its turn and keeps what is there then.
    ///
    /// # Errors
    /// It cannot be kept.
    ///
    /// # Cancellation
    /// `give_up` ends the wait. What is being kept meanwhile is kept to its end: it would be
    /// half-done, and nobody would know what to take away again.
    pub(crate) async fn settle(
        self,
        control: Arc<Control>,
        give_up: CancellationToken,
    ) -> Result<(), EnvError> {
        let turn = async {
            Latch::all(&self.prepared).await;
            Latch::all(&self.callees_settled).await;
        };
        if give_up.run_until_cancelled(turn).await.is_none() {
            return Ok(());
        }
        let kept = self.keeper.settle(control).await;
        kept.map_err(|why| EnvError::of_service(&self.plan, EnvErrorKind::Unkept(why)))?;
        self.settled.set();
        Ok(())
    }
}
