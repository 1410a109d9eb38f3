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

/// Where so many requests are due and none ends, the load is not served.
const DUE: f64 = 5.0;

/// How the load was served before.
struct Usual {
    failures: f64,
    p95_ms: f64,
    /// Requests for each virtual user at work, a second.
    per_user: f64,
}

/// How long after the fault the load was served as before, for good.
pub(super) fn judge(scene: &Scene<'_>, within: Duration) -> Finding {
    let intervals = scene.load().map_or(&[][..], |load| &load.intervals);
    let between = |from: RunTime, to: RunTime| {
        let lies = move |interval: &&Interval| interval.from >= from && interval.to <= to;
        intervals.iter().filter(lies)
    };
    let mut before = between(scene.before(), scene.from)
        .filter(|it| ended(it) > 0)
        .peekable();
    if before.peek().is_none() {
        return Finding::too_little(scene.nothing_before());
    }
    let usual = usual(before);
    let after = told(between(scene.to, scene.after()), &usual);
    let Some(last) = after.last() else {
        return Finding::too_little(scene.nothing_after());
    };
    let fails = |interval: &&Interval| failures(interval) > usual.failures + MORE_FAILURES;
    let is_slow = |interval: &&Interval| {
        ended(interval) == 0 || p95_ms(interval) > 2.0 * usual.p95_ms + MORE_MS
    };
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
        let words = format!("not yet {shown} after the fault, when the load ended");
        match took < within {
            true => Finding::too_little(words),
            false => Finding::judged(false, words),
        }
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

/// The intervals that tell how the load is served: those in which requests ended, and those in which
/// none did though some were due.
fn told<'a>(intervals: impl Iterator<Item = &'a Interval>, usual: &Usual) -> Vec<&'a Interval> {
    let (mut told, mut empty, mut due) = (Vec::new(), Vec::new(), 0.0);
    for interval in intervals {
        if ended(interval) > 0 {
            told.extend(empty.drain(..).filter(|_| due >= DUE));
            due = 0.0;
            told.push(interval);
        } else {
            empty.push(interval);
            due += due_in(interval, usual);
        }
    }
    told.extend(empty.into_iter().filter(|_| due >= DUE));
    told
}

/// Arrivals, or what virtual users at work used to end in such a time.
fn due_in(interval: &Interval, usual: &Usual) -> f64 {
    let seconds = interval.to.since(interval.from).as_secs_f64();
    let by_users = interval.vus as f64 * seconds * usual.per_user;
    by_users.max(interval.offered as f64)
}

fn ended(interval: &Interval) -> u64 {
    interval.outcomes.values().sum()
}

fn usual<'a>(intervals: impl Iterator<Item = &'a Interval>) -> Usual {
    let (mut failed, mut all) = (0, 0);
    let mut at_work = 0.0;
    let mut times = Histogram::default();
    for interval in intervals {
        at_work += interval.vus as f64 * interval.to.since(interval.from).as_secs_f64();
        interval.response_time.add_to(&mut times);
        failed += failed_of(interval);
        all += ended(interval);
    }
    Usual {
        failures: failed as f64 / all.max(1) as f64,
        p95_ms: times.quantile_ms(0.95),
        per_user: if at_work > 0.0 {
            all as f64 / at_work
        } else {
            0.0
        },
    }
}

fn failures(interval: &Interval) -> f64 {
    failed_of(interval) as f64 / ended(interval).max(1) as f64
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
