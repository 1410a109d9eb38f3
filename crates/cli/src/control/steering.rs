use rtest_core::plan::Plan;
use rtest_load::{LoadControl, Wanted};

/// The least that `-` leads to: a load that is to stand still is paused.
const LEAST: f64 = 0.1;

/// What can be changed of a plan's load, and the hold to change it by. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Steering {
    control: LoadControl,
    /// Whether some scenario has arrivals.
    has_arrivals: bool,
    /// Virtual users of all closed models at most, in this part of the plan.
    closed_vus: u32,
}

/// What is asked for at once; absent is as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Change {
    pub(crate) paused: Option<bool>,
    pub(crate) rate_scale: Option<f64>,
    pub(crate) vus_scale: Option<f64>,
    /// Virtual users of closed models, all together.
    pub(crate) vus: Option<u32>,
    pub(crate) stop: bool,
}

impl Steering {
    /// Of this plan's load.
    pub(crate) fn of(plan: &Plan, control: LoadControl) -> Self {
        let scenarios = plan.load.iter().flat_map(|load| &load.scenarios);
        let (open, closed): (Vec<_>, Vec<_>) = scenarios
            .map(|scenario| &scenario.executor)
            .partition(|executor| executor.is_open());
        let vus = closed.iter().map(|executor| executor.most_vus());
        let parts = plan.load.as_ref().map_or(1, |load| load.shard.of.max(1));
        Self {
            control,
            has_arrivals: !open.is_empty(),
            closed_vus: vus.fold(0, u32::saturating_add).div_ceil(parts),
        }
    }

    /// What is asked of the load at present.
    pub(crate) fn wanted(&self) -> Wanted {
        self.control.wanted()
    }

    /// Asks for all of it, or for nothing.
    ///
    /// # Errors
    /// In plain words, what the plan has nothing of.
    pub(crate) fn apply(&self, change: Change) -> Result<(), &'static str> {
        if change.rate_scale.is_some() && !self.has_arrivals {
            return Err("no scenario has an arrival rate: scale the virtual users");
        }
        let vus = change
            .vus
            .map(|vus| f64::from(vus) / f64::from(self.closed_vus));
        let vus_scale = vus.or(change.vus_scale);
        if vus_scale.is_some() && self.closed_vus == 0 {
            return Err("every scenario has an arrival rate: scale that, not the virtual users");
        }
        self.control.change(|wanted| {
            wanted.paused = change.paused.unwrap_or(wanted.paused);
            wanted.rate_scale = change.rate_scale.unwrap_or(wanted.rate_scale);
            wanted.vus_scale = vus_scale.unwrap_or(wanted.vus_scale);
            wanted.stopped |= change.stop;
        });
        Ok(())
    }

    /// Stands still, or goes on.
    pub(crate) fn pause_or_resume(&self) {
        self.control.change(|wanted| wanted.paused = !wanted.paused);
    }

    /// More or less by this share of the plan, of whatever the plan has.
    pub(crate) fn step(&self, by: f64) {
        let stepped = |scale: f64| ((scale + by).max(LEAST) * 100.0).round() / 100.0;
        self.control.change(|wanted| {
            if self.has_arrivals {
                wanted.rate_scale = stepped(wanted.rate_scale);
            }
            if self.closed_vus > 0 {
                wanted.vus_scale = stepped(wanted.vus_scale);
            }
        });
    }

    /// Ends the load; what runs has its graceful stop.
    pub(crate) fn stop(&self) {
        self.control.change(|wanted| wanted.stopped = true);
    }

    #[cfg(test)]
    pub(crate) fn for_tests(has_arrivals: bool, closed_vus: u32) -> Self {
        Self {
            control: LoadControl::default(),
            has_arrivals,
            closed_vus,
        }
    }
}
