use std::time::Duration;

use rtest_core::unit::format_duration;
use rtest_core::{Histogram, RunTime};

use super::Finding;
use super::scene::Scene;
use crate::load_record::Interval;
use crate::number::latency;

/// What an interval may have more than there was before the fault: failures as a share, and of the
/// 95th percentile twice as much and so many milliseconds.
const MORE_FAILURES: f64 = 0.01;
const MORE_MS: f64 = 20.0;

/// How the load was served before.
struct Usual {
    failures: f64,
    p95_ms: f64,
}

/// How long after the fault the load was served as before, for good.
pub(super) fn judge(scene: &Scene<'_>, within: Duration) -> Finding {
    let intervals = scene.load().map_or(&[][..], |load| &load.intervals);
    let has_traffic = |interval: &&Interval| interval.outcomes.values().sum::<u64>() > 0;
    let between = |from: RunTime, to: RunTime| {
        let lies = move |interval: &&Interval| interval.from >= from && interval.to <= to;
        intervals.iter().filter(lies).filter(has_traffic)
    };
    let mut before = between(scene.before(), scene.from).peekable();
    if before.peek().is_none() {
        return Finding::too_little("no load before the fault to compare with");
    }
    let usual = usual(before);
    let after: Vec<&Interval> = between(scene.to, scene.after()).collect();
    let Some(last) = after.last() else {
        return Finding::too_little("no load after the fault");
    };
    let fails = |interval: &&Interval| failures(interval) > usual.failures + MORE_FAILURES;
    let is_slow = |interval: &&Interval| p95_ms(interval) > 2.0 * usual.p95_ms + MORE_MS;
    let slow: Vec<bool> = after.iter().map(is_slow).collect();
    let is_bad = |(index, interval): (usize, &&Interval)| {
        // A single slow interval in the midst of quick ones is a hiccup of some machine.
        let beside = [index.checked_sub(1), Some(index + 1)];
        let mut beside = beside.into_iter().flatten().filter_map(|at| slow.get(at));
        fails(interval) || slow[index] && (index == 0 || beside.any(|slow| *slow))
    };
    let flags: Vec<bool> = after.iter().enumerate().map(is_bad).collect();
    let relapses = flags.windows(2).filter(|pair| !pair[0] && pair[1]).count();
    let last_bad = after.iter().zip(&flags).rev().find(|(_, bad)| **bad);
    let took = last_bad.map_or(Duration::ZERO, |(interval, _)| interval.to.since(scene.to));
    let shown = format_duration(Duration::from_millis(
        u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    ));
    let found = if last_bad.is_some_and(|(interval, _)| interval.to == last.to) {
        Finding::judged(
            false,
            format!("not yet {shown} after the fault, when the load ended"),
        )
    } else if took.is_zero() {
        Finding::judged(true, "at once")
    } else {
        Finding::judged(took <= within, format!("after {shown}"))
    };
    let found = found.with(format!(
        "before: {:.2} % failed, p95 {}",
        usual.failures * 100.0,
        latency(usual.p95_ms)
    ));
    match relapses {
        0 => found,
        1 => found.with("it fell back once"),
        relapses => found.with(format!("it fell back {relapses} times")),
    }
}

fn usual<'a>(intervals: impl Iterator<Item = &'a Interval>) -> Usual {
    let (mut failed, mut all) = (0, 0);
    let mut times = Histogram::default();
    for interval in intervals {
        interval.response_time.add_to(&mut times);
        failed += failed_of(interval);
        all += interval.outcomes.values().sum::<u64>();
    }
    Usual {
        failures: failed as f64 / all.max(1) as f64,
        p95_ms: times.quantile_ms(0.95),
    }
}

fn failures(interval: &Interval) -> f64 {
    let all: u64 = interval.outcomes.values().sum();
    failed_of(interval) as f64 / all.max(1) as f64
}

fn failed_of(interval: &Interval) -> u64 {
    let failed = interval
        .outcomes
        .iter()
        .filter(|(outcome, _)| outcome.failed());
    failed.map(|(_, count)| count).sum()
}

fn p95_ms(interval: &Interval) -> f64 {
    let mut times = Histogram::default();
    interval.response_time.add_to(&mut times);
    times.quantile_ms(0.95)
}
