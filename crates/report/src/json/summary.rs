use rtest_metrics::{RunRecord, Verdict};
use serde_json::{Value, json};

use super::{group, metrics, rtest};
use crate::reporter::{ReportError, Reporter};

/// k6's summary data, and `rtest`.
#[derive(Debug)]
pub(crate) struct Json;

impl Reporter for Json {
    fn format(&self) -> &'static str {
        "json"
    }

    fn file_name(&self) -> &'static str {
        "summary.json"
    }

    fn render(&self, record: &RunRecord, verdict: &Verdict) -> Result<Vec<u8>, ReportError> {
        let mut bytes =
            serde_json::to_vec_pretty(&summary(record, verdict)).map_err(|error| ReportError {
                format: self.format(),
                kind: error.into(),
            })?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

fn summary(record: &RunRecord, verdict: &Verdict) -> Value {
    // k6's is the duration of its load; a run without load has its own.
    let duration = match &record.load {
        Some(load) => load.end.since(load.start),
        None => record.last.since(rtest_core::RunTime::ZERO),
    };
    json!({
        "metrics": metrics::all(record, verdict),
        "root_group": group::root(record),
        "options": {
            "summaryTrendStats": metrics::trend_stats(),
            "summaryTimeUnit": "",
            "noColor": true,
        },
        "state": {
            "isStdErrTTY": false,
            "isStdOutTTY": false,
            "testRunDurationMs": duration.as_secs_f64() * 1e3,
        },
        "rtest": rtest::extras(record, verdict),
    })
}

/// A number without the noise of its last binary digits.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
