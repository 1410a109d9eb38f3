//! Requests that failed because the generator's machine had no more of something to give.

use rtest_core::sample::{ErrorKind, Outcome};

use super::gate;
use crate::number::count;
use crate::run_record::{HealthPoint, RunRecord};
use crate::verdict::Gate;

/// The share of requests that may fail on the generator's own limits: as many as a target that is
/// in good order may fail.
const TRACE: f64 = 0.001;

/// One gate for each limit that was hit.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let kinds = ErrorKind::NAMES.iter().map(|(_, kind)| *kind);
    kinds
        .filter(|kind| kind.is_of_generator())
        .filter_map(|kind| limit(record, kind))
        .collect()
}

fn limit(record: &RunRecord, kind: ErrorKind) -> Option<Gate> {
    let (mut hit, mut all) = (0, 0);
    for (key, series) in record.load.iter().flat_map(|load| &load.series) {
        all += series.response_time.len();
        if key.outcome == Outcome::Error(kind) {
            hit += series.response_time.len();
        }
    }
    if hit == 0 {
        return None;
    }
    let most = |of: fn(&HealthPoint) -> u64| record.health.iter().map(of).max();
    let (name, used, limit, advice) = match kind {
        ErrorKind::LocalPorts => (
            "the generator has local ports to spare",
            most(|point| point.local_ports),
            most(|point| point.local_ports_limit),
            "each connection takes a local port, and gives it back a minute after it was closed: \
             keep connections (`reuse: vu`), widen the range (`sysctl -w \
             net.ipv4.ip_local_port_range='1024 65535'`), or spread the load over several \
             machines with `--shard`",
        ),
        // The only other kind that is the generator's own.
        _ => (
            "the generator has open files to spare",
            most(|point| point.open_files),
            most(|point| point.open_files_limit),
            "each connection is an open file: raise the limit (`ulimit -n`, `LimitNOFILE=` in a \
             systemd unit, `--ulimit nofile=` for a container), or let fewer virtual users share \
             them (`max_vus`)",
        ),
    };
    let mut observed = format!("{} of {} requests had none", count(hit), count(all));
    if let Some((used, limit)) = used.zip(limit).filter(|(_, limit)| *limit > 0) {
        observed.push_str(&format!(
            "; up to {} of {} were in use",
            count(used),
            count(limit)
        ));
    }
    Some(gate(
        name,
        hit as f64 <= all as f64 * TRACE,
        format!("at most {} % of the requests without one", TRACE * 100.0),
        observed,
        advice,
    ))
}
