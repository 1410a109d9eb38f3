use rtest_core::Histogram;
use rtest_metrics::RunRecord;

/// How late the generator itself was, over every scenario: due → begun, where a virtual user was
/// free.
pub(crate) fn own_lateness(record: &RunRecord) -> Histogram {
    let mut merged = Histogram::default();
    for scenario in record.load.iter().flat_map(|load| &load.scenarios) {
        merged.merge(&scenario.dispatch_lag);
    }
    merged
}
