use rtest_core::Histogram;

use super::{Evidence, Gate, GateKind, GateStatus};
use crate::run_record::RunRecord;

/// The generator's own lateness, above which its numbers are not valid: p99 of due → begun where
/// a virtual user was free.
pub const MAX_DISPATCH_LAG_MS: f64 = 100.0;

/// Whether the numbers can be trusted. A closed model has no schedule to keep.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let mut lag = Histogram::default();
    for scenario in record.load.iter().flat_map(|load| &load.scenarios) {
        lag.merge(&scenario.dispatch_lag);
    }
    // Empty also where each arrival had to wait for a virtual user: then that is the limit, and
    // the response times show it.
    if lag.is_empty() {
        return Vec::new();
    }
    let kept_up = lag.quantile_ms(0.99) <= MAX_DISPATCH_LAG_MS;
    vec![Gate {
        kind: GateKind::Generator,
        name: "the generator keeps its schedule".to_owned(),
        status: if kept_up {
            GateStatus::Passed
        } else {
            GateStatus::Failed
        },
        expected: format!("p99 of its own lateness at most {MAX_DISPATCH_LAG_MS} ms"),
        observed: format!(
            "p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
            lag.quantile_ms(0.5),
            lag.quantile_ms(0.99),
            lag.max_ms()
        ),
        evidence: if kept_up {
            Vec::new()
        } else {
            vec![Evidence::plain(
                "the machine that sends could not keep up, so the numbers say nothing about the target: \
                 lower the rate, or run on a machine with more free cores",
            )]
        },
        span: None,
        rests_on_load: false,
    }]
}
