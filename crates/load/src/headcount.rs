use std::time::Duration;

use rtest_core::plan::VuStage;

/// How many virtual users a scenario wants, and when.
#[derive(Clone, Debug)]
pub(crate) struct Headcount {
    start: u32,
    stages: Vec<VuStage>,
    /// Whether they can be asked for in another number than the plan's.
    scales: bool,
}

impl Headcount {
    /// Always so many, whatever is asked from outside.
    pub(crate) const fn fixed(vus: u32) -> Self {
        Self {
            start: vus,
            stages: Vec::new(),
            scales: false,
        }
    }

    /// Always so many by the plan.
    pub(crate) fn constant(vus: u32) -> Self {
        Self {
            scales: true,
            ..Self::fixed(vus)
        }
    }

    /// In straight lines from stage to stage. The number changes when the line has come to the
    /// next whole one, in both directions, as k6's does.
    pub(crate) fn ramping(start: u32, stages: &[VuStage]) -> Self {
        Self {
            stages: stages.to_vec(),
            ..Self::constant(start)
        }
    }

    /// How many are wanted at an instant, where this multiple of the plan's is asked for.
    pub(crate) fn at(&self, elapsed: Duration, scale: f64) -> u64 {
        let planned = match self.line_at(elapsed) {
            Ok(line) => line.at(elapsed),
            Err(last) => u64::from(last),
        };
        if self.scales && scale != 1.0 {
            (planned as f64 * scale).round() as u64
        } else {
            planned
        }
    }

    /// The next instant at which the number may be another one.
    pub(crate) fn next_change(&self, elapsed: Duration) -> Option<Duration> {
        let line = self.line_at(elapsed).ok()?;
        Some(line.next_change(elapsed))
    }

    /// The line on which an instant lies, or where they ended.
    fn line_at(&self, elapsed: Duration) -> Result<Line, u32> {
        let (mut begin, mut from) = (Duration::ZERO, self.start);
        for stage in &self.stages {
            let end = begin + stage.duration;
            if elapsed < end {
                return Ok(Line {
                    begin,
                    length: stage.duration,
                    from: u64::from(from),
                    to: u64::from(stage.target),
                });
            }
            (begin, from) = (end, stage.target);
        }
        Err(from)
    }
}

/// A stage with where it comes from.
#[derive(Clone, Copy, Debug)]
struct Line {
    begin: Duration,
    /// Above zero.
    length: Duration,
    from: u64,
    to: u64,
}

impl Line {
    /// How many whole steps the line has made.
    fn steps(self, elapsed: Duration) -> u64 {
        let way = (elapsed - self.begin).as_nanos() * u128::from(self.from.abs_diff(self.to));
        u64::try_from(way / self.length.as_nanos()).unwrap_or(u64::MAX)
    }

    fn at(self, elapsed: Duration) -> u64 {
        let steps = self.steps(elapsed);
        if self.to >= self.from {
            self.from + steps
        } else {
            self.from - steps
        }
    }

    /// When the next step is made, or the line ends.
    fn next_change(self, elapsed: Duration) -> Duration {
        let distance = u128::from(self.from.abs_diff(self.to));
        let step = u128::from(self.steps(elapsed)) + 1;
        let after = if step <= distance {
            (step * self.length.as_nanos()).div_ceil(distance)
        } else {
            self.length.as_nanos()
        };
        self.begin + Duration::from_nanos(u64::try_from(after).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stage(millis: u64, target: u32) -> VuStage {
        let duration = Duration::from_millis(millis);
        VuStage { duration, target }
    }

    /// Instants in milliseconds at which the number changes, and into what.
    fn changes(headcount: &Headcount) -> Vec<(u128, u64)> {
        let mut changes = vec![(0, headcount.at(Duration::ZERO, 1.0))];
        let mut now = Duration::ZERO;
        while let Some(next) = headcount.next_change(now) {
            assert!(next > now, "time goes on");
            now = next;
            let vus = headcount.at(now, 1.0);
            if changes.last().is_some_and(|(_, last)| *last != vus) {
                changes.push((now.as_millis(), vus));
            }
        }
        changes
    }

    /// What k6's `getRawExecutionSteps` gives for the same stages.
    #[test]
    fn the_number_changes_when_the_line_comes_to_the_next_whole_one() {
        let ramp = Headcount::ramping(0, &[stage(1000, 4), stage(500, 4), stage(1000, 0)]);
        let up = [(0, 0), (250, 1), (500, 2), (750, 3), (1000, 4)];
        let down = [(1750, 3), (2000, 2), (2250, 1), (2500, 0)];
        assert_eq!(changes(&ramp), [&up[..], &down].concat());
    }

    #[test]
    fn a_stage_without_length_is_a_jump() {
        let ramp = Headcount::ramping(2, &[stage(100, 2), stage(0, 7), stage(100, 7), stage(0, 1)]);
        assert_eq!(changes(&ramp), [(0, 2), (100, 7), (200, 1)]);
        let at_once = Headcount::ramping(2, &[stage(0, 5), stage(100, 5)]);
        assert_eq!(changes(&at_once), [(0, 5)]);
    }

    #[test]
    fn only_closed_models_are_scaled() {
        assert_eq!(Headcount::constant(10).at(Duration::ZERO, 0.25), 3);
        assert_eq!(Headcount::constant(10).at(Duration::ZERO, 0.0), 0);
        assert_eq!(Headcount::fixed(10).at(Duration::ZERO, 0.25), 10);
    }

    proptest! {
        #[test]
        fn between_two_changes_the_number_stays(
            start in 0_u32..50,
            stages in prop::collection::vec((0_u64..2000, 0_u32..50), 1..5),
            at in 0_u64..8_000_000_000,
        ) {
            let stages: Vec<VuStage> = stages.iter().map(|(ms, to)| stage(*ms, *to)).collect();
            let ramp = Headcount::ramping(start, &stages);
            let at = Duration::from_nanos(at);
            let now = ramp.at(at, 1.0);
            if let Some(next) = ramp.next_change(at) {
                prop_assert!(next > at);
                prop_assert_eq!(ramp.at(next - Duration::from_nanos(1), 1.0), now);
            }
            let most = stages.iter().map(|stage| stage.target).fold(start, u32::max);
            prop_assert!(now <= u64::from(most));
        }
    }
}
