//! What each executor does by its plan.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::plan::{Arrivals, ExecutorPlan, RateStage, VuStage};
use rtest_core::sample::ErrorKind;
use rtest_core::unit::Rate;

use super::plan::{load, open, scenario};
use super::recorded::assert_close;
use super::{MS, Played, SECOND, at, nothing, numbered, play};

/// Stages in milliseconds.
pub(super) fn ramping_vus(
    start_vus: u32,
    stages: &[(u64, u32)],
    graceful_ramp_down: Duration,
) -> ExecutorPlan {
    let stage = |(millis, target): &(u64, u32)| VuStage {
        duration: Duration::from_millis(*millis),
        target: *target,
    };
    ExecutorPlan::RampingVus {
        start_vus,
        stages: stages.iter().map(stage).collect(),
        graceful_ramp_down,
    }
}

pub(super) fn jump(target: u32) -> (u64, u32) {
    (0, target)
}

/// Stages in milliseconds, rates per second.
pub(super) fn ramping_rate(start: f64, stages: &[(u64, f64)], max_vus: u32) -> ExecutorPlan {
    let rate = |count| Rate { count, per: SECOND };
    let stage = |(millis, target): &(u64, f64)| RateStage {
        duration: Duration::from_millis(*millis),
        target: rate(*target),
    };
    ExecutorPlan::RampingArrivalRate {
        start_rate: rate(start),
        stages: stages.iter().map(stage).collect(),
        max_vus,
        arrivals: Arrivals::Even,
    }
}

/// Instants in milliseconds.
pub(super) fn replay(millis: impl IntoIterator<Item = u64>, max_vus: u32) -> ExecutorPlan {
    ExecutorPlan::Replay {
        schedule: millis.into_iter().map(Duration::from_millis).collect(),
        max_vus,
    }
}

/// When each virtual user sent something.
fn by_vu(played: &Played) -> BTreeMap<u64, Vec<RunTime>> {
    let mut all: BTreeMap<u64, Vec<RunTime>> = BTreeMap::new();
    for sent in &played.sent {
        all.entry(sent.vu).or_default().push(sent.at);
    }
    all
}

fn iterations(played: &Played) -> BTreeSet<u64> {
    let all: BTreeSet<u64> = played.sent.iter().map(|sent| sent.iteration).collect();
    assert_eq!(all.len(), played.sent.len(), "none is done twice");
    all
}

#[test]
fn ramping_vus_come_and_go_where_the_line_has_come_to_a_whole_one() {
    for workers in [1, 2, 3] {
        let executor = ramping_vus(0, &[(1000, 4), (1000, 4), (1000, 0)], 10 * SECOND);
        let plan = load(vec![scenario(executor, numbered())]);
        let played = play(&plan, workers, |_| 60 * MS, nothing);
        let by_vu = by_vu(&played);
        assert_eq!(by_vu.len(), 4);
        for (vu, sent) in by_vu {
            let (comes, goes) = (at(250 * vu), at(3250 - 250 * vu));
            let expected = (0..).map(|n| comes + n * 60 * MS);
            let expected: Vec<RunTime> = expected.take_while(|at| *at < goes).collect();
            assert_eq!(sent, expected, "virtual user {vu} on {workers} workers");
        }
        played.assert_nothing_lost(0);
        let sum = played.scenario(0);
        assert_eq!((sum.vus_max, sum.interrupted), (4, 0));
        iterations(&played);
    }
}

#[test]
fn who_is_no_longer_wanted_is_cut_off_after_the_graceful_ramp_down() {
    let executor = ramping_vus(3, &[(1000, 3), jump(1), (2000, 1)], 400 * MS);
    let plan = load(vec![scenario(executor, numbered())]);
    let played = play(&plan, 1, |_| 5 * SECOND, nothing);
    let ends: Vec<(u64, RunTime)> = played.sent.iter().map(|s| (s.vu, s.done_at)).collect();
    assert_eq!(ends, [(1, at(5000)), (2, at(1400)), (3, at(1400))]);
    played.assert_nothing_lost(0);
    let sum = played.scenario(0);
    assert_eq!((sum.completed, sum.interrupted), (1, 2));
    assert_eq!(played.failed_with(ErrorKind::Interrupted), 2);
}

#[test]
fn who_is_wanted_again_in_time_goes_on() {
    let stages = [(500, 2), jump(1), (300, 1), jump(2), (1000, 2)];
    let plan = load(vec![scenario(
        ramping_vus(2, &stages, 600 * MS),
        numbered(),
    )]);
    for (service_millis, second) in [
        // It was at work all the time that it was not wanted.
        (1000, vec![at(0), at(1000)]),
        // It had left, and another takes its place.
        (700, vec![at(0), at(800), at(1500)]),
    ] {
        let service_time = Duration::from_millis(service_millis);
        let played = play(&plan, 1, move |_| service_time, nothing);
        assert_eq!(by_vu(&played)[&2], second, "{service_millis} ms");
        let sum = played.scenario(0);
        assert_eq!((sum.vus_max, sum.interrupted), (2, 0));
        played.assert_nothing_lost(0);
    }
}

/// The second request of all takes five times as long as any other.
pub(super) fn one_is_slow() -> impl Fn(RunTime) -> Duration {
    let requests = Cell::new(0);
    move |_| {
        requests.set(requests.get() + 1);
        if requests.get() == 2 {
            500 * MS
        } else {
            100 * MS
        }
    }
}

#[test]
fn shared_iterations_are_taken_by_whoever_is_free() {
    let executor = ExecutorPlan::SharedIterations {
        vus: 3,
        iterations: 11,
        max_duration: 60 * SECOND,
    };
    let plan = load(vec![scenario(executor, numbered())]);
    let played = play(&plan, 1, one_is_slow(), nothing);
    assert_eq!(iterations(&played), (0..11).collect());
    let by_vu = by_vu(&played);
    let counts: Vec<usize> = by_vu.values().map(Vec::len).collect();
    assert_eq!(counts, [5, 1, 5], "the slow one has done one");
    assert_eq!(played.end(), at(500), "and then it is over");
    played.assert_nothing_lost(0);
}

#[test]
fn per_vu_iterations_are_done_by_each() {
    let executor = ExecutorPlan::PerVuIterations {
        vus: 3,
        iterations: 4,
        max_duration: 60 * SECOND,
    };
    let plan = load(vec![scenario(executor, numbered())]);
    for workers in [1, 2, 3] {
        let played = play(&plan, workers, one_is_slow(), nothing);
        assert_eq!(iterations(&played), (0..12).collect());
        assert!(by_vu(&played).values().all(|sent| sent.len() == 4));
        assert_eq!(played.end(), at(800), "the slow one is not helped");
        played.assert_nothing_lost(0);
    }
}

#[test]
fn a_number_of_iterations_has_its_time_and_the_graceful_stop_at_most() {
    let shared = ExecutorPlan::SharedIterations {
        vus: 3,
        iterations: 1000,
        max_duration: SECOND,
    };
    let each = ExecutorPlan::PerVuIterations {
        vus: 3,
        iterations: 1000,
        max_duration: SECOND,
    };
    for executor in [shared, each] {
        let mut plan = load(vec![scenario(executor, numbered())]);
        plan.scenarios[0].graceful_stop = 70 * MS;
        let played = play(&plan, 2, |_| 150 * MS, nothing);
        let sum = played.scenario(0);
        // The seventh iteration of each would end at 1,050 ms; it may until 1,070 ms.
        assert_eq!((sum.offered, sum.completed, sum.interrupted), (21, 21, 0));
        plan.scenarios[0].graceful_stop = 20 * MS;
        let played = play(&plan, 2, |_| 150 * MS, nothing);
        let sum = played.scenario(0);
        assert_eq!((sum.offered, sum.completed, sum.interrupted), (21, 18, 3));
        assert_eq!(played.end(), at(1020));
        played.assert_nothing_lost(0);
    }
}

#[test]
fn a_ramping_rate_sends_where_its_area_comes_to_a_whole_one() {
    // 0 to 20/s in 2 s, 20 arrivals, and down again.
    for workers in [1, 2] {
        let executor = ramping_rate(0.0, &[(2000, 20.0), (2000, 0.0)], 100);
        let plan = load(vec![scenario(executor, numbered())]);
        let played = play(&plan, workers, |_| 30 * MS, nothing);
        assert_eq!(iterations(&played), (0..40).collect());
        for sent in &played.sent {
            let due = match sent.iteration as f64 {
                up if up <= 20.0 => (up / 5.0).sqrt(),
                down => 4.0 - ((40.0 - down) / 5.0).sqrt(),
            };
            let late = sent.at.as_secs_f64() - due;
            assert!((0.0..=0.001).contains(&late), "{sent:?} is due at {due}");
        }
        played.assert_nothing_lost(0);
        let sum = played.scenario(0);
        assert_eq!((sum.offered, sum.late), (40, 0));
    }
}

#[test]
fn a_recording_is_replayed_at_its_instants() {
    let instants = [0, 3, 3, 250, 251, 900];
    let plan = load(vec![scenario(replay(instants, 6), numbered())]);
    let played = play(&plan, 1, |_| 30 * MS, nothing);
    let sent: Vec<RunTime> = played.sent.iter().map(|sent| sent.at).collect();
    assert_eq!(sent, instants.map(at));
    assert_eq!(iterations(&played), (0..6).collect());
    // One at a time: the third is due at 3 ms, sent at 60 ms and answered at 90 ms.
    let plan = load(vec![scenario(replay(instants, 1), numbered())]);
    let played = play(&plan, 1, |_| 30 * MS, nothing);
    assert_close("the third", played.response_time().max_ms(), 87 * MS, 0.001);
    assert_eq!(played.scenario(0).late, 3);
    played.assert_nothing_lost(0);
}

#[test]
fn random_arrivals_are_those_of_the_seed_whoever_sends_them() {
    let mut executor = open("100/s", 5 * SECOND, 200);
    if let ExecutorPlan::ConstantArrivalRate { arrivals, .. } = &mut executor {
        *arrivals = Arrivals::Poisson;
    }
    let plan = load(vec![scenario(executor, numbered())]);
    let sent = |workers| -> Vec<(u64, RunTime)> {
        let played = play(&plan, workers, |_| 30 * MS, nothing);
        played.assert_nothing_lost(0);
        played.sent.iter().map(|s| (s.iteration, s.at)).collect()
    };
    let whole = sent(1);
    assert!((400..600).contains(&whole.len()), "{}", whole.len());
    assert_eq!(sent(3), whole);
}
