use std::f64::consts::TAU;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::{Recorded, Stream as RandomStream};

use super::lot::unit;

/// How delays are spread.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Evenly over `latency` ± `jitter`.
    Uniform {
        /// The middle.
        latency: Duration,
        /// To either side of it.
        jitter: Duration,
    },
    /// Normally; what would be below 0 is none.
    Normal {
        /// The middle.
        mean: Duration,
        /// The standard deviation.
        deviation: Duration,
    },
    /// Pareto's: never below `scale`, and a tail that is the heavier the smaller `shape` is.
    Pareto {
        /// The least.
        scale: Duration,
        /// Above 0.
        shape: f64,
    },
    /// As measured: percentiles, 0 to 100 and rising, with their values, even in between. Below
    /// the first one it is the first value, above the last one the last.
    Percentiles(Vec<(f64, Duration)>),
    /// As recorded: each duration as often as it was there, and nothing in between.
    Recorded(Arc<Recorded>),
}

impl Distribution {
    /// A delay, of a number between 0 and 1 for each that is needed.
    pub(super) fn draw(&self, random: &mut RandomStream) -> Duration {
        let micros = match self {
            Self::Uniform { latency, jitter } => {
                micros(*latency) + micros(*jitter) * (unit(random) * 2.0 - 1.0)
            }
            Self::Normal { mean, deviation } => {
                // Box and Muller, 1958. The first number is never 0.
                let radius = (-2.0 * (1.0 - unit(random)).ln()).sqrt();
                micros(*mean) + micros(*deviation) * radius * (TAU * unit(random)).cos()
            }
            Self::Pareto { scale, shape } => {
                micros(*scale) / (1.0 - unit(random)).powf(1.0 / shape.max(f64::MIN_POSITIVE))
            }
            Self::Percentiles(percentiles) => at_percentile(percentiles, unit(random) * 100.0),
            Self::Recorded(recorded) => return recorded.at_share(unit(random)),
        };
        // The cast saturates: below 0 is none, and infinity is for ever.
        Duration::from_micros(micros as u64)
    }
}

impl Default for Distribution {
    fn default() -> Self {
        Self::Percentiles(Vec::new())
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn at_percentile(percentiles: &[(f64, Duration)], percentile: f64) -> f64 {
    let above = percentiles.partition_point(|(known, _)| *known <= percentile);
    match (
        above.checked_sub(1).map(|below| percentiles[below]),
        percentiles.get(above),
    ) {
        (Some((low, from)), Some((high, to))) => {
            let share = (percentile - low) / (high - low);
            micros(from) + (micros(*to) - micros(from)) * share
        }
        (Some((_, only)), None) => micros(only),
        (None, Some((_, only))) => micros(*only),
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtest_core::Seed;

    const MS: Duration = Duration::from_millis(1);

    /// 10,000 draws in milliseconds, sorted.
    fn draws(distribution: &Distribution) -> Vec<f64> {
        let mut random = Seed::new(1).stream("test");
        let mut seen: Vec<f64> = (0..10_000)
            .map(|_| distribution.draw(&mut random).as_secs_f64() * 1e3)
            .collect();
        seen.sort_by(f64::total_cmp);
        seen
    }

    fn assert_near(seen: f64, wanted: f64, share: f64) {
        assert!(
            (seen - wanted).abs() <= wanted * share,
            "{seen}, not {wanted}"
        );
    }

    #[test]
    fn normal_has_its_mean_and_its_deviation() {
        let seen = draws(&Distribution::Normal {
            mean: 100 * MS,
            deviation: 10 * MS,
        });
        assert_near(seen[5_000], 100.0, 0.01);
        // One deviation to either side.
        assert_near(seen[1_587], 90.0, 0.02);
        assert_near(seen[8_413], 110.0, 0.02);
        let below_zero = draws(&Distribution::Normal {
            mean: MS,
            deviation: 100 * MS,
        });
        assert_eq!(below_zero[1_000], 0.0);
    }

    #[test]
    fn pareto_never_goes_below_its_scale_and_has_its_tail() {
        let seen = draws(&Distribution::Pareto {
            scale: 10 * MS,
            shape: 2.0,
        });
        assert!(seen[0] >= 10.0);
        // The quantile is scale / (1 - p)^(1 / shape).
        assert_near(seen[5_000], 14.142, 0.02);
        assert_near(seen[9_900], 100.0, 0.2);
    }

    #[test]
    fn percentiles_come_out_as_they_went_in() {
        let seen = draws(&Distribution::Percentiles(vec![
            (50.0, 10 * MS),
            (90.0, 50 * MS),
            (99.0, 500 * MS),
        ]));
        assert_eq!(seen[0], 10.0, "below the first one");
        assert_eq!(seen[4_900], 10.0);
        assert_near(seen[8_900], 49.0, 0.05);
        assert_eq!(seen[9_940], 500.0);
        assert_eq!(seen[9_999], 500.0, "above the last one");
        assert_eq!(draws(&Distribution::default())[9_999], 0.0);
    }

    #[test]
    fn what_was_recorded_comes_out_as_often_as_it_went_in() {
        let recorded = Recorded::of_counts([(1000, 50), (20_000, 45), (300_000, 5)]);
        let seen = draws(&Distribution::Recorded(Arc::new(recorded.unwrap())));
        for (milliseconds, times) in [(1.0, 5000), (20.0, 4500), (300.0, 500)] {
            let drawn = seen.iter().filter(|drawn| **drawn == milliseconds).count();
            // Of 500, 75 are more than three deviations.
            assert_near(drawn as f64, f64::from(times), 0.15);
        }
    }

    #[test]
    fn a_microsecond_counts() {
        let seen = draws(&Distribution::Uniform {
            latency: Duration::from_micros(1500),
            jitter: Duration::ZERO,
        });
        assert_eq!((seen[0], seen[9_999]), (1.5, 1.5));
    }
}
