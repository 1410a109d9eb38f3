use crate::number::plain;
use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::plan::GaugeRef;

use super::Finding;
use super::scene::{Scene, shown};

/// A queue is as long as before when it is no longer than its longest of that time and a tenth, and
/// a twentieth of what it may grow to: that many are being worked on, and no queue to speak of.
const MORE: f64 = 1.1;
const OF_MAX: f64 = 0.05;
/// What is being worked on, at least.
const ONE: f64 = 1.0;
/// A queue is as long as the median of so many readings either side of one and of itself: orders
/// that come in the same instant and are gone by the next reading are no queue.
const EITHER_SIDE: usize = 2;

/// Whether a queue stayed bounded under the fault, and how long after it was as long as before.
pub(super) fn judge(
    scene: &Scene<'_>,
    length: &GaugeRef,
    max: f64,
    drains_within: Option<Duration>,
) -> Finding {
    let longest = |readings: &[(_, f64)]| {
        let values = readings.iter().map(|(_, value)| *value);
        values.reduce(f64::max)
    };
    let under = scene.readings(length, scene.from, scene.to);
    let since = scene.readings(length, scene.from, scene.after());
    let failures = since.failures();
    let since = since.values;
    let told = |finding: Finding| failures.iter().fold(finding, Finding::with);
    let Some(peak) = longest(&since) else {
        return Finding::too_little(format!("{} was not read under the fault", length.name));
    };
    let before = longest(&scene.readings(length, scene.before(), scene.from).values);
    let usual = match before {
        Some(before) => format!("{} before the fault at most", plain(before)),
        None => "not read before the fault".to_owned(),
    };
    if peak > max {
        return told(Finding::judged(false, format!("grew to {}", plain(peak))).with(usual));
    }
    if let Some(gap) = scene.gap(length, &under) {
        return told(Finding::too_little(format!("{gap} under the fault")).with(usual));
    }
    let grew = format!("{} at most", plain(peak));
    let Some(within) = drains_within else {
        return told(Finding::judged(true, grew).with(usual));
    };
    let Some(before) = before else {
        return Finding::too_little(format!("{grew}, and {usual}"));
    };
    let drained_at = before * MORE + (max * OF_MAX).max(ONE);
    let is_drained = |value: f64| value <= drained_at;
    let mut after = steady(&since);
    after.retain(|(at, _)| scene.to <= *at);
    // Back for good: from then on it is not longer again.
    let last_long = after.iter().rposition(|(_, value)| !is_drained(*value));
    let drained = match last_long {
        None => after.first(),
        Some(index) => after.get(index + 1),
    };
    let seen_for = scene.after().since(scene.to);
    let found = match drained {
        Some((at, _)) => {
            let took = at.since(scene.to);
            let words = format!("{grew}, drained {} after the fault", shown(took));
            Finding::judged(took <= within, words)
        }
        None if seen_for < within => Finding::too_little(format!(
            "{grew}, and not drained in the {} seen",
            shown(seen_for)
        )),
        None => {
            let left = after.last().map_or(peak, |(_, value)| *value);
            Finding::judged(false, format!("{grew}, and still {left} at the end"))
        }
    };
    told(found.with(usual))
}

/// The readings without what is seen of a moment only.
fn steady(readings: &[(RunTime, f64)]) -> Vec<(RunTime, f64)> {
    let median = |index: usize| {
        let end = readings.len().min(index + EITHER_SIDE + 1);
        let around = &readings[index.saturating_sub(EITHER_SIDE)..end];
        let mut values: Vec<f64> = around.iter().map(|(_, value)| *value).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let indexed = readings.iter().enumerate();
    indexed
        .map(|(index, (at, _))| (*at, median(index)))
        .collect()
}
