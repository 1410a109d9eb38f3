use rtest_core::Histogram;

use super::{Evidence, Gate, GateKind, GateStatus};
use crate::run_record::RunRecord;

/// The generator's own lateness, above which its numbers are not valid: p99 of due → begun where
/// a virtual user was free.
pub const MAX_DISPATCH_LAG_MS: f64 = 100.0;

/// The generator's CPU, as a mean share of all cores, above which its numbers are not valid.
const MAX_CPU_SHARE: f64 = 0.9;

/// Whether the numbers can be trusted: the schedule kept, a core to spare, nothing lost.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    if record.load.is_none() {
        return Vec::new();
    }
    let mut gates: Vec<Gate> = schedule(record).into_iter().collect();
    gates.extend(cpu(record));
    if record.events_lost > 0 {
        gates.push(gate(
            "the record is whole",
            false,
            "no event lost".to_owned(),
            format!("{} lost", record.events_lost),
            "the disk did not keep up: record to a faster one, with --out",
        ));
    }
    gates
}

/// A closed model has no schedule to keep. An arrival that had to wait for a virtual user says
/// nothing of the generator either: then the users are the limit, and response times show it.
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
            "p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
            lag.quantile_ms(0.5),
            lag.quantile_ms(0.99),
            lag.max_ms()
        ),
        "the machine that sends could not keep up, so the numbers say nothing about the target: \
         lower the rate, or run on a machine with more free cores",
    ))
}

fn cpu(record: &RunRecord) -> Option<Gate> {
    if record.health.is_empty() {
        return None;
    }
    let sum: f64 = record.health.iter().map(|point| point.cpu_share).sum();
    let share = sum / record.health.len() as f64;
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
