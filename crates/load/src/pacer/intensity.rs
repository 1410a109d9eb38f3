use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::RateStage;
use rtest_core::unit::Rate;

/// How the arrivals of a plan add up over time: the integral of the rate, and its inverse.
///
/// Instants are nanoseconds from the scenario's start. As fractions: 30,000/s is one every
/// 33,333.3 ns, and whole nanoseconds would be 0.6 ms off after a minute. Rounded, they are exact
/// below 2⁵² ns, 52 days.
pub(crate) trait Intensity: fmt::Debug {
    /// How many arrivals lie before an instant, the one that is under way as a fraction.
    fn arrivals(&self, instant: f64) -> f64;

    /// The first instant before which so many arrivals lie; infinite where that is never.
    fn instant(&self, arrivals: f64) -> f64;
}

/// A rate that follows straight lines.
#[derive(Clone, Debug)]
pub(crate) struct Ramp(Vec<Line>);

/// One straight line of a rate; rates are arrivals per nanosecond.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// Where it starts, and how long it is, in nanoseconds.
    from: f64,
    length: f64,
    /// The arrivals before it, and those of it.
    before: f64,
    area: f64,
    /// The rate at its start, and what is added to it each nanosecond.
    rate: f64,
    slope: f64,
}

impl Ramp {
    /// The same rate all the time.
    pub(crate) fn constant(rate: Rate, duration: Duration) -> Self {
        let target = rate;
        Self::stages(rate, &[RateStage { duration, target }])
    }

    /// From a rate in straight lines to those of the stages; 0 is a rate, too.
    pub(crate) fn stages(start: Rate, stages: &[RateStage]) -> Self {
        let (mut from, mut before) = (0.0, 0.0);
        let mut rate = per_nano(start);
        let mut lines = Vec::with_capacity(stages.len());
        for stage in stages {
            let length = stage.duration.as_nanos() as f64;
            let target = per_nano(stage.target);
            // A jump is no line: it only changes where the next one starts.
            if length > 0.0 {
                let area = (rate + target) / 2.0 * length;
                lines.push(Line {
                    from,
                    length,
                    before,
                    area,
                    rate,
                    slope: (target - rate) / length,
                });
                from += length;
                before += area;
            }
            rate = target;
        }
        Self(lines)
    }
}

fn per_nano(rate: Rate) -> f64 {
    rate.count / rate.per.as_nanos() as f64
}

impl Intensity for Ramp {
    fn arrivals(&self, instant: f64) -> f64 {
        let begun = self.0.partition_point(|line| line.from <= instant);
        let Some(line) = self.0[..begun].last() else {
            return 0.0;
        };
        let passed = (instant - line.from).min(line.length);
        line.before + passed * (line.rate + line.slope / 2.0 * passed)
    }

    fn instant(&self, arrivals: f64) -> f64 {
        let passed = |line: &Line| line.before + line.area < arrivals;
        let Some(line) = self.0.get(self.0.partition_point(passed)) else {
            return f64::INFINITY;
        };
        let ahead = arrivals - line.before;
        let passed = if line.slope < 0.0 {
            let end_rate = line.rate + line.slope * line.length;
            line.length - time_for(line.area - ahead, end_rate, -line.slope)
        } else {
            time_for(ahead, line.rate, line.slope)
        };
        line.from + passed.clamp(0.0, line.length)
    }
}

/// In what time so many arrivals come at a rate that rises: `x` in `rate·x + slope/2·x²`, in the
/// form that loses no digits where the slope is small or nothing. A line that falls is one that
/// rises, seen from its end: near a rate of 0 only that is exact.
fn time_for(arrivals: f64, rate: f64, slope: f64) -> f64 {
    if arrivals <= 0.0 {
        return 0.0;
    }
    let end_rate = (rate * rate + 2.0 * slope * arrivals).sqrt();
    2.0 * arrivals / (rate.max(0.0) + end_rate)
}

/// Recorded instants. Between two of them arrivals lie evenly, which matters only where more or
/// fewer are asked for than were recorded.
#[derive(Clone, Debug)]
pub(crate) struct Recording(Arc<[Duration]>);

impl Recording {
    /// Arrival `n` is due at the `n`-th of these ascending instants.
    pub(crate) fn new(schedule: &Arc<[Duration]>) -> Self {
        Self(Arc::clone(schedule))
    }

    fn at(&self, index: usize) -> Option<f64> {
        self.0.get(index).map(|instant| instant.as_nanos() as f64)
    }
}

impl Intensity for Recording {
    fn arrivals(&self, instant: f64) -> f64 {
        let passed = self.0.partition_point(|at| at.as_nanos() as f64 <= instant);
        let Some(last) = passed.checked_sub(1) else {
            return 0.0;
        };
        let from = self.at(last).unwrap_or(instant);
        let way = self
            .at(passed)
            .map_or(0.0, |to| (instant - from) / (to - from));
        last as f64 + way
    }

    fn instant(&self, arrivals: f64) -> f64 {
        let (last, way) = (arrivals as usize, arrivals.fract());
        match (self.at(last), self.at(last + 1)) {
            (Some(from), Some(to)) => from + way * (to - from),
            (Some(from), None) if way == 0.0 => from,
            _ => f64::INFINITY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: f64 = 1e9;

    fn per_second(count: f64) -> Rate {
        let per = Duration::from_secs(1);
        Rate { count, per }
    }

    fn ramp(start: f64, stages: &[(f64, f64)]) -> Ramp {
        let stages: Vec<RateStage> = stages
            .iter()
            .map(|(seconds, target)| RateStage {
                duration: Duration::from_secs_f64(*seconds),
                target: per_second(*target),
            })
            .collect();
        Ramp::stages(per_second(start), &stages)
    }

    #[test]
    fn arrivals_of_a_ramp_lie_where_its_area_reaches_them() {
        // 0 to 10/s over 10 s: 50 arrivals, number n where t²/2 = n.
        let up = ramp(0.0, &[(10.0, 10.0)]);
        assert_eq!(up.instant(0.0), 0.0);
        assert_eq!(up.instant(2.0).round(), 2.0 * SECOND);
        assert_eq!(up.instant(50.0).round(), 10.0 * SECOND);
        assert_eq!(up.instant(50.1), f64::INFINITY, "there are no more");
        // Down again is the same from behind.
        let down = ramp(10.0, &[(10.0, 0.0)]);
        assert_eq!(down.instant(48.0).round(), 8.0 * SECOND);
        assert_eq!(down.instant(49.5).round(), 9.0 * SECOND);
        assert_eq!(down.instant(50.0).round(), 10.0 * SECOND);
    }

    #[test]
    fn the_last_arrivals_of_a_long_ramp_to_nothing_are_exact() {
        let day = 86_400.0;
        let ramp = ramp(50_000.0, &[(day, 0.0)]);
        for left in [0.0, 1.0, 2.0, 1000.0] {
            let before_the_end = (2.0 * left * day / 50_000.0_f64).sqrt();
            let due = ramp.instant(50_000.0 * day / 2.0 - left);
            let error = day * SECOND - before_the_end * SECOND - due;
            assert!(error.abs() < 1.0, "{error} ns, {left} before the last");
        }
    }

    #[test]
    fn a_stage_without_length_is_a_jump_and_a_rate_of_zero_a_rest() {
        let ramp = ramp(
            10.0,
            &[
                (1.0, 10.0),
                (0.0, 0.0),
                (5.0, 0.0),
                (0.0, 20.0),
                (1.0, 20.0),
            ],
        );
        assert_eq!(ramp.instant(9.0).round(), 0.9 * SECOND);
        assert_eq!(
            ramp.instant(10.0).round(),
            SECOND,
            "reached before the rest"
        );
        assert_eq!(ramp.arrivals(3.0 * SECOND), 10.0);
        assert_eq!(ramp.instant(11.0).round(), 6.05 * SECOND);
        assert_eq!(
            ramp.arrivals(60.0 * SECOND),
            30.0,
            "none after the last stage"
        );
    }

    #[test]
    fn recorded_instants_are_met_to_the_nanosecond() {
        let instants = [7, 7, 1_000_000_001, 5_123_456_789].map(Duration::from_nanos);
        let recording = Recording::new(&Arc::from(instants));
        for (n, instant) in instants.into_iter().enumerate() {
            assert_eq!(recording.instant(n as f64), instant.as_nanos() as f64);
        }
        assert_eq!(recording.instant(1.5), 500_000_004.0, "half way");
        assert_eq!(recording.arrivals(500_000_004.0), 1.5);
        assert_eq!(recording.arrivals(6.0), 0.0);
        assert_eq!(recording.instant(3.5), f64::INFINITY);
    }

    proptest! {
        #[test]
        fn a_ramp_is_what_adding_up_its_rate_gives(
            start in 0.0_f64..5000.0,
            stages in prop::collection::vec((0.0_f64..20.0, 0.0_f64..5000.0), 1..6),
            way in 0.0_f64..1.0,
        ) {
            let closed = ramp(start, &stages);
            let end: f64 = stages.iter().map(|(seconds, _)| seconds).sum();
            let until = end * way;
            // The midpoint rule is exact for straight lines, up to the lines that a step spans.
            let steps = 100_000;
            let step = until / f64::from(steps);
            let rate_at = |at: f64| {
                let (mut from, mut rate) = (0.0, start);
                for (seconds, target) in &stages {
                    if at < from + seconds {
                        return rate + (target - rate) * (at - from) / seconds;
                    }
                    (from, rate) = (from + seconds, *target);
                }
                rate
            };
            let sum: f64 = (0..steps)
                .map(|n| rate_at((f64::from(n) + 0.5) * step) * step)
                .sum();
            let area = closed.arrivals(until * SECOND);
            prop_assert!((area - sum).abs() <= 1e-9 * sum + 5000.0 * 6.0 * step, "{area}, {sum}");
            // There and back, where anything arrives at all.
            let back = closed.instant(area);
            let again = closed.arrivals(back);
            prop_assert!(back <= until * SECOND + 1.0, "{back} is after {until}");
            prop_assert!((again - area).abs() <= 1e-9 * (1.0 + area), "{again}, {area}");
        }
    }
}
