use std::time::Duration;

use super::{Arrival, Pacer};
use crate::share::Share;

/// No schedule: an iteration is due whenever a virtual user is free, until the time is up.
#[derive(Clone, Debug)]
pub(crate) struct Unpaced {
    until: Duration,
    share: Share,
    taken: u64,
}

impl Unpaced {
    /// Arrivals are due at any time before `until`.
    pub(crate) const fn new(until: Duration, share: Share) -> Self {
        Self {
            until,
            share,
            taken: 0,
        }
    }
}

impl Pacer for Unpaced {
    fn take(&mut self, elapsed: Duration) -> Option<Arrival> {
        if elapsed >= self.until {
            return None;
        }
        let index = self.share.nth(self.taken);
        self.taken += 1;
        Some(Arrival {
            index,
            due: elapsed,
        })
    }

    fn next_due(&self) -> Option<Duration> {
        Some(Duration::ZERO)
    }

    fn offered(&self, _elapsed: Duration) -> Option<u64> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrival_is_due_when_it_is_asked_for_until_the_time_is_up() {
        let mut pacer = Unpaced::new(Duration::from_secs(1), Share::new(1, 2));
        let at = Duration::from_millis(250);
        assert_eq!(pacer.take(at), Some(Arrival { index: 1, due: at }));
        assert_eq!(pacer.take(at), Some(Arrival { index: 3, due: at }));
        assert_eq!(pacer.take(Duration::from_secs(1)), None);
    }
}
