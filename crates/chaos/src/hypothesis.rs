use std::sync::Arc;
use std::time::Duration;

use rtest_core::Clock;
use rtest_core::event::ProbeResult;
use rtest_core::plan::{Continuously, ProbePlan};
use rtest_core::unit::format_duration;
use tokio::time::{sleep, timeout};

use crate::drill::DrillError;
use crate::probe::{self, Means, Probe};

/// How long one answer to a probe may take.
pub const ASK_LIMIT: Duration = Duration::from_secs(5);
/// How long the steady state may take to come back after the last fault.
pub const SETTLE_LIMIT: Duration = Duration::from_secs(5);
/// Between two looks whether it has come back.
const SETTLE_PAUSE: Duration = Duration::from_millis(100);

/// Probes, ready to be asked.
#[derive(Debug)]
pub(crate) struct Hypothesis {
    probes: Vec<Asked>,
}

/// One probe.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Index into the plan's list.
    pub(crate) index: u16,
    pub(crate) continuously: Option<Continuously>,
    pub(crate) probe: Arc<dyn Probe>,
}

impl Asked {
    /// Asks once.
    pub(crate) async fn ask(&self) -> ProbeResult {
        probe::ask(self.probe.as_ref()).await
    }
}

impl Hypothesis {
    /// Resolves the probes of a plan; those on metrics are left out.
    pub(crate) fn new(plan: &[(u16, ProbePlan)], means: &Means<'_>) -> Result<Self, DrillError> {
        let mut probes = Vec::new();
        for (index, plan) in plan {
            if let Some(probe) = probe::of_plan(&plan.kind, means)? {
                probes.push(Asked {
                    index: *index,
                    continuously: plan.continuously,
                    probe,
                });
            }
        }
        Ok(Self { probes })
    }

    /// Of these.
    #[cfg(test)]
    pub(crate) fn of(probes: Vec<Asked>) -> Self {
        Self { probes }
    }

    pub(crate) fn probes(&self) -> &[Asked] {
        &self.probes
    }
}

/// Asks until it holds, or until the time is up; then the last answer counts.
pub(crate) async fn settle<A>(
    ask: impl Fn() -> A,
    clock: &Arc<dyn Clock>,
    limit: Duration,
) -> ProbeResult
where
    A: Future<Output = ProbeResult>,
{
    let began = clock.now();
    let mut last = None;
    let settled = async {
        loop {
            let mut result = ask().await;
            if result.held {
                if last.is_some() {
                    let after = format_duration(whole_millis(clock.now() - began));
                    result.actual = format!("{}, after {after}", result.actual);
                }
                break result;
            }
            last = Some(result);
            sleep(SETTLE_PAUSE).await;
        }
    };
    let settled = timeout(limit, settled).await;
    settled.unwrap_or_else(|_| {
        let mut result = last.unwrap_or_else(|| ProbeResult {
            held: false,
            expected: "an answer".to_owned(),
            actual: "none".to_owned(),
        });
        result.actual = format!(
            "{}, still so after {}",
            result.actual,
            format_duration(limit)
        );
        result
    })
}

fn whole_millis(duration: Duration) -> Duration {
    Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
