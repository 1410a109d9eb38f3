use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::plan::LoadPlan;
use rtest_core::threshold::Threshold;
use rtest_metrics::{RunRecord, Summary};
use tokio_util::sync::CancellationToken;

/// How often thresholds are looked at while the load runs. k6 takes two seconds.
const PERIOD: Duration = Duration::from_secs(1);

/// Looks at the thresholds that may end a load while it runs.
///
/// It reads the record as it grows, so a look costs what reading a few metrics costs, whatever the
/// length of the run.
#[derive(Debug)]
pub struct ThresholdWatch {
    thresholds: Vec<Watched>,
    /// When it last looked.
    looked: Option<RunTime>,
    load: CancellationToken,
}

#[derive(Debug)]
struct Watched {
    /// Index into the plan's thresholds.
    index: u16,
    threshold: Threshold,
    /// From when on, from the start of the load.
    after: Duration,
}

/// A threshold that does not hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Breach {
    /// Index into the plan's thresholds.
    pub(crate) threshold: u16,
    /// What was read.
    pub(crate) observed: f64,
}

impl ThresholdWatch {
    /// Of a load's thresholds, those that end it; `load` is what they end it with. A part of a
    /// load has none: its numbers are not those that the thresholds are about.
    pub fn new(plan: Option<&LoadPlan>, load: CancellationToken) -> Self {
        let whole = plan.filter(|plan| plan.shard.of == 1);
        let thresholds = whole.into_iter().flat_map(|plan| &plan.thresholds);
        let thresholds = (0_u16..).zip(thresholds).filter_map(|(index, planned)| {
            Some(Watched {
                index,
                threshold: planned.threshold.clone(),
                after: planned.abort_after?,
            })
        });
        Self {
            thresholds: thresholds.collect(),
            looked: None,
            load,
        }
    }

    /// Looks, if it is time to, at the record of a load that was under way at `now`. The first
    /// breach ends the load; there is no second.
    pub(crate) fn look(&mut self, record: &RunRecord, now: RunTime) -> Option<Breach> {
        let load = record.load.as_ref()?;
        let early = self.looked.is_some_and(|last| now.since(last) < PERIOD);
        if early || self.thresholds.is_empty() || self.load.is_cancelled() {
            return None;
        }
        self.looked = Some(now);
        let elapsed = load.end.since(load.start);
        let due = self.thresholds.iter().filter(|it| it.after <= elapsed);
        let breach = due.filter_map(|watched| watched.breach(record)).next()?;
        self.load.cancel();
        Some(breach)
    }
}

impl Watched {
    /// What was measured of it is beyond its bound; what was not measured at all is not.
    fn breach(&self, record: &RunRecord) -> Option<Breach> {
        let value = Summary::new(record).value(&self.threshold.metric)?;
        if value.samples() == 0 {
            return None;
        }
        let observed = value.read(self.threshold.aggregation)?;
        let holds = self
            .threshold
            .comparison
            .holds(observed, self.threshold.bound);
        (!holds).then_some(Breach {
            threshold: self.index,
            observed,
        })
    }
}

#[cfg(test)]
mod tests;
