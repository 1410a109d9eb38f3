use super::scale::round_step;

/// Seconds since the start of the load, from the left edge of a plot to its right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TimeAxis {
    pub(crate) from: f64,
    /// Above `from`.
    pub(crate) to: f64,
}

impl TimeAxis {
    /// In percent of the plot's width; instants beyond stand at the edge.
    pub(crate) fn percent(self, at: f64) -> f64 {
        ((at - self.from) / (self.to - self.from)).clamp(0.0, 1.0) * 100.0
    }

    /// Round instants with their labels.
    pub(crate) fn ticks(self) -> Vec<(f64, String)> {
        let step = self.step();
        let first = (self.from / step).ceil() as i64;
        let last = (self.to / step).floor() as i64;
        (first..=last)
            .map(|index| {
                let at = index as f64 * step;
                (at, self.label(at))
            })
            .collect()
    }

    fn step(self) -> f64 {
        /// Steps above ten seconds are those of a clock.
        const CLOCK: [f64; 9] = [15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0];
        let about = (self.to - self.from) / 7.0;
        if about <= 10.0 {
            return round_step(about);
        }
        CLOCK
            .into_iter()
            .find(|step| *step >= about)
            .unwrap_or_else(|| (about / 3600.0).ceil() * 3600.0)
    }

    fn label(self, at: f64) -> String {
        if self.to - self.from > 180.0 {
            let whole = at.round() as i64;
            let (minutes, seconds) = (whole / 60, whole % 60);
            return if self.to > 7200.0 {
                format!("{}:{:02}:{seconds:02}", minutes / 60, minutes % 60)
            } else {
                format!("{minutes}:{seconds:02}")
            };
        }
        let decimals = usize::from(self.step() < 1.0) + usize::from(self.step() < 0.1);
        format!("{at:.decimals$} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_fall_on_round_instants() {
        let labels = |from, to| -> Vec<String> {
            let axis = TimeAxis { from, to };
            axis.ticks().into_iter().map(|(_, label)| label).collect()
        };
        assert_eq!(labels(0.0, 20.0), ["0 s", "5 s", "10 s", "15 s", "20 s"]);
        assert_eq!(
            labels(-0.4, 1.0),
            [
                "-0.4 s", "-0.2 s", "0.0 s", "0.2 s", "0.4 s", "0.6 s", "0.8 s", "1.0 s"
            ]
        );
        assert_eq!(labels(0.0, 600.0)[1], "2:00");
        assert_eq!(labels(0.0, 10_800.0)[2], "1:00:00");
        assert_eq!(
            TimeAxis {
                from: 0.0,
                to: 20.0
            }
            .percent(25.0),
            100.0
        );
    }
}
