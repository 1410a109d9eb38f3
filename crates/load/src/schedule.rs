use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::plan::ScenarioPlan;

use crate::control::Wanted;
use crate::pacer::{Arrival, Pacer};
use crate::timeline::Timeline;

/// One worker's part of a scenario's schedule, on the run clock, as it is changed from outside.
#[derive(Debug)]
pub(crate) struct Schedule {
    timeline: Timeline,
    /// Of the scenario, from the start of the load.
    start_time: Duration,
    duration: Duration,
    open: bool,
    pacer: Box<dyn Pacer>,
    rate_scale: f64,
    /// When it was ended before its time.
    stopped_at: Option<RunTime>,
}

impl Schedule {
    /// The plan's, in a load that starts at `start`.
    pub(crate) fn new(plan: &ScenarioPlan, start: RunTime, pacer: Box<dyn Pacer>) -> Self {
        Self {
            timeline: Timeline::new(start),
            start_time: plan.start_time,
            duration: plan.executor.duration(),
            open: plan.executor.is_open(),
            pacer,
            rate_scale: Wanted::default().rate_scale,
            stopped_at: None,
        }
    }

    /// How long the scenario has run, pauses left out; nothing before its start.
    pub(crate) fn elapsed(&self, now: RunTime) -> Option<Duration> {
        self.timeline.at(now)?.checked_sub(self.start_time)
    }

    /// When the scenario will have run so long; nothing as long as it is paused.
    pub(crate) fn when(&self, elapsed: Duration) -> Option<RunTime> {
        self.timeline.when(self.start_time + elapsed)
    }

    /// Takes the next arrival that is due: its number in the scenario, and since when.
    pub(crate) fn take(&mut self, now: RunTime) -> Option<(u64, RunTime)> {
        if self.rests() {
            return None;
        }
        let elapsed = self.elapsed(now)?;
        let Arrival { index, due } = self.pacer.take(elapsed)?;
        let due = if self.open { self.when(due)? } else { now };
        Some((index, due))
    }

    /// When the next arrival falls, or fell, due; nothing where none does as things stand.
    pub(crate) fn next_due(&self) -> Option<RunTime> {
        if self.rests() {
            return None;
        }
        self.when(self.pacer.next_due()?)
    }

    /// A closed model begins nothing in a pause. In an open one, what fell due before is still
    /// owed.
    fn rests(&self) -> bool {
        !self.open && self.timeline.is_paused()
    }

    /// How many arrivals fell due up to and including `at`; nothing in a closed model.
    pub(crate) fn offered(&mut self, at: RunTime) -> Option<u64> {
        match self.elapsed(at) {
            Some(elapsed) => self.pacer.offered(elapsed),
            None => Some(0),
        }
    }

    /// When nothing falls due any more, by the plan or because it was stopped; nothing as long as
    /// it is paused.
    pub(crate) fn ends_at(&self) -> Option<RunTime> {
        self.stopped_at.or_else(|| self.when(self.duration))
    }

    /// Whether nothing falls due any more.
    pub(crate) fn has_ended(&self, now: RunTime) -> bool {
        self.pacer.is_spent() || self.ends_at().is_some_and(|end| end <= now)
    }

    /// Takes up what is asked from outside, from now on.
    pub(crate) fn follow(&mut self, wanted: Wanted, now: RunTime) {
        if self.stopped_at.is_some() {
            return;
        }
        if wanted.rate_scale != self.rate_scale {
            self.rate_scale = wanted.rate_scale;
            self.pacer.rescale(self.elapsed(now), wanted.rate_scale);
        }
        if wanted.stopped {
            self.stop(now);
        } else if wanted.paused {
            self.timeline.pause(now);
        } else {
            self.timeline.resume(now);
        }
    }

    /// Nothing falls due after now.
    pub(crate) fn stop(&mut self, now: RunTime) {
        self.timeline.pause(now);
        self.stopped_at.get_or_insert(now);
    }
}
