use std::sync::Arc;

use rtest_core::event::LoadControlled;
use tokio::sync::watch;

/// A hold on a running load, for whoever changes it from outside of the plan: keys of a terminal,
/// a loopback API. Cheap to clone; every clone holds the same load.
#[derive(Clone, Debug)]
pub struct LoadControl {
    wanted: Arc<watch::Sender<Wanted>>,
}

/// What was asked of a load from outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// Whether nothing is to fall due. The schedule's clock stands still meanwhile, so that what
    /// it plans for later is not lost.
    pub paused: bool,
    /// Arrival rates of open models, as a multiple of what the plan says; 0 to [`MAX_SCALE`].
    pub rate_scale: f64,
    /// Virtual users of closed models, as a multiple of what the plan says; 0 to [`MAX_SCALE`].
    /// Those of `per-vu-iterations` stay, since they decide how many iterations there are.
    pub vus_scale: f64,
    /// Whether the load is to end: iterations that run have the graceful stop to end. For good.
    pub stopped: bool,
}

/// The largest multiple that can be asked for.
pub const MAX_SCALE: f64 = 1000.0;

/// As the plan says.
impl Default for Wanted {
    fn default() -> Self {
        Self {
            paused: false,
            rate_scale: 1.0,
            vus_scale: 1.0,
            stopped: false,
        }
    }
}

impl Default for LoadControl {
    fn default() -> Self {
        Self {
            wanted: Arc::new(watch::Sender::new(Wanted::default())),
        }
    }
}

impl LoadControl {
    /// What is asked at present.
    pub fn wanted(&self) -> Wanted {
        *self.wanted.borrow()
    }

    /// Asks for a change. Multiples are brought into their range; one that is not a number
    /// changes nothing.
    pub fn change(&self, change: impl FnOnce(&mut Wanted)) {
        self.wanted.send_if_modified(|wanted| {
            let before = *wanted;
            change(wanted);
            wanted.rate_scale = in_range(wanted.rate_scale, before.rate_scale);
            wanted.vus_scale = in_range(wanted.vus_scale, before.vus_scale);
            *wanted != before
        });
    }

    /// What is asked from now on, what is asked already included.
    pub(crate) fn follow(&self) -> watch::Receiver<Wanted> {
        let mut follower = self.wanted.subscribe();
        follower.mark_changed();
        follower
    }
}

fn in_range(scale: f64, before: f64) -> f64 {
    if scale.is_nan() {
        before
    } else {
        scale.clamp(0.0, MAX_SCALE)
    }
}

impl Wanted {
    /// What of it is another than `before`.
    pub(crate) fn changes(self, before: Self) -> impl Iterator<Item = LoadControlled> {
        let paused = if self.paused {
            LoadControlled::Paused
        } else {
            LoadControlled::Resumed
        };
        [
            (self.paused != before.paused, paused),
            (
                self.rate_scale != before.rate_scale,
                LoadControlled::RateScaled(self.rate_scale),
            ),
            (
                self.vus_scale != before.vus_scale,
                LoadControlled::VusScaled(self.vus_scale),
            ),
            (self.stopped && !before.stopped, LoadControlled::Stopped),
        ]
        .into_iter()
        .filter_map(|(is_new, change)| is_new.then_some(change))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_brought_into_its_range() {
        let control = LoadControl::default();
        control.change(|wanted| (wanted.rate_scale, wanted.vus_scale) = (-1.0, f64::INFINITY));
        let wanted = control.wanted();
        assert_eq!((wanted.rate_scale, wanted.vus_scale), (0.0, MAX_SCALE));
        control.change(|wanted| wanted.rate_scale = f64::NAN);
        assert_eq!(control.wanted().rate_scale, 0.0);
    }

    #[test]
    fn each_change_is_told_once() {
        let before = Wanted::default();
        let paused = Wanted {
            paused: true,
            rate_scale: 2.0,
            ..before
        };
        let told: Vec<_> = paused.changes(before).collect();
        let scaled = LoadControlled::RateScaled(2.0);
        assert_eq!(told, [LoadControlled::Paused, scaled]);
        assert_eq!(paused.changes(paused).count(), 0);
    }
}
