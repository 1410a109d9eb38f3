//! How services came up, and what they used, phase by phase.

use rtest_core::metric::MetricContents;
use rtest_core::usage::Quantity;
use rtest_metrics::RunRecord;
use serde_json::{Value, json};

use super::rtest::at_s;
use super::summary::rounded;
use crate::phases::Stretch;
use crate::startup::CriticalPath;
use crate::usage::{Used, is_level};

/// What decided when all services were ready; null where nothing was started, or not all were.
pub(super) fn startup(record: &RunRecord) -> Option<Value> {
    let path = CriticalPath::of(record)?;
    let legs = path.legs.iter().map(|leg| {
        json!({
            "service": leg.service,
            "began_s": at_s(leg.began),
            "ready_s": at_s(leg.ready),
            "took_s": rounded(leg.took().as_secs_f64()),
        })
    });
    Some(json!({
        "took_s": rounded(path.took().as_secs_f64()),
        "critical_path": legs.collect::<Vec<_>>(),
    }))
}

/// Of each service, and of rtest itself, what was sampled while there was load.
pub(super) fn usage(record: &RunRecord) -> Vec<Value> {
    let stretches = Stretch::all(record);
    let used = Used::all(record).into_iter();
    let all = used.map(|used| {
        let quantities = used.quantities().map(|of| {
            let phases = stretches.iter();
            let phases = phases.map(|stretch| phase(record, stretch, used, of));
            json!({
                "name": of.name(),
                "unit": unit(of),
                "phases": phases.collect::<Vec<_>>(),
            })
        });
        json!({
            "service": (!used.is_rtest).then_some(used.name),
            "quantities": quantities.collect::<Vec<_>>(),
        })
    });
    all.collect()
}

/// What the values are.
fn unit(quantity: Quantity) -> &'static str {
    match quantity.contents() {
        MetricContents::Share if quantity == Quantity::Cpu => "share of one core",
        MetricContents::Share => "share",
        MetricContents::Data => "bytes",
        MetricContents::Time => "ms",
        MetricContents::Default => "number",
    }
}

fn phase(record: &RunRecord, stretch: &Stretch, used: Used<'_>, of: Quantity) -> Value {
    let (from, to) = (stretch.from, stretch.to);
    let (phase, fault) = stretch.names(record);
    let mut shape = json!({ "phase": phase, "fault": fault });
    let values = if is_level(of) {
        let sampled = used.level(of, from, to);
        json!({
            "samples": sampled.map_or(0, |sampled| sampled.samples),
            "min": sampled.map(|sampled| rounded(sampled.level.min)),
            "avg": sampled.map(|sampled| rounded(sampled.avg)),
            "max": sampled.map(|sampled| rounded(sampled.level.max)),
        })
    } else {
        let (sum, seconds) = (used.sum(of, from, to), to.since(from).as_secs_f64());
        json!({
            "count": rounded(sum),
            "rate": (seconds > 0.0).then(|| rounded(sum / seconds)),
        })
    };
    if let (Some(shape), Value::Object(values)) = (shape.as_object_mut(), values) {
        shape.extend(values);
    }
    shape
}
