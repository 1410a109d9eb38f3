//! The run over time, on the clock that the suite's fault timeline counts on: seconds since the
//! start of the load.

use std::collections::BTreeMap;

use rtest_core::Histogram;
use rtest_core::clock::RunTime;
use rtest_core::sample::Outcome;
use rtest_metrics::{Interval, RunRecord};

/// Points of a chart at most. Beyond, neighbouring intervals are merged, histograms and all.
const MOST_POINTS: usize = 240;

/// What happened over time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline {
    pub(crate) points: Vec<Point>,
    /// Faults that took effect, in the header's order.
    pub(crate) bands: Vec<Band>,
    /// End of the load, in seconds since its start.
    pub(crate) end: f64,
}

/// One stretch of equal length.
#[derive(Clone, Debug, Default)]
pub(crate) struct Point {
    /// Its start, in seconds since the start of the load.
    pub(crate) from: f64,
    /// Its end.
    pub(crate) to: f64,
    pub(crate) response_time: Histogram,
    pub(crate) service_time: Histogram,
    pub(crate) outcomes: BTreeMap<Outcome, u64>,
    pub(crate) offered: u64,
    pub(crate) vus: u64,
}

/// A fault's stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Band {
    /// Index into the header's faults.
    pub(crate) fault: u16,
    /// Injected, in seconds since the start of the load.
    pub(crate) from: f64,
    /// Rolled back, or the end of the record.
    pub(crate) to: f64,
}

impl Timeline {
    /// Of this run; `None` without load.
    pub(crate) fn new(record: &RunRecord) -> Option<Self> {
        let load = record.load.as_ref()?;
        let since_start =
            |at: RunTime| at.since(load.start).as_secs_f64() - load.start.since(at).as_secs_f64();
        let end = since_start(load.end);
        let merged = load.intervals.len().div_ceil(MOST_POINTS).max(1);
        let mut points: Vec<Point> = Vec::new();
        for (index, interval) in load.intervals.iter().enumerate() {
            let from = since_start(interval.from);
            let to = since_start(interval.to).min(end);
            // What is left over at the end joins its neighbour: a handful of requests in a few
            // milliseconds would be drawn as a rate that never was.
            let whole = interval.to.since(interval.from).as_secs_f64();
            let sliver = to - from < whole / 2.0 && !points.is_empty();
            if index % merged == 0 && !sliver {
                points.push(Point {
                    from,
                    ..Default::default()
                });
            }
            if let Some(point) = points.last_mut() {
                point.add(interval, to);
            }
        }
        let bands = record
            .faults
            .iter()
            .enumerate()
            .filter_map(|(index, fault)| {
                let (injected, _) = fault.injected?;
                let over = fault.rolled_back.map_or(record.last, |(at, _)| at);
                Some(Band {
                    fault: u16::try_from(index).ok()?,
                    from: since_start(injected),
                    to: since_start(over),
                })
            });
        Some(Self {
            points,
            bands: bands.collect(),
            end,
        })
    }

    /// The ways in which requests ended, in a fixed order: good answers first, errors last.
    pub(crate) fn outcomes(&self) -> Vec<Outcome> {
        let mut all: Vec<Outcome> = self
            .points
            .iter()
            .flat_map(|point| point.outcomes.keys().copied())
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Point {
    fn add(&mut self, interval: &Interval, to: f64) {
        self.to = to.max(self.to);
        interval.response_time.add_to(&mut self.response_time);
        interval.service_time.add_to(&mut self.service_time);
        for (outcome, requests) in &interval.outcomes {
            *self.outcomes.entry(*outcome).or_default() += requests;
        }
        self.offered += interval.offered;
        self.vus = self.vus.max(interval.vus);
    }

    /// Its length in seconds; never zero.
    pub(crate) fn seconds(&self) -> f64 {
        (self.to - self.from).max(1e-3)
    }
}
