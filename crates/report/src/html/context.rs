use rtest_core::clock::RunTime;
use rtest_metrics::{RunRecord, Summary, Verdict};

use super::chart::TimeAxis;
use crate::fault::{fault_sign, fault_words};
use crate::phases::Stretch;
use crate::timeline::Timeline;

/// What every section draws from, computed once.
pub(crate) struct Context<'a> {
    pub(crate) record: &'a RunRecord,
    pub(crate) verdict: &'a Verdict,
    pub(crate) summary: Summary<'a>,
    /// Absent without load.
    pub(crate) timeline: Option<Timeline>,
    pub(crate) stretches: Vec<Stretch>,
}

/// How far charts reach beyond the load on either side, as a share of its length.
const MARGIN: f64 = 0.05;

impl<'a> Context<'a> {
    pub(crate) fn new(record: &'a RunRecord, verdict: &'a Verdict) -> Self {
        Self {
            record,
            verdict,
            summary: Summary::new(record),
            timeline: Timeline::new(record),
            stretches: Stretch::all(record),
        }
    }

    /// Whether the environment did not come up, so that there is nothing to show of load and chaos.
    pub(crate) fn nothing_ran(&self) -> bool {
        self.record.nothing_ran()
    }

    /// An instant as the suite's fault timeline counts: seconds since the start of the load, or
    /// of the run where there is no load.
    pub(crate) fn seconds(&self, at: RunTime) -> f64 {
        let start = self
            .record
            .load
            .as_ref()
            .map_or(RunTime::ZERO, |load| load.start);
        at.since(start).as_secs_f64() - start.since(at).as_secs_f64()
    }

    /// The one axis of every chart over time: the load, and what stands around it on the clock
    /// of faults and probes.
    pub(crate) fn axis(&self) -> TimeAxis {
        let mut axis = TimeAxis {
            from: 0.0,
            to: self.timeline.as_ref().map_or(0.0, |timeline| timeline.end),
        };
        let faults = self.record.faults.iter().flat_map(|fault| {
            let edges = [fault.injected, fault.rolled_back];
            edges.into_iter().flatten().map(|(at, _)| at)
        });
        let probes = self.record.probes.iter().map(|probe| probe.at);
        // A probe that waited long after the load stands at the edge: charts are of the load.
        let room = match axis.to {
            0.0 => f64::INFINITY,
            length => length * MARGIN,
        };
        let (least, most) = (axis.from - room, axis.to + room);
        for at in faults.chain(probes) {
            let at = self.seconds(at).clamp(least, most);
            axis.from = axis.from.min(at);
            axis.to = axis.to.max(at);
        }
        axis.to = axis.to.max(axis.from + 0.1);
        axis
    }

    /// `F1 latency 400ms ± 50ms`.
    pub(crate) fn fault_label(&self, fault: u16) -> String {
        let header = self.record.header.faults.get(usize::from(fault));
        let words = header.map_or_else(Default::default, fault_words);
        format!("{} {words}", fault_sign(fault))
    }
}
