use std::path::PathBuf;
use std::time::Duration;

use rtest_core::plan::GuardrailsPlan;
use tokio::time::sleep;

use crate::drill::{DrillError, numbered};
use crate::hypothesis::{Asked, Hypothesis};
use crate::probe::Means;

/// How often is looked whether the kill switch is there.
const SWITCH_PERIOD: Duration = Duration::from_millis(200);
/// How often a probe is asked.
const PROBE_PERIOD: Duration = Duration::from_secs(1);
/// A probe that fails so often in a row ends the drill: once may be a lost packet.
const FAILURES: u32 = 2;

/// The guardrails that are looked at from here; bounds on metrics are looked at where the record
/// is.
#[derive(Debug)]
pub(crate) struct Guard {
    probes: Hypothesis,
    /// Index of the first probe among all guardrails.
    first_probe: u16,
    kill_switch: Option<(u16, PathBuf)>,
}

impl Guard {
    pub(crate) fn new(plan: &GuardrailsPlan, means: &Means<'_>) -> Result<Self, DrillError> {
        let index = |at: usize| u16::try_from(at).map_err(|_| DrillError::TooMany);
        let switch = index(plan.abort_when.len() + plan.probes.len())?;
        Ok(Self {
            probes: Hypothesis::new(&numbered(plan.probes.clone())?, means)?,
            first_probe: index(plan.abort_when.len())?,
            kill_switch: plan
                .kill_switch
                .as_ref()
                .map(|it| (switch, it.path.clone())),
        })
    }

    /// With these probes.
    #[cfg(test)]
    pub(crate) fn with_probes(mut self, probes: Hypothesis) -> Self {
        self.probes = probes;
        self
    }

    /// Returns when one ends the drill: its index, and what was there.
    pub(crate) async fn tripped(&self) -> (u16, String) {
        let probes = self.probes.probes().iter();
        let mut all: Vec<_> = probes.map(|probe| Box::pin(self.failing(probe))).collect();
        let probes = async {
            if all.is_empty() {
                return std::future::pending().await;
            }
            let (tripped, _, _) = futures_util::future::select_all(all.drain(..)).await;
            tripped
        };
        tokio::select! {
            tripped = probes => tripped,
            tripped = self.switched() => tripped,
        }
    }

    async fn failing(&self, probe: &Asked) -> (u16, String) {
        let mut failures = 0;
        loop {
            let result = probe.ask().await;
            failures = if result.held { 0 } else { failures + 1 };
            if failures == FAILURES {
                let observed = format!("failed {FAILURES} times in a row: {}", result.actual);
                return (self.first_probe + probe.index, observed);
            }
            sleep(PROBE_PERIOD).await;
        }
    }

    async fn switched(&self) -> (u16, String) {
        let Some((index, path)) = &self.kill_switch else {
            return std::future::pending().await;
        };
        loop {
            match tokio::fs::try_exists(path).await {
                Ok(false) => sleep(SWITCH_PERIOD).await,
                Ok(true) => return (*index, "somebody has put it there".to_owned()),
                // A switch that cannot be seen cannot be relied on.
                Err(error) => return (*index, format!("it cannot be looked for: {error}")),
            }
        }
    }
}
