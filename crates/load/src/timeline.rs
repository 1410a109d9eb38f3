use std::time::Duration;

use rtest_core::RunTime;

/// How the plan's time lies on the run clock: it begins with the load, and stands still while that
/// is paused.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    start: RunTime,
    /// The stretches in which it goes on, one after the other.
    running: Vec<Stretch>,
}

/// A stretch between two pauses.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// When it begins, on both clocks.
    from: RunTime,
    planned: Duration,
    /// Where in the plan it was ended by a pause.
    until: Option<Duration>,
}

impl Timeline {
    /// Goes on from `start`.
    pub(crate) fn new(start: RunTime) -> Self {
        let mut timeline = Self {
            start,
            running: Vec::with_capacity(1),
        };
        timeline.resume(start);
        timeline
    }

    /// Where in the plan an instant lies; nothing before the plan begins.
    pub(crate) fn at(&self, now: RunTime) -> Option<Duration> {
        let stretch = self.running.iter().rfind(|stretch| stretch.from <= now)?;
        let planned = stretch.planned + (now - stretch.from);
        Some(stretch.until.map_or(planned, |until| planned.min(until)))
    }

    /// When an instant of the plan is, or was; nothing where a pause lies before it that has not
    /// ended.
    pub(crate) fn when(&self, planned: Duration) -> Option<RunTime> {
        let reaches = |stretch: &&Stretch| stretch.until.is_none_or(|until| planned <= until);
        let stretch = self.running.iter().find(reaches)?;
        Some(stretch.from + planned.saturating_sub(stretch.planned))
    }

    /// Whether it stands still.
    pub(crate) fn is_paused(&self) -> bool {
        self.running.last().is_none_or(|last| last.until.is_some())
    }

    /// Stands still from now on.
    pub(crate) fn pause(&mut self, now: RunTime) {
        if self.is_paused() {
            return;
        }
        // What has not begun does not begin.
        self.running.pop_if(|last| last.from > now);
        if let Some(last) = self.running.last_mut() {
            last.until = Some(last.planned + (now - last.from));
        }
    }

    /// Goes on from now on, at the start at the earliest.
    pub(crate) fn resume(&mut self, now: RunTime) {
        if self.is_paused() {
            let last = self.running.last();
            self.running.push(Stretch {
                from: now.max(self.start),
                planned: last.and_then(|last| last.until).unwrap_or_default(),
                until: None,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn at(millis: u64) -> RunTime {
        RunTime::from_nanos(millis * 1_000_000)
    }

    #[test]
    fn the_plan_stands_still_in_a_pause_and_is_later_by_it_afterwards() {
        let mut timeline = Timeline::new(at(100));
        assert_eq!(timeline.at(at(99)), None);
        assert_eq!(timeline.at(at(150)), Some(50 * MS));
        timeline.pause(at(200));
        timeline.pause(at(250));
        assert!(timeline.is_paused());
        assert_eq!(timeline.at(at(900)), Some(100 * MS));
        assert_eq!(timeline.when(100 * MS), Some(at(200)));
        assert_eq!(timeline.when(101 * MS), None, "nobody knows yet");
        timeline.resume(at(1000));
        timeline.resume(at(1050));
        assert!(!timeline.is_paused());
        assert_eq!(timeline.at(at(1060)), Some(160 * MS));
        assert_eq!(timeline.at(at(300)), Some(100 * MS), "what was, stays");
        assert_eq!(timeline.when(40 * MS), Some(at(140)));
        assert_eq!(timeline.when(160 * MS), Some(at(1060)));
    }

    #[test]
    fn a_pause_before_the_start_holds_the_start_back() {
        let mut timeline = Timeline::new(at(100));
        timeline.pause(at(10));
        assert_eq!(
            (timeline.at(at(500)), timeline.when(Duration::ZERO)),
            (None, None)
        );
        timeline.resume(at(20));
        assert_eq!(timeline.when(Duration::ZERO), Some(at(100)), "over in time");
        timeline.pause(at(30));
        timeline.resume(at(300));
        assert_eq!(timeline.when(5 * MS), Some(at(305)));
        assert_eq!(timeline.at(at(310)), Some(10 * MS));
    }
}
