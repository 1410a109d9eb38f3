//! `load.hlog`: every histogram of the run as an HDR interval log (format 1.2, V2 compressed), so
//! that any HDR tool can read it.
//!
//! The tag of a line names its series and what was measured:
//! `s0.t1.200.w0.response_time` is scenario 0, step 1, status 200, fault window 0. Values are
//! microseconds; the log's interval times are seconds since the start of the run.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer};
use rtest_core::Histogram;
use rtest_core::clock::RunTime;
use rtest_core::sample::{LoadTick, RequestPhase, ScenarioTick, SeriesKey, SeriesTick};
use rtest_core::window::WindowId;

use super::entry::{outcome_name, outcome_of};

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

enum Measure {
    Series(SeriesKey, String),
    Scenario(u16, String),
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
        }
    }
}

fn parse_tag(tag: &str) -> Option<Measure> {
    let mut parts = tag.split('.');
    let scenario = parts.next()?.strip_prefix('s')?.parse().ok()?;
    let second = parts.next()?;
    let Some(outcome) = parts.next() else {
        return Some(Measure::Scenario(scenario, second.to_owned()));
    };
    let key = SeriesKey {
        scenario,
        step: second.strip_prefix('t')?.parse().ok()?,
        outcome: outcome_of(outcome)?,
        window: WindowId(parts.next()?.strip_prefix('w')?.parse().ok()?),
    };
    Some(Measure::Series(key, parts.next()?.to_owned()))
}

/// The tick of a record's entry, without its histograms yet.
pub(crate) fn empty_tick(entry: &super::TickEntry) -> Option<LoadTick> {
    let series: Option<Vec<SeriesTick>> = entry
        .series
        .iter()
        .map(|series| {
            let mut tick = SeriesTick::new(series.key.key()?);
            tick.bytes_sent = series.bytes_sent;
            tick.bytes_received = series.bytes_received;
            Some(tick)
        })
        .collect();
    let examples = entry.examples.iter().filter_map(|example| {
        Some(rtest_core::sample::ErrorExample {
            key: example.key.key()?,
            message: example.message.clone(),
        })
    });
    Some(LoadTick {
        worker: entry.worker,
        from: RunTime::from_nanos(entry.from_ns),
        to: RunTime::from_nanos(entry.to_ns),
        series: series?,
        checks: entry.checks.iter().map(Into::into).collect(),
        scenarios: entry
            .scenarios
            .iter()
            .map(|counters| ScenarioTick {
                scenario: counters.scenario,
                offered: counters.offered,
                started: counters.started,
                completed: counters.completed,
                interrupted: counters.interrupted,
                dropped: counters.dropped,
                late: counters.late,
                vus: counters.vus,
                vus_max: counters.vus_max,
                iteration_duration: Histogram::default(),
                dispatch_lag: Histogram::default(),
            })
            .collect(),
        groups: Vec::new(),
        metrics: Vec::new(),
        ran: Duration::from_nanos(entry.ran_ns),
        waited: Duration::from_nanos(entry.waited_ns),
        examples: examples.collect(),
    })
}
