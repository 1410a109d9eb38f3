use std::rc::Rc;
use std::time::Duration;

use rtest_core::plan::SimDelay;

use crate::explore::ChoicePoint;

/// How long something takes. Its words are those of the proxy's distributions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Delay {
    Uniform { latency: Duration, jitter: Duration },
    Normal { mean: Duration, deviation: Duration },
    Pareto { scale: Duration, shape: f64 },
    Percentiles(Rc<[(f64, Duration)]>),
}

impl Delay {
    pub(crate) const NONE: Self = Self::Uniform {
        latency: Duration::ZERO,
        jitter: Duration::ZERO,
    };

    /// Whether there is nothing to choose.
    pub(crate) fn is_fixed(&self) -> bool {
        match self {
            Self::Uniform { jitter: spread, .. }
            | Self::Normal {
                deviation: spread, ..
            } => spread.is_zero(),
            Self::Pareto { scale, .. } => scale.is_zero(),
            Self::Percentiles(known) => known.len() <= 1,
        }
    }

    /// The delay at the percentile that was chosen at a [`ChoicePoint::Delay`]; 0 is the median.
    pub(crate) fn at(&self, choice: u8) -> Duration {
        let percentile = ChoicePoint::percentile(choice);
        let ns = match self {
            Self::Uniform { latency, jitter } => {
                nanos(*latency) + nanos(*jitter) * (percentile / 50.0 - 1.0)
            }
            Self::Normal { mean, deviation } => {
                nanos(*mean) + nanos(*deviation) * ChoicePoint::deviations(choice)
            }
            Self::Pareto { scale, shape } => {
                nanos(*scale) / (1.0 - percentile / 100.0).powf(1.0 / shape)
            }
            Self::Percentiles(known) => at_percentile(known, percentile),
        };
        // The cast saturates: below 0 is none.
        Duration::from_nanos(ns.round() as u64)
    }

    /// The change that makes any delay this one.
    pub(crate) fn as_change(&self) -> SimDelay {
        match self {
            Self::Uniform { latency, jitter } => SimDelay::Uniform {
                latency: Some(*latency),
                jitter: Some(*jitter),
            },
            Self::Normal { mean, deviation } => SimDelay::Normal {
                mean: Some(*mean),
                deviation: Some(*deviation),
            },
            Self::Pareto { scale, shape } => SimDelay::Pareto {
                scale: Some(*scale),
                shape: Some(*shape),
            },
            Self::Percentiles(known) => SimDelay::Percentiles(known.to_vec()),
        }
    }

    /// Takes over what a change names. What it does not name stays, where it is of the same
    /// distribution.
    pub(crate) fn change(&mut self, change: &SimDelay) {
        *self = match change {
            SimDelay::Uniform { latency, jitter } => {
                let (old_latency, old_jitter) = match self {
                    Self::Uniform { latency, jitter } => (*latency, *jitter),
                    _ => (Duration::ZERO, Duration::ZERO),
                };
                Self::Uniform {
                    latency: latency.unwrap_or(old_latency),
                    jitter: jitter.unwrap_or(old_jitter),
                }
            }
            SimDelay::Normal { mean, deviation } => {
                let (old_mean, old_deviation) = match self {
                    Self::Normal { mean, deviation } => (*mean, *deviation),
                    _ => (Duration::ZERO, Duration::ZERO),
                };
                Self::Normal {
                    mean: mean.unwrap_or(old_mean),
                    deviation: deviation.unwrap_or(old_deviation),
                }
            }
            SimDelay::Pareto { scale, shape } => {
                let (old_scale, old_shape) = match self {
                    Self::Pareto { scale, shape } => (*scale, *shape),
                    _ => (Duration::ZERO, 1.0),
                };
                Self::Pareto {
                    scale: scale.unwrap_or(old_scale),
                    shape: shape.unwrap_or(old_shape),
                }
            }
            SimDelay::Percentiles(known) => Self::Percentiles(known.as_slice().into()),
        };
    }
}

fn nanos(time: Duration) -> f64 {
    time.as_nanos() as f64
}

/// Even between two known percentiles; below the first it is the first, above the last the last.
fn at_percentile(known: &[(f64, Duration)], percentile: f64) -> f64 {
    let above = known.partition_point(|(at, _)| *at <= percentile);
    let below = above.checked_sub(1).and_then(|below| known.get(below));
    match (below, known.get(above)) {
        (None, None) => 0.0,
        (None, Some((_, only))) | (Some((_, only)), None) => nanos(*only),
        (Some((from, low)), Some((to, high))) => {
            let share = (percentile - from) / (to - from);
            nanos(*low) + (nanos(*high) - nanos(*low)) * share
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;
    /// The choice of the 99th percentile.
    const P99: u8 = 10;

    #[test]
    fn the_calm_choice_is_the_median_and_tails_are_the_distributions() {
        let uniform = Delay::Uniform {
            latency: MS(10),
            jitter: MS(5),
        };
        assert_eq!(
            (uniform.at(0), uniform.at(P99)),
            (MS(10), Duration::from_micros(14_900))
        );
        let normal = Delay::Normal {
            mean: MS(10),
            deviation: MS(10),
        };
        assert_eq!(normal.at(0), MS(10));
        assert_eq!(normal.at(P99), Duration::from_micros(33_263));
        assert_eq!(normal.at(1), Duration::ZERO, "never below 0");
        let pareto = Delay::Pareto {
            scale: MS(10),
            shape: 1.0,
        };
        assert_eq!(pareto.at(0), MS(20));
        let tail = pareto.at(P99).as_secs_f64();
        assert!((tail - 1.0).abs() < 1e-6, "{tail}");
        let known: Rc<[(f64, Duration)]> = Rc::from([(50.0, MS(1)), (99.0, MS(30))]);
        let measured = Delay::Percentiles(known);
        assert_eq!(
            (measured.at(0), measured.at(P99), measured.at(11)),
            (MS(1), MS(30), MS(30))
        );
        assert_eq!(measured.at(1), MS(1));
    }

    #[test]
    fn a_change_leaves_what_it_does_not_name_and_another_distribution_begins_anew() {
        let mut delay = Delay::Uniform {
            latency: MS(10),
            jitter: MS(5),
        };
        delay.change(&SimDelay::Uniform {
            latency: Some(MS(20)),
            jitter: None,
        });
        assert_eq!(
            delay,
            Delay::Uniform {
                latency: MS(20),
                jitter: MS(5)
            }
        );
        delay.change(&SimDelay::Pareto {
            scale: Some(MS(3)),
            shape: None,
        });
        assert_eq!(
            delay,
            Delay::Pareto {
                scale: MS(3),
                shape: 1.0
            }
        );
    }
}
