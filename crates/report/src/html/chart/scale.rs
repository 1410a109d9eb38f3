/// Where a value stands between the bottom and the top of a plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    /// From 0.
    Linear {
        /// The value at the top; above 0.
        top: f64,
    },
    /// By decades.
    Log {
        /// The value at the bottom; above 0.
        low: f64,
        /// The value at the top; above `low`.
        high: f64,
    },
}

/// Ratio of the largest to the smallest value, beyond which a linear scale would press the small
/// ones flat.
const FLAT: f64 = 25.0;

impl Scale {
    /// From 0 to a round number above every value.
    pub(crate) fn linear(values: impl IntoIterator<Item = f64>) -> Self {
        let most = values.into_iter().fold(0.0, f64::max);
        let most = if most > 0.0 { most } else { 1.0 };
        let step = round_step(most / 4.0);
        Self::Linear {
            top: (most / step).ceil() * step,
        }
    }

    /// For latencies in ms: linear, unless they differ so much that the small ones would vanish.
    pub(crate) fn latency(values: impl IntoIterator<Item = f64> + Clone) -> Self {
        let positive = || values.clone().into_iter().filter(|value| *value > 0.0);
        let low = positive().fold(f64::INFINITY, f64::min);
        let high = positive().fold(0.0, f64::max);
        if high / low <= FLAT || !low.is_finite() {
            return Self::linear(values);
        }
        Self::Log {
            low: rounded_down(low),
            high: rounded_up(high),
        }
    }

    pub(crate) const fn is_log(self) -> bool {
        matches!(self, Self::Log { .. })
    }

    /// 0 at the bottom, 1 at the top; values beyond stand at the edge.
    pub(crate) fn height(self, value: f64) -> f64 {
        match self {
            Self::Linear { top } => value / top,
            Self::Log { low, high } if value > 0.0 => (value / low).ln() / (high / low).ln(),
            Self::Log { .. } => 0.0,
        }
        .clamp(0.0, 1.0)
    }

    /// Round values for grid lines, ascending.
    pub(crate) fn ticks(self) -> Vec<f64> {
        match self {
            Self::Linear { top } => {
                let step = round_step(top / 4.0);
                let count = (top / step).round() as u32;
                (0..=count).map(|index| f64::from(index) * step).collect()
            }
            Self::Log { low, high } => {
                let decades = (high / low).log10();
                let within: &[f64] = if decades < 3.2 {
                    &[1.0, 2.0, 5.0]
                } else {
                    &[1.0]
                };
                let mut ticks = Vec::new();
                let mut decade = 10_f64.powf(low.log10().floor());
                while decade <= high * 1.001 {
                    let here = within.iter().map(|part| decade * part);
                    ticks.extend(here.filter(|tick| (low * 0.999..=high * 1.001).contains(tick)));
                    decade *= 10.0;
                }
                ticks
            }
        }
    }
}

/// The next of 1, 2, 5 times a power of ten.
pub(super) fn round_step(about: f64) -> f64 {
    let decade = 10_f64.powf(about.log10().floor());
    let part = about / decade;
    let rounded = if part <= 1.0 {
        1.0
    } else if part <= 2.0 {
        2.0
    } else if part <= 5.0 {
        5.0
    } else {
        10.0
    };
    rounded * decade
}

fn rounded_up(value: f64) -> f64 {
    round_step(value)
}

fn rounded_down(value: f64) -> f64 {
    let decade = 10_f64.powf(value.log10().floor());
    let part = value / decade;
    // A hair of tolerance: 0.3 / 0.1 is a little below 3.
    let rounded = if part >= 4.999 {
        5.0
    } else if part >= 1.999 {
        2.0
    } else {
        1.0
    };
    rounded * decade
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_span_every_value() {
        for (values, ticks) in [
            (vec![3.0, 97.0], vec![0.0, 50.0, 100.0]),
            (vec![0.0], vec![0.0, 0.5, 1.0]),
            (vec![190.0], vec![0.0, 50.0, 100.0, 150.0, 200.0]),
        ] {
            assert_eq!(Scale::linear(values.clone()).ticks(), ticks, "{values:?}");
        }
        let log = Scale::latency(vec![2.1, 412.0]);
        assert!(log.is_log());
        assert_eq!(log.height(2.0), 0.0);
        assert_eq!(log.height(500.0), 1.0);
        assert!((log.height(31.6) - 0.5).abs() < 0.01);
        assert_eq!(
            Scale::latency(vec![0.11, 900.0]).ticks(),
            [0.1, 1.0, 10.0, 100.0, 1000.0]
        );
        assert_eq!(
            Scale::latency(vec![2.1, 60.0]).ticks(),
            [2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
        );
    }

    #[test]
    fn latencies_of_one_magnitude_are_drawn_linearly_and_nothing_at_all_is_drawn_too() {
        assert!(!Scale::latency(vec![2.0, 40.0]).is_log());
        let nothing = Scale::latency(Vec::new());
        assert!(!nothing.is_log());
        assert_eq!(nothing.height(0.0), 0.0);
    }
}
