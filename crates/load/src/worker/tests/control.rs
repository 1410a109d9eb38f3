//! What is asked of a load while it runs.

use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::plan::ExecutorPlan;

use super::executors::{one_is_slow, ramping_vus};
use super::plan::{closed, load, open, scenario};
use super::{MS, Played, SECOND, Stage, at, nothing, numbered, play};
use crate::control::Wanted;

/// Something that is asked.
pub(super) type Change = fn(&mut Wanted);

/// Asks for changes at instants, in milliseconds.
async fn asks(stage: Stage, changes: &[(u64, Change)]) {
    let start = tokio::time::Instant::now();
    for (millis, change) in changes {
        tokio::time::sleep_until(start + Duration::from_millis(*millis)).await;
        stage.control.change(change);
    }
}

fn sent_between(played: &Played, from: RunTime, to: RunTime) -> usize {
    let sent = played.sent.iter();
    sent.filter(|sent| sent.at >= from && sent.at < to).count()
}

const PAUSE: Change = |wanted| wanted.paused = true;
const RESUME: Change = |wanted| wanted.paused = false;
const STOP: Change = |wanted| wanted.stopped = true;

#[test]
fn a_pause_moves_what_is_planned_and_makes_nothing_late() {
    for workers in [1, 2] {
        let plan = load(vec![scenario(open("100/s", 2 * SECOND, 100), numbered())]);
        let played = play(
            &plan,
            workers,
            |_| 30 * MS,
            |stage| asks(stage, &[(505, PAUSE), (1500, RESUME)]),
        );
        assert_eq!(sent_between(&played, at(506), at(1500)), 0);
        assert_eq!(sent_between(&played, at(1500), at(3000)), 149);
        assert_eq!(
            played.end(),
            at(3015),
            "later by the pause, to the millisecond"
        );
        let sum = played.scenario(0);
        assert_eq!((sum.offered, sum.completed, sum.late), (200, 200, 0));
        assert!(played.response_time().max_ms() < 31.1);
        assert!(sum.dispatch_lag.max_ms() <= 1.0, "the clock stood still");
        // What is offered falls into the ticks in which it is due.
        let ticks = played.ticks();
        let in_pause = ticks
            .iter()
            .filter(|t| t.from >= at(750) && t.to <= at(1500));
        let offered: u64 = in_pause.map(|tick| tick.scenarios[0].offered).sum();
        assert_eq!(offered, 0);
        played.assert_nothing_lost(0);
    }
}

#[test]
fn a_pause_leaves_running_iterations_to_end_and_holds_back_the_next() {
    for executor in [
        closed(4, 2 * SECOND),
        ramping_vus(0, &[(1000, 4), (1000, 4)], SECOND),
        ExecutorPlan::PerVuIterations {
            vus: 4,
            iterations: 20,
            max_duration: 2 * SECOND,
        },
    ] {
        let plan = load(vec![scenario(executor.clone(), numbered())]);
        let undisturbed = play(&plan, 2, |_| 100 * MS, nothing);
        let played = play(
            &plan,
            2,
            |_| 100 * MS,
            |stage| asks(stage, &[(650, PAUSE), (5000, RESUME)]),
        );
        assert_eq!(sent_between(&played, at(651), at(5000)), 0);
        let sum = played.scenario(0);
        assert_eq!(sum.interrupted, 0);
        // Whoever was at work when it began was so on time that did not count.
        let free = sum.completed - undisturbed.scenario(0).completed;
        assert!(free <= 4, "{}: {free}", executor.name());
        assert!(played.end() >= at(6300), "{:?}", played.end());
        played.assert_nothing_lost(0);
    }
}

#[test]
fn a_pause_takes_and_gives_nobody_an_iteration() {
    let executor = ExecutorPlan::PerVuIterations {
        vus: 3,
        iterations: 4,
        max_duration: 60 * SECOND,
    };
    let plan = load(vec![scenario(executor, numbered())]);
    let played = play(&plan, 1, one_is_slow(), |stage| {
        asks(stage, &[(250, PAUSE), (1000, RESUME)])
    });
    for vu in 1..=3 {
        let done = played.sent.iter().filter(|sent| sent.vu == vu).count();
        assert_eq!(done, 4, "virtual user {vu}");
    }
}

#[test]
fn a_pause_before_the_start_holds_the_start_back() {
    for executor in [open("100/s", SECOND, 10), closed(2, SECOND)] {
        let mut plan = load(vec![scenario(executor, numbered())]);
        plan.scenarios[0].start_time = 500 * MS;
        let played = play(
            &plan,
            1,
            |_| 10 * MS,
            |stage| asks(stage, &[(0, PAUSE), (2000, RESUME)]),
        );
        assert_eq!(played.sent[0].at, at(2500));
        assert_eq!(played.end(), at(3500));
        assert!(played.scenario(0).completed >= 100);
    }
}

#[test]
fn what_fell_due_before_a_pause_is_still_owed() {
    let plan = load(vec![scenario(open("100/s", SECOND, 1), numbered())]);
    let played = play(
        &plan,
        1,
        |_| 50 * MS,
        |stage| asks(stage, &[(200, PAUSE), (5000, RESUME)]),
    );
    // 21 were due by then, one every 50 ms is answered.
    assert_eq!(sent_between(&played, at(0), at(5000)), 21);
    assert_eq!(played.scenario(0).offered, 100);
    played.assert_nothing_lost(0);
}

#[test]
fn a_rate_is_scaled_from_now_on_for_as_long_as_planned() {
    for workers in [1, 2] {
        let plan = load(vec![scenario(open("100/s", 4 * SECOND, 100), numbered())]);
        let played = play(
            &plan,
            workers,
            |_| 30 * MS,
            |stage| async move {
                let changes: [(u64, Change); 3] = [
                    (995, |wanted| wanted.rate_scale = 2.0),
                    (1995, |wanted| wanted.rate_scale = 0.0),
                    (2995, |wanted| wanted.rate_scale = 1.0),
                ];
                asks(stage, &changes).await;
            },
        );
        let per_second: Vec<usize> = (0..5)
            .map(|second| second * 1000)
            .map(|from| sent_between(&played, at(from), at(from + 1000)))
            .collect();
        for (sent, expected) in per_second.iter().zip([100, 200, 0, 100, 0]) {
            assert!(sent.abs_diff(expected) <= 2, "{per_second:?}");
        }
        let sum = played.scenario(0);
        assert_eq!(sum.late, 0);
        assert!(played.end() <= at(4030), "the duration stays");
        assert!(played.response_time().max_ms() < 31.1);
        played.assert_nothing_lost(0);
    }
}

#[test]
fn virtual_users_of_a_closed_model_are_scaled_from_now_on() {
    let plan = load(vec![scenario(closed(4, 3 * SECOND), numbered())]);
    for workers in [1, 3] {
        let played = play(
            &plan,
            workers,
            |_| 100 * MS,
            |stage| async move {
                let changes: [(u64, Change); 2] = [
                    (1050, |wanted| wanted.vus_scale = 2.0),
                    (2050, |wanted| wanted.vus_scale = 0.5),
                ];
                asks(stage, &changes).await;
            },
        );
        let at_work = |millis| {
            let sent = played.sent.iter();
            let mut vus: Vec<u64> = sent
                .filter(|sent| sent.at <= at(millis) && sent.done_at > at(millis))
                .map(|sent| sent.vu)
                .collect();
            vus.sort_unstable();
            vus
        };
        assert_eq!(at_work(1040), [1, 2, 3, 4]);
        assert_eq!(at_work(1060), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(
            at_work(2140),
            [1, 2, 5, 6, 7, 8],
            "they may end what they do"
        );
        assert_eq!(at_work(2160), [1, 2]);
        let sum = played.scenario(0);
        assert_eq!((sum.vus_max, sum.interrupted), (8, 0));
        played.assert_nothing_lost(0);
    }
}

#[test]
fn a_scale_of_the_other_model_changes_nothing() {
    for executor in [open("100/s", SECOND, 10), closed(4, SECOND)] {
        let is_open = executor.is_open();
        let plan = load(vec![scenario(executor, numbered())]);
        let played = play(
            &plan,
            1,
            |_| 25 * MS,
            |stage| async move {
                stage.control.change(|wanted| {
                    if is_open {
                        wanted.vus_scale = 0.0;
                    } else {
                        wanted.rate_scale = 0.0;
                    }
                });
            },
        );
        let expected = if is_open { 100 } else { 160 };
        assert_eq!(played.scenario(0).completed, expected);
    }
}

#[test]
fn a_load_that_is_stopped_lets_running_iterations_end() {
    for executor in [
        open("100/s", 60 * SECOND, 50),
        closed(50, 60 * SECOND),
        ramping_vus(50, &[(60_000, 50)], SECOND),
        ExecutorPlan::SharedIterations {
            vus: 50,
            iterations: 100_000,
            max_duration: 60 * SECOND,
        },
    ] {
        let is_open = executor.is_open();
        let mut later = scenario(closed(1, SECOND), numbered());
        later.start_time = 30 * SECOND;
        let plan = load(vec![scenario(executor, numbered()), later]);
        let played = play(&plan, 2, |_| 300 * MS, |stage| asks(stage, &[(1005, STOP)]));
        assert_eq!(sent_between(&played, at(1006), at(60_000)), 0);
        assert!(played.end() <= at(1310), "{:?}", played.end());
        let sum = played.scenario(0);
        assert_eq!((sum.interrupted, sum.dropped), (0, 0));
        if is_open {
            assert_eq!(sum.offered, 101);
        }
        assert_eq!(played.scenario(1).offered, 0, "it has not begun");
        played.assert_nothing_lost(0);
    }
}

#[test]
fn a_stop_has_the_graceful_stop_at_most_and_also_ends_a_pause() {
    let mut plan = load(vec![scenario(open("10/s", 60 * SECOND, 1), numbered())]);
    plan.scenarios[0].graceful_stop = 250 * MS;
    let played = play(
        &plan,
        1,
        |_| 40 * SECOND,
        |stage| asks(stage, &[(450, PAUSE), (1000, STOP), (1100, RESUME)]),
    );
    let sum = played.scenario(0);
    assert_eq!((sum.offered, sum.interrupted, sum.dropped), (5, 1, 4));
    assert_eq!(played.end(), at(1250));
    played.assert_nothing_lost(0);
}
