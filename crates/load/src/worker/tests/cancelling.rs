//! Ctrl-C, at any instant, whatever was done before.

use std::time::Duration;

use proptest::prelude::*;
use rtest_core::plan::{Arrivals, ExecutorPlan};
use rtest_core::sample::ErrorKind;

use super::control::Change;
use super::executors::{jump, ramping_rate, ramping_vus, replay};
use super::plan::{closed, get, load, open, scenario, sends};
use super::{MS, SECOND, at, play};

/// One of each executor, over in 3 s.
fn executors() -> Vec<ExecutorPlan> {
    let mut poisson = open("90/s", 3 * SECOND, 40);
    if let ExecutorPlan::ConstantArrivalRate { arrivals, .. } = &mut poisson {
        *arrivals = Arrivals::Poisson;
    }
    vec![
        closed(20, 3 * SECOND),
        ramping_vus(5, &[(1000, 40), jump(10), (1000, 0), (1000, 30)], 250 * MS),
        ExecutorPlan::SharedIterations {
            vus: 20,
            iterations: 300,
            max_duration: 3 * SECOND,
        },
        ExecutorPlan::PerVuIterations {
            vus: 20,
            iterations: 15,
            max_duration: 3 * SECOND,
        },
        open("150/s", 3 * SECOND, 20),
        poisson,
        ramping_rate(0.0, &[(1000, 100.0), (1000, 300.0), (1000, 0.0)], 40),
        replay((0..300).map(|n| n * n / 30), 20),
    ]
}

/// Something that is asked from outside.
fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just((|wanted| wanted.paused = true) as Change),
        Just((|wanted| wanted.paused = false) as Change),
        Just((|wanted| wanted.rate_scale = 0.3) as Change),
        Just((|wanted| wanted.rate_scale = 0.0) as Change),
        Just((|wanted| wanted.rate_scale = 2.5) as Change),
        Just((|wanted| wanted.vus_scale = 0.3) as Change),
        Just((|wanted| wanted.vus_scale = 1.7) as Change),
        Just((|wanted| wanted.stopped = true) as Change),
    ]
}

proptest! {
    // Each is a whole load.
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_is_lost_whenever_it_is_cancelled_and_whatever_was_asked_before(
        executor in prop::sample::select(executors()),
        workers in 1_u16..4,
        service_millis in 1_u64..900,
        start_millis in prop_oneof![Just(0), 0_u64..500],
        changes in prop::collection::vec((0_u64..900, change()), 0..6),
        cancel_after in 0_u64..3500,
    ) {
        let mut plan = load(vec![scenario(executor, vec![sends(get("/"))])]);
        plan.scenarios[0].start_time = Duration::from_millis(start_millis);
        plan.scenarios[0].graceful_stop = 300 * MS;
        let mut cancelled_at = at(cancel_after);
        for (gap, _) in &changes {
            cancelled_at = cancelled_at + Duration::from_millis(*gap);
        }
        let played = play(&plan, workers, move |_| Duration::from_millis(service_millis), |stage| async move {
            for (gap, change) in changes {
                tokio::time::sleep(Duration::from_millis(gap)).await;
                stage.control.change(change);
            }
            tokio::time::sleep(Duration::from_millis(cancel_after)).await;
            stage.cancel.cancel();
        });
        played.assert_nothing_lost(0);
        let sum = played.scenario(0);
        prop_assert_eq!(played.failed_with(ErrorKind::Interrupted), sum.interrupted);
        prop_assert_eq!(played.failed_with(ErrorKind::Dropped), sum.dropped);
        prop_assert_eq!(played.sent.len() as u64, sum.started);
        prop_assert!(played.end() <= cancelled_at + MS, "{:?}", played.end());
        let last = played.ticks();
        let at_work: u64 = last.last().into_iter().flat_map(|t| &t.scenarios).map(|s| s.vus).sum();
        prop_assert!(at_work <= sum.vus_max);
    }
}

#[test]
fn cancelling_records_what_runs_as_interrupted_and_loses_nothing() {
    for (executor, workers) in [
        (open("200/s", 10 * SECOND, 20), 2),
        (open("200/s", 10 * SECOND, 20), 1),
        (closed(20, 10 * SECOND), 2),
    ] {
        let is_open = executor.is_open();
        let plan = load(vec![scenario(executor, vec![sends(get("/"))])]);
        let recorded = play(
            &plan,
            workers,
            |_| 400 * MS,
            |stage| async move {
                tokio::time::sleep(1130 * MS).await;
                stage.cancel.cancel();
            },
        );
        recorded.assert_nothing_lost(0);
        let sum = recorded.scenario(0);
        assert_eq!(sum.interrupted, 20, "all users were at work");
        assert_eq!(recorded.failed_with(ErrorKind::Interrupted), 20);
        assert_eq!(sum.dropped, recorded.failed_with(ErrorKind::Dropped));
        if is_open {
            assert_eq!(sum.offered, 227, "arrivals of 1.13 s at 200/s, both ends");
        }
        let end = recorded.ticks().iter().map(|tick| tick.to).max();
        assert!(end.is_some_and(|end| end < at(1150)), "at once: {end:?}");
    }
}

#[test]
fn cancelling_before_the_start_records_nothing() {
    let mut plan = load(vec![scenario(
        open("200/s", SECOND, 20),
        vec![sends(get("/"))],
    )]);
    plan.scenarios[0].start_time = 5 * SECOND;
    let recorded = play(
        &plan,
        1,
        |_| MS,
        |stage| async move {
            tokio::time::sleep(SECOND).await;
            stage.cancel.cancel();
        },
    );
    assert_eq!(recorded.scenario(0).offered, 0);
    assert_eq!(recorded.requests(), 0);
    recorded.assert_nothing_lost(0);
}
