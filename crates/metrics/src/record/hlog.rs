//! `load.hlog`: every histogram of the run as an HDR interval log (format 1.2, V2 compressed), so
//! that any HDR tool can read it.
//!
//! The tag of a line names its series and what was measured:
//!
//! ```text
//! s0.t1.200.w0.response_time   scenario 0, step 1, status 200, fault window 0
//! s0.iteration_duration        scenario 0
//! s0.g2.w0.group_duration      scenario 0, group 2, fault window 0
//! s0.t1.w0.m3.value            scenario 0, step 1, fault window 0, metric 3 of the suite's own
//! ```
//!
//! Values are microseconds, of metrics of the suite's own thousandths; the log's interval times
//! are seconds since the start of the run.

use std::fmt::Write as _;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer};
use rtest_core::Histogram;
use rtest_core::sample::{
    GroupTick, LoadTick, MetricTick, MetricValues, RequestPhase, ScenarioTick, SeriesKey,
    SeriesTick,
};
use rtest_core::window::WindowId;

use super::tick_entry::{outcome_name, outcome_of};

/// Writes histograms, one line each.
pub(crate) struct HlogWriter<W> {
    out: W,
    serializer: V2DeflateSerializer,
    buffer: Vec<u8>,
}

impl<W: Write> HlogWriter<W> {
    /// Begins a log: writes its legend.
    pub(crate) fn new(mut out: W) -> io::Result<Self> {
        writeln!(
            out,
            "#[rtest: values in microseconds, times in seconds since the run's start]"
        )?;
        writeln!(out, "#[Histogram log format version 1.2]")?;
        writeln!(
            out,
            "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\""
        )?;
        Ok(Self {
            out,
            serializer: V2DeflateSerializer::new(),
            buffer: Vec::new(),
        })
    }

    /// Writes every histogram of a tick that holds anything; returns how many lines those are.
    pub(crate) fn tick(&mut self, tick: &LoadTick) -> io::Result<u32> {
        let mut lines = 0;
        for series in &tick.series {
            for (name, histogram) in measures(series) {
                lines += self.line(tick, &series_tag(series.key, name), histogram)?;
            }
        }
        for scenario in &tick.scenarios {
            for (name, histogram) in scenario_measures(scenario) {
                lines += self.line(tick, &format!("s{}.{name}", scenario.scenario), histogram)?;
            }
        }
        for group in &tick.groups {
            let GroupTick {
                scenario,
                group: index,
                window,
                duration,
            } = group;
            let tag = format!("s{scenario}.g{index}.w{}.group_duration", window.0);
            lines += self.line(tick, &tag, duration)?;
        }
        for metric in &tick.metrics {
            if let MetricValues::Trend(values) = &metric.values {
                let tag = format!(
                    "s{}.t{}.w{}.m{}.value",
                    metric.scenario, metric.step, metric.window.0, metric.metric
                );
                lines += self.line(tick, &tag, values)?;
            }
        }
        self.out.flush()?;
        Ok(lines)
    }

    fn line(&mut self, tick: &LoadTick, tag: &str, histogram: &Histogram) -> io::Result<u32> {
        if histogram.is_empty() {
            return Ok(0);
        }
        self.buffer.clear();
        self.serializer
            .serialize(histogram.as_hdr(), &mut self.buffer)
            .map_err(|error| io::Error::other(error.to_string()))?;
        let mut line = String::with_capacity(self.buffer.len() * 4 / 3 + 80);
        let from = tick.from.as_secs_f64();
        let length = tick.to.since(tick.from).as_secs_f64();
        let max = histogram.max_ms() * 1000.0;
        write!(line, "Tag={tag},{from:.6},{length:.6},{max:.0},")
            .expect("a String takes everything");
        STANDARD.encode_string(&self.buffer, &mut line);
        writeln!(self.out, "{line}")?;
        Ok(1)
    }
}

fn measures(series: &SeriesTick) -> impl Iterator<Item = (&'static str, &Histogram)> {
    let phases = RequestPhase::ALL.map(|phase| (phase.name(), series.phases.get(phase)));
    [
        ("response_time", &series.response_time),
        ("service_time", &series.service_time),
        ("waiting", &series.waiting),
        ("receiving", &series.receiving),
        ("schedule_lag", &series.schedule_lag),
    ]
    .into_iter()
    .chain(phases)
}

fn scenario_measures(scenario: &ScenarioTick) -> [(&'static str, &Histogram); 2] {
    [
        ("iteration_duration", &scenario.iteration_duration),
        ("dispatch_lag", &scenario.dispatch_lag),
    ]
}

fn series_tag(key: SeriesKey, measure: &str) -> String {
    let outcome = outcome_name(key.outcome);
    format!(
        "s{}.t{}.{outcome}.w{}.{measure}",
        key.scenario, key.step, key.window.0
    )
}

/// A line of the log.
pub(crate) struct HlogLine {
    measure: Measure,
    histogram: Histogram,
}

/// Of what a line is.
enum Measure {
    /// Of a series, and what of it.
    Series(SeriesKey, String),
    /// Of a scenario, and what of it.
    Scenario(u16, String),
    /// Of a group, by scenario.
    Group(u16, u16, WindowId),
    /// Of a metric of the suite's own.
    Metric {
        metric: u16,
        scenario: u16,
        step: u16,
        window: WindowId,
    },
}

impl HlogLine {
    /// Parses a line; `None` where it is a comment, the legend, damaged or cut off.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut fields = line.strip_prefix("Tag=")?.split(',');
        let tag = fields.next()?;
        let encoded = fields.nth(3)?;
        let bytes = STANDARD.decode(encoded).ok()?;
        let hdr = Deserializer::new()
            .deserialize(&mut io::Cursor::new(bytes))
            .ok()?;
        Some(Self {
            measure: parse_tag(tag)?,
            histogram: Histogram::from_hdr(hdr).ok()?,
        })
    }

    /// Puts the histogram where it belongs in the tick.
    pub(crate) fn apply(self, tick: &mut LoadTick) {
        match self.measure {
            Measure::Series(key, measure) => {
                let Some(series) = tick.series.iter_mut().find(|series| series.key == key) else {
                    return;
                };
                match measure.as_str() {
                    "response_time" => series.response_time = self.histogram,
                    "service_time" => series.service_time = self.histogram,
                    "waiting" => series.waiting = self.histogram,
                    "receiving" => series.receiving = self.histogram,
                    "schedule_lag" => series.schedule_lag = self.histogram,
                    name => {
                        let phase = RequestPhase::ALL
                            .into_iter()
                            .find(|phase| phase.name() == name);
                        if let Some(phase) = phase {
                            *series.phases.get_mut(phase) = self.histogram;
                        }
                    }
                }
            }
            Measure::Scenario(index, measure) => {
                let found = tick
                    .scenarios
                    .iter_mut()
                    .find(|scenario| scenario.scenario == index);
                match (found, measure.as_str()) {
                    (Some(scenario), "iteration_duration") => {
                        scenario.iteration_duration = self.histogram;
                    }
                    (Some(scenario), "dispatch_lag") => scenario.dispatch_lag = self.histogram,
                    _ => {}
                }
            }
            // These are in no entry: the line is all that there is of them.
            Measure::Group(scenario, group, window) => tick.groups.push(GroupTick {
                scenario,
                group,
                window,
                duration: self.histogram,
            }),
            Measure::Metric {
                metric,
                scenario,
                step,
                window,
            } => tick.metrics.push(MetricTick {
                metric,
                scenario,
                step,
                window,
                values: MetricValues::Trend(self.histogram),
            }),
        }
    }
}

fn parse_tag(tag: &str) -> Option<Measure> {
    let parts: Vec<&str> = tag.split('.').collect();
    let scenario = numbered(parts.first()?, 's')?;
    Some(match parts[1..] {
        [measure] => Measure::Scenario(scenario, measure.to_owned()),
        [group, window, "group_duration"] => Measure::Group(
            scenario,
            numbered(group, 'g')?,
            WindowId(numbered(window, 'w')?),
        ),
        [step, window, metric, "value"] => Measure::Metric {
            metric: numbered(metric, 'm')?,
            scenario,
            step: numbered(step, 't')?,
            window: WindowId(numbered(window, 'w')?),
        },
        [step, outcome, window, measure] => {
            let key = SeriesKey {
                scenario,
                step: numbered(step, 't')?,
                outcome: outcome_of(outcome)?,
                window: WindowId(numbered(window, 'w')?),
            };
            Measure::Series(key, measure.to_owned())
        }
        _ => return None,
    })
}

/// The number after a letter: 12 of `t12`.
fn numbered(part: &str, letter: char) -> Option<u16> {
    part.strip_prefix(letter)?.parse().ok()
}
