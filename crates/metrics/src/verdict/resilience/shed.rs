use std::time::Duration;

use rtest_core::Histogram;
use rtest_core::sample::Outcome;

use super::Finding;
use super::scene::Scene;

/// Of the requests that failed, so many may have failed otherwise.
const OTHERWISE: f64 = 0.01;

/// How the requests failed that the fault touched: turned away at once, or made to wait.
pub(super) fn judge(scene: &Scene<'_>, status: u16, within: Duration) -> Finding {
    let (mut all, mut failed) = (0, 0);
    let mut shed = Histogram::default();
    for series in scene.touched() {
        let count = series.response_time.len();
        all += count;
        if series.key.outcome == Outcome::Status(status) {
            shed.merge(&series.response_time);
        }
        failed += if series.key.outcome.failed() {
            count
        } else {
            0
        };
    }
    if failed == 0 && shed.is_empty() {
        return Finding::judged(false, format!("none of {all} requests was turned away"));
    }
    let otherwise = failed.saturating_sub(shed.len());
    let p99 = shed.quantile_ms(0.99);
    let in_time = !shed.is_empty() && p99 <= within.as_secs_f64() * 1000.0;
    let met = in_time && otherwise as f64 <= OTHERWISE * failed as f64;
    let observed = format!(
        "{} of {all} requests answered {status}, p99 {p99:.1} ms; {otherwise} failed otherwise",
        shed.len()
    );
    Finding::judged(met, observed)
}
