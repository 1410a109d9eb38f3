//! When a service was beyond what a threshold allows it.

use rtest_core::clock::RunTime;
use rtest_core::threshold::{Aggregation, Threshold};
use rtest_core::usage::UsageMetric;

use super::Evidence;
use crate::number::count;
use crate::summary::Summary;
use crate::usage_record::UsagePoint;

/// Of a threshold on a level: when it was at its worst, or first beyond the bound, and what was
/// broken then. Nothing where every sample is within it.
pub(super) fn evidence(summary: Summary<'_>, threshold: &Threshold) -> Option<Evidence> {
    let metric = UsageMetric::named(&threshold.metric.name)?;
    let reads_each = matches!(threshold.aggregation, Aggregation::Max | Aggregation::Min);
    if !reads_each {
        return None;
    }
    let points = summary.usage(metric, &threshold.metric, |_| true);
    let is_beyond = |point: &&UsagePoint| !threshold.comparison.holds(point.value, threshold.bound);
    let beyond: Vec<&UsagePoint> = points.iter().copied().filter(is_beyond).collect();
    let first = beyond.first()?;
    let last = beyond.last()?;
    let start = summary.load_start()?;
    let since = |at: RunTime| at.since(start).as_secs_f64();
    let active = summary.active_faults(first.at).collect::<Vec<_>>();
    let during = match active.as_slice() {
        [] => String::new(),
        faults => format!(", during `{}`", faults.join("`, `")),
    };
    let when = if beyond.len() == 1 {
        format!("{:.1} s into the load", since(first.at))
    } else {
        format!(
            "{:.1}–{:.1} s into the load",
            since(first.at),
            since(last.at)
        )
    };
    Some(Evidence::plain(format!(
        "{} of {} samples are beyond it, {when}{during}",
        count(beyond.len() as u64),
        count(points.len() as u64),
    )))
}
