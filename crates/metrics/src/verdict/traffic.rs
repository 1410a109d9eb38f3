use rtest_core::Histogram;

use super::{Evidence, Gate, GateKind, GateStatus, generator, threshold};
use crate::number::{count, counted, latency};
use crate::run_record::RunRecord;
use crate::summary::Summary;

/// The share of requests that may fail where no threshold on `http_req_failed` says how many.
const MAX_FAILED_SHARE: f64 = 0.01;

/// The share of arrivals that may be dropped where no threshold says how many.
const MAX_DROPPED_SHARE: f64 = 0.01;

/// The schedule lag, at its 99th percentile, beyond which a load is not the one asked for.
const MAX_SCHEDULE_LAG_MS: f64 = 1000.0;

/// Why arrivals are dropped or late, and what to do.
fn not_sent(record: &RunRecord) -> Evidence {
    Evidence::plain(if generator::starved(record) {
        "the virtual users ran out because the generator had no time to serve them; it says so \
         among its own gates"
    } else {
        "the virtual users ran out: the target is slower than the rate asks for; lower the rate, \
         or raise `max_vus`"
    })
}

/// Even with no threshold at all, a run whose requests fail is not a success, and neither is one
/// whose load was never sent.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    if record.header.load.is_none() {
        return Vec::new();
    }
    [Some(answered(record)), sent(record), in_time(record)]
        .into_iter()
        .flatten()
        .collect()
}

/// Dropped arrivals: the virtual users ran out. A threshold on `dropped_iterations` or
/// `http_req_failed`, which counts them, takes this gate's place.
fn sent(record: &RunRecord) -> Option<Gate> {
    let judged = threshold::judges_some(record, "dropped_iterations")
        || threshold::judges_some(record, "http_req_failed");
    let load = record.load.as_ref()?;
    let counters = || load.scenarios.iter().map(|scenario| &scenario.counters);
    let dropped: u64 = counters().map(|counters| counters.dropped).sum();
    let offered: u64 = counters().map(|counters| counters.offered).sum();
    if judged || dropped == 0 || offered == 0 {
        return None;
    }
    let share = dropped as f64 / offered as f64;
    let holds = share <= MAX_DROPPED_SHARE;
    Some(Gate {
        kind: GateKind::Traffic,
        name: "arrivals are sent".to_owned(),
        status: if holds {
            GateStatus::Passed
        } else {
            GateStatus::Failed
        },
        expected: format!("at most {:.0} % dropped", MAX_DROPPED_SHARE * 100.0),
        observed: format!("{} of {} dropped", count(dropped), count(offered)),
        evidence: if holds {
            Vec::new()
        } else {
            vec![not_sent(record)]
        },
        span: None,
        rests_on_load: true,
    })
}

/// Arrivals that had to wait for a virtual user: what is sent long after it was due is no longer
/// the load that was asked for. A threshold on `http_req_duration`, which counts the wait, or on
/// `schedule_lag` takes this gate's place.
fn in_time(record: &RunRecord) -> Option<Gate> {
    let judged = threshold::judges_some(record, "http_req_duration")
        || threshold::judges_some(record, "schedule_lag");
    let load = record.load.as_ref()?;
    let late: u64 = load
        .scenarios
        .iter()
        .map(|scenario| scenario.counters.late)
        .sum();
    if judged || late == 0 {
        return None;
    }
    let mut lag = Histogram::default();
    for series in load.series.values() {
        lag.merge(&series.schedule_lag);
    }
    let holds = lag.quantile_ms(0.99) <= MAX_SCHEDULE_LAG_MS;
    Some(Gate {
        kind: GateKind::Traffic,
        name: "arrivals are sent in time".to_owned(),
        status: if holds {
            GateStatus::Passed
        } else {
            GateStatus::Failed
        },
        expected: format!("p99 of the schedule lag at most {MAX_SCHEDULE_LAG_MS} ms"),
        observed: format!(
            "{}, {} waited",
            latency(lag.quantile_ms(0.99)),
            counted(late, "arrival")
        ),
        evidence: if holds {
            Vec::new()
        } else {
            vec![not_sent(record)]
        },
        span: None,
        rests_on_load: true,
    })
}

fn answered(record: &RunRecord) -> Gate {
    let summary = Summary::new(record);
    let (failed, total) = summary.failures(|_| true);
    let dropped: u64 = record
        .load
        .iter()
        .flat_map(|load| &load.scenarios)
        .map(|scenario| scenario.counters.dropped)
        .sum();
    let most = if threshold::judges_some(record, "http_req_failed") {
        1.0
    } else {
        MAX_FAILED_SHARE
    };
    let holds = total > failed && failed as f64 <= total as f64 * most;
    let status = if holds {
        GateStatus::Passed
    } else {
        GateStatus::Failed
    };
    let mut observed = format!("{}, {} failed", counted(total, "request"), count(failed));
    if dropped > 0 {
        observed.push_str(&format!(", {} of them dropped arrivals", count(dropped)));
    }
    let evidence = match (status, total) {
        (GateStatus::Passed, _) => Vec::new(),
        (_, 0) => vec![Evidence::plain("no request was sent")],
        _ => {
            let examples = record.load.iter().flat_map(|load| &load.examples);
            examples
                .take(3)
                .map(|example| {
                    Evidence::plain(format!("{}: {}", example.key.outcome, example.message))
                })
                .collect()
        }
    };
    Gate {
        kind: GateKind::Traffic,
        name: "requests are answered".to_owned(),
        status,
        expected: if most < 1.0 {
            format!("at most {:.0} % failed", most * 100.0)
        } else {
            "at least one request that does not fail".to_owned()
        },
        observed,
        evidence,
        span: None,
        rests_on_load: true,
    }
}
