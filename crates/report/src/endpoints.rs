use rtest_core::sample::SeriesKey;
use rtest_metrics::{RunRecord, Summary};

use crate::phases::Numbers;

/// The requests of one method and endpoint, of all scenarios.
#[derive(Clone, Debug)]
pub(crate) struct EndpointRow<'a> {
    pub(crate) method: &'a str,
    pub(crate) endpoint: &'a str,
    pub(crate) numbers: Numbers,
}

impl<'a> EndpointRow<'a> {
    /// Every endpoint of the plan in its order, also those that were never called.
    pub(crate) fn all(record: &'a RunRecord) -> Vec<Self> {
        let summary = Summary::new(record);
        let scenarios = record.header.load.iter().flat_map(|load| &load.scenarios);
        let mut rows: Vec<Self> = Vec::new();
        for step in scenarios.flat_map(|scenario| &scenario.steps) {
            let known = |row: &Self| row.method == step.method && row.endpoint == step.endpoint;
            if step.method.is_empty() || rows.iter().any(known) {
                continue;
            }
            let of_endpoint = |key: SeriesKey| {
                summary.names(key).is_some_and(|(_, other)| {
                    other.method == step.method && other.endpoint == step.endpoint
                })
            };
            rows.push(Self {
                method: &step.method,
                endpoint: &step.endpoint,
                numbers: Numbers::of(record, of_endpoint),
            });
        }
        rows
    }
}
