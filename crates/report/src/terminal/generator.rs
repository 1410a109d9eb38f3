use rtest_metrics::RunRecord;

use crate::lateness::own_lateness;
use crate::number::{count, latency};

/// Whether the machine that sent could keep up, in one line; `None` where it was not looked at.
pub(super) fn health(record: &RunRecord) -> Option<String> {
    let mut parts = Vec::new();
    let busiest = record.health.iter().map(|point| point.cpu_share);
    if let Some(share) = busiest.reduce(f64::max) {
        parts.push(format!(
            "CPU ≤ {:.0} % of {} cores",
            share * 100.0,
            record.header.host.cores
        ));
    }
    let busiest = record.health.iter().map(|point| point.busiest_worker);
    if let Some(share) = busiest.reduce(f64::max).filter(|share| *share > 0.0) {
        parts.push(format!("busiest worker ≤ {:.0} %", share * 100.0));
    }
    let lag = own_lateness(record);
    if !lag.is_empty() {
        parts.push(format!(
            "own lateness p99 {}",
            latency(lag.quantile_ms(0.99))
        ));
    }
    if let Some(most) = record.health.iter().max_by_key(|point| point.open_files) {
        parts.push(format!(
            "≤ {} of {} open files",
            count(most.open_files),
            count(most.open_files_limit)
        ));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}
