use std::sync::Arc;

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
    /// Arrival rates, as a multiple of what the plan says; 0 or more.
    pub rate_scale: f64,
    /// Virtual users of closed models, as a multiple of what the plan says; 0 or more.
    pub vus_scale: f64,
    /// Whether the load is to end: iterations that run have the graceful stop to end.
    pub stopped: bool,
}

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

    /// Asks for a change.
    pub fn change(&self, change: impl FnOnce(&mut Wanted)) {
        self.wanted.send_if_modified(|wanted| {
            let before = *wanted;
            change(wanted);
            *wanted != before
        });
    }
}
