use crate::number::{count, latency};
use std::time::Duration;

use rtest_core::Histogram;

use super::Finding;
use super::scene::Scene;

/// Of the requests that failed, so many may have failed otherwise.
const OTHERWISE: f64 = 0.01;

/// How the requests failed that the fault touched: turned away at once, or made to wait.
pub(super) fn judge(scene: &Scene<'_>, status: u16, within: Duration) -> Finding {
    let (mut all, mut otherwise) = (0, 0);
    let mut shed = Histogram::default();
    for series in scene.touched() {
        let count = series.response_time.len();
        all += count;
        if series.key.outcome.status() == Some(status) {
            shed.merge(&series.response_time);
        } else if series.key.outcome.failed() {
            otherwise += count;
        }
    }
    let failed = otherwise + shed.len();
    if failed == 0 {
        return Finding::judged(
            false,
            format!("none of {} requests was turned away", count(all)),
        );
    }
    let p99 = shed.quantile_ms(0.99);
    let in_time = !shed.is_empty() && p99 <= within.as_secs_f64() * 1000.0;
    let met = in_time && otherwise as f64 <= OTHERWISE * failed as f64;
    let observed = format!(
        "{} of {} requests answered {status}, p99 {}; {} failed otherwise",
        count(shed.len()),
        count(all),
        latency(p99),
        count(otherwise)
    );
    Finding::judged(met, observed)
}
