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
    /// Set when all is ready that may prepare its data in starting: itself, and whatever depends on
    /// it, be it by way of others.
    pub(crate) prepared: Vec<Latch>,
}

impl Settling {
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
        let prepared = give_up.run_until_cancelled(Latch::all(&self.prepared));
        if prepared.await.is_none() {
            return Ok(());
        }
        let kept = self.keeper.settle(control).await;
        kept.map_err(|why| EnvError::of_service(&self.plan, EnvErrorKind::Unkept(why)))
    }
}
