//! The run cut into stretches: before the faults, during each, between them, after them.

use std::borrow::Cow;

use rtest_core::Histogram;
use rtest_core::clock::RunTime;
use rtest_core::sample::SeriesKey;
use rtest_core::window::WindowId;
use rtest_metrics::RunRecord;

use crate::fault::fault_words;

/// Numbers of a selection of requests, read from merged histograms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    /// Requests; arrivals that were dropped count, as failed ones.
    pub(crate) requests: u64,
    pub(crate) failed: u64,
    pub(crate) response_time: Histogram,
    pub(crate) service_time: Histogram,
}

impl Numbers {
    pub(crate) fn of(record: &RunRecord, keep: impl Fn(SeriesKey) -> bool) -> Self {
        let mut numbers = Self::default();
        for (key, series) in record.load.iter().flat_map(|load| &load.series) {
            if keep(*key) {
                let requests = series.response_time.len();
                numbers.requests += requests;
                numbers.failed += if key.outcome.failed() { requests } else { 0 };
                numbers.response_time.merge(&series.response_time);
                numbers.service_time.merge(&series.service_time);
            }
        }
        numbers
    }

    /// Requests that were sent: all but dropped arrivals, which have no service time.
    pub(crate) fn sent(&self) -> u64 {
        self.service_time.len()
    }
}

/// What a stretch of the run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StretchKind {
    /// All of it.
    Whole,
    /// Before the first fault.
    Before,
    /// While this fault is active (index into the header's faults).
    During(u16),
    /// No fault active, some behind and some ahead.
    Between,
    /// After the last fault.
    After,
}

/// A stretch of the run with its numbers.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    pub(crate) kind: StretchKind,
    pub(crate) from: RunTime,
    pub(crate) to: RunTime,
    pub(crate) numbers: Numbers,
}

impl Stretch {
    /// The word for it: `before`, `latency 400ms ± 50ms`.
    pub(crate) fn label<'a>(&self, record: &'a RunRecord) -> Cow<'a, str> {
        Cow::Borrowed(match self.kind {
            StretchKind::Whole => "whole run",
            StretchKind::Before => "before",
            StretchKind::Between => "between",
            StretchKind::After => "after",
            StretchKind::During(fault) => {
                let fault = record.header.faults.get(usize::from(fault));
                return fault.map_or(Cow::Borrowed("fault"), fault_words);
            }
        })
    }

    /// As reports for machines name it: the phase, and the fault where it is one's.
    pub(crate) fn names<'a>(&self, record: &'a RunRecord) -> (&'static str, Option<&'a str>) {
        match self.kind {
            StretchKind::Whole => ("whole", None),
            StretchKind::Before => ("before", None),
            StretchKind::Between => ("between", None),
            StretchKind::After => ("after", None),
            StretchKind::During(fault) => {
                let header = record.header.faults.get(usize::from(fault));
                ("during", header.map(|fault| fault.name.as_str()))
            }
        }
    }

    /// Every stretch in the order of its start, the whole run last; the whole run alone where no
    /// fault took effect. Empty without load.
    pub(crate) fn all(record: &RunRecord) -> Vec<Self> {
        let Some(load) = &record.load else {
            return Vec::new();
        };
        let mut stretches = fault_free(record);
        for (index, fault) in record.faults.iter().enumerate() {
            let (Some((from, _)), Ok(index)) = (fault.injected, u16::try_from(index)) else {
                continue;
            };
            let active = |window: WindowId| {
                let window = record.windows.get(usize::from(window.0));
                window.is_some_and(|window| window.active.contains(&index))
            };
            stretches.push(Self {
                kind: StretchKind::During(index),
                from,
                to: fault.rolled_back.map_or(record.last, |(at, _)| at),
                numbers: Numbers::of(record, |key| active(key.window)),
            });
        }
        if stretches.len() == 1 {
            stretches.clear();
        }
        stretches.sort_by_key(|stretch| stretch.from);
        stretches.push(Self {
            kind: StretchKind::Whole,
            from: load.start,
            to: load.end,
            numbers: Numbers::of(record, |_| true),
        });
        for stretch in &mut stretches {
            stretch.from = stretch.from.clamp(load.start, load.end);
            stretch.to = stretch.to.clamp(stretch.from, load.end);
        }
        stretches
    }
}

/// Runs of windows in which nothing is broken.
fn fault_free(record: &RunRecord) -> Vec<Stretch> {
    let windows = &record.windows;
    let mut stretches = Vec::new();
    let mut first = 0;
    while first < windows.len() {
        if !windows[first].active.is_empty() {
            first += 1;
            continue;
        }
        let length = windows[first..]
            .iter()
            .take_while(|window| window.active.is_empty())
            .count();
        let range = first..first + length;
        let kind = match (first, range.end == windows.len()) {
            (0, _) => StretchKind::Before,
            (_, true) => StretchKind::After,
            (_, false) => StretchKind::Between,
        };
        let numbers = Numbers::of(record, |key| range.contains(&usize::from(key.window.0)));
        let last = WindowId(u16::try_from(range.end - 1).unwrap_or(u16::MAX));
        // Two faults that touch leave a stretch of microseconds between them.
        if numbers.requests > 0 || kind != StretchKind::Between {
            stretches.push(Stretch {
                kind,
                from: windows[first].start,
                to: record.window_end(last),
                numbers,
            });
        }
        first = range.end;
    }
    stretches
}
