mod limits;
mod saturation;

pub(super) use saturation::starved;

use std::collections::BTreeMap;

use rtest_core::Histogram;

use super::{Evidence, Gate, GateKind, GateStatus};
use crate::number::latency;
use crate::run_record::{HealthPoint, RunRecord};

/// The generator's own lateness, above which its numbers are not valid: p99 of due → begun where
/// a virtual user was free.
pub const MAX_DISPATCH_LAG_MS: f64 = 100.0;

/// The generator's CPU, as a mean share of all cores, above which its numbers are not valid.
const MAX_CPU_SHARE: f64 = 0.9;

/// How much of the time, on average, a worker may have something to do and no core to do it on.
const MAX_WAITED_SHARE: f64 = 0.5;

/// How far the loads of merged parts may begin from one another, as a share of the load: parts
/// that ran one after the other were never the load that was asked for.
const MAX_PARTS_APART: f64 = 0.1;

/// As [`MAX_PARTS_APART`], in seconds, where that is more: clocks of machines differ, too.
const PARTS_APART_S: f64 = 1.0;

/// Whether the numbers can be trusted: the schedule kept, workers that were not the bottleneck, a
/// core to spare, none of the system's limits hit, nothing lost.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    if record.load.is_none() {
        return Vec::new();
    }
    let mut gates: Vec<Gate> = [
        schedule(record),
        saturation::gate(record),
        cpu(record),
        core(record),
        together(record),
        whole(record),
    ]
    .into_iter()
    .flatten()
    .collect();
    gates.extend(limits::gates(record));
    gates
}

/// A closed model has no schedule to keep. An arrival that had to wait for a virtual user is not
/// counted here: whether the target or the generator kept the users busy is
/// [`saturation`]'s question.
fn schedule(record: &RunRecord) -> Option<Gate> {
    let mut lag = Histogram::default();
    for scenario in record.load.iter().flat_map(|load| &load.scenarios) {
        lag.merge(&scenario.dispatch_lag);
    }
    if lag.is_empty() {
        return None;
    }
    Some(gate(
        "the generator keeps its schedule",
        lag.quantile_ms(0.99) <= MAX_DISPATCH_LAG_MS,
        format!("p99 of its own lateness at most {MAX_DISPATCH_LAG_MS} ms"),
        format!(
            "p50 {}, p99 {}, max {}",
            latency(lag.quantile_ms(0.5)),
            latency(lag.quantile_ms(0.99)),
            latency(lag.max_ms())
        ),
        "the machine that sends could not keep up, so the numbers say nothing about the target: \
         lower the rate, or run on a machine with more free cores",
    ))
}

fn cpu(record: &RunRecord) -> Option<Gate> {
    let share = worst_mean(record, |point| point.cpu_share)?;
    Some(gate(
        "the generator has CPU to spare",
        share <= MAX_CPU_SHARE,
        format!(
            "at most {:.0} % of all cores, on average",
            MAX_CPU_SHARE * 100.0
        ),
        format!("{:.0} %", share * 100.0),
        "a generator without a free core measures itself: lower the load, or run on a machine \
         with more cores",
    ))
}

/// Only where the system tells how long threads wait.
///
/// It makes numbers doubtful, not wrong: what is sent too late by it fails
/// [`schedule`], and a first try beside its target on a small machine is not refused.
fn core(record: &RunRecord) -> Option<Gate> {
    let busy = worst_mean(record, |point| point.busiest_worker).filter(|busy| *busy > 0.0)?;
    let waited = worst_mean(record, |point| point.waited_for_core)?;
    let mut gate = gate(
        "the generator gets a core when it needs one",
        waited <= MAX_WAITED_SHARE,
        format!(
            "its busiest worker waits for one at most {:.0} % of the time",
            MAX_WAITED_SHARE * 100.0
        ),
        format!(
            "waited {:.1} %, worked {:.0} %",
            waited * 100.0,
            busy * 100.0
        ),
        "something else takes the cores of this machine, and what the generator waits for them \
         is in its numbers: stop it, give the container more CPU, or run the target elsewhere",
    );
    if gate.status == GateStatus::Failed {
        gate.status = GateStatus::Inconclusive;
    }
    Some(gate)
}

/// The parts of a merged record ran at the same time.
fn together(record: &RunRecord) -> Option<Gate> {
    let load = record.load.as_ref()?;
    let parts = &record.header.parts;
    let apart = parts.iter().map(|part| part.began_after_ms).max()? as f64 / 1e3;
    let length = load.end.since(load.start).as_secs_f64();
    let most = (length * MAX_PARTS_APART).max(PARTS_APART_S);
    Some(gate(
        "the parts ran together",
        apart <= most,
        format!("{} loads begin within {most:.1} s", parts.len()),
        format!("{apart:.1} s"),
        "parts that do not run at the same time never were the load that was asked for: start \
         them together, and keep the clocks of their machines in step (NTP)",
    ))
}

fn whole(record: &RunRecord) -> Option<Gate> {
    (record.events_lost > 0).then(|| {
        gate(
            "the record is whole",
            false,
            "no event lost".to_owned(),
            format!("{} lost", record.events_lost),
            "the disk did not keep up: record to a faster one, with --out",
        )
    })
}

/// The mean over time of the part whose mean is the highest: one machine of ten that is at its
/// end is not made good by nine that are not.
fn worst_mean(record: &RunRecord, of: impl Fn(&HealthPoint) -> f64) -> Option<f64> {
    let mut parts: BTreeMap<u32, (f64, u32)> = BTreeMap::new();
    for point in &record.health {
        let (sum, points) = parts.entry(point.part).or_default();
        *sum += of(point);
        *points += 1;
    }
    let means = parts
        .into_values()
        .map(|(sum, points)| sum / f64::from(points));
    means.reduce(f64::max)
}

fn gate(name: &str, holds: bool, expected: String, observed: String, advice: &str) -> Gate {
    Gate {
        kind: GateKind::Generator,
        name: name.to_owned(),
        status: if holds {
            GateStatus::Passed
        } else {
            GateStatus::Failed
        },
        expected,
        observed,
        evidence: if holds {
            Vec::new()
        } else {
            vec![Evidence::plain(advice)]
        },
        span: None,
        rests_on_load: false,
    }
}
