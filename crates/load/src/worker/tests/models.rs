//! The open and the closed model, and what of an iteration is recorded.

use std::collections::BTreeMap;

use rtest_core::RunTime;
use rtest_core::sample::{ErrorKind, Outcome};
use rtest_core::window::WindowId;

use super::plan::{closed, get, load, open, scenario, sends, thinks};
use super::recorded::assert_close;
use super::{MS, SECOND, at, nothing, play};

#[test]
fn an_open_loop_keeps_its_rate_whatever_the_answers_take() {
    let plan = load(vec![scenario(
        open("100/s", 5 * SECOND, 1000),
        vec![sends(get("/"))],
    )]);
    let recorded = play(&plan, 1, |_| 3 * SECOND, nothing);
    let sum = recorded.scenario(0);
    assert_eq!((sum.offered, sum.completed, sum.late), (500, 500, 0));
    assert_eq!(sum.vus_max, 300, "100/s for 3 s are 300 at once");
    let per_second: Vec<u64> = (0..5)
        .map(|second| {
            let ticks = recorded.ticks();
            let within = ticks.iter().filter(|tick| {
                tick.from >= at(second * 1000) && tick.to <= at((second + 1) * 1000)
            });
            within.map(|tick| tick.scenarios[0].started).sum()
        })
        .collect();
    // The arrival due at an edge falls into the tick that begins there.
    assert_eq!(per_second, [100; 5]);
}

#[test]
fn virtual_users_that_are_free_are_used_again() {
    let plan = load(vec![scenario(
        open("100/s", 5 * SECOND, 1000),
        vec![sends(get("/"))],
    )]);
    let recorded = play(&plan, 1, |_| 9 * MS, nothing);
    assert_eq!(recorded.scenario(0).vus_max, 1);
}

#[test]
fn arrivals_that_never_began_are_errors_as_old_as_they_were() {
    let mut plan = load(vec![scenario(
        open("10/s", SECOND, 1),
        vec![thinks(MS), sends(get("/"))],
    )]);
    plan.scenarios[0].graceful_stop = 2 * SECOND;
    // The first, sent after its think time, never ends; the other nine never begin.
    let recorded = play(&plan, 1, |_| 100 * SECOND, nothing);
    let sum = recorded.scenario(0);
    assert_eq!((sum.offered, sum.started, sum.dropped), (10, 1, 9));
    assert_eq!((sum.completed, sum.interrupted, sum.late), (0, 1, 0));
    recorded.assert_nothing_lost(0);
    assert_eq!(recorded.failed_with(ErrorKind::Interrupted), 1);
    let series = recorded.series();
    let (key, dropped) = series
        .iter()
        .find(|(key, _)| key.outcome == Outcome::Error(ErrorKind::Dropped))
        .expect("dropped arrivals are a series");
    assert_eq!(key.step, 0, "the flow's first request");
    assert_eq!(dropped.response_time.len(), 9);
    assert_close("oldest", dropped.response_time.max_ms(), 2900 * MS, 0.002);
    assert_close("youngest", dropped.response_time.min_ms(), 2100 * MS, 0.002);
    assert!(dropped.service_time.is_empty(), "they were never sent");
}

#[test]
fn a_backlog_is_worked_off_during_the_graceful_stop() {
    let plan = load(vec![scenario(
        open("10/s", SECOND, 1),
        vec![sends(get("/"))],
    )]);
    let recorded = play(&plan, 1, |_| 300 * MS, nothing);
    let sum = recorded.scenario(0);
    assert_eq!((sum.completed, sum.dropped, sum.late), (10, 0, 9));
    // The last fell due at 900 ms and ended at 3 s.
    let response = recorded.response_time();
    assert_close("the last", response.max_ms(), 2100 * MS, 0.002);
    assert!(
        sum.dispatch_lag.max_ms() <= 1.0,
        "waiting for a virtual user is not the generator's lateness: {}",
        sum.dispatch_lag.max_ms()
    );
}

#[test]
fn a_closed_loop_waits_for_its_answers() {
    let plan = load(vec![scenario(
        closed(4, SECOND),
        vec![sends(get("/a")), thinks(40 * MS), sends(get("/b"))],
    )]);
    let recorded = play(&plan, 2, |_| 30 * MS, nothing);
    let sum = recorded.scenario(0);
    assert_eq!(sum.completed, 40, "4 users, 100 ms an iteration, 1 s");
    assert_eq!((sum.offered, sum.vus_max, sum.late), (40, 4, 0));
    assert!(
        sum.dispatch_lag.is_empty(),
        "a closed model has no schedule"
    );
    recorded.assert_nothing_lost(0);
    assert_close(
        "an iteration",
        sum.iteration_duration.quantile_ms(0.5),
        100 * MS,
        0.01,
    );
    for (key, series) in recorded.series() {
        assert_eq!(series.response_time.len(), 40, "step {}", key.step);
        assert_close("a request", series.response_time.max_ms(), 30 * MS, 0.001);
        assert_eq!(series.schedule_lag.max_ms(), 0.0);
        assert_eq!((series.bytes_sent, series.bytes_received), (4000, 8000));
    }
}

#[test]
fn later_requests_of_an_iteration_count_from_when_the_flow_came_to_them() {
    let plan = load(vec![scenario(
        open("5/s", SECOND, 1),
        vec![sends(get("/a")), thinks(50 * MS), sends(get("/b"))],
    )]);
    // 250 ms an iteration, one every 200 ms: each begins 50 ms later than the one before.
    let recorded = play(&plan, 1, |_| 100 * MS, nothing);
    let series: Vec<_> = recorded.series().into_values().collect();
    assert_close("first", series[0].response_time.max_ms(), 300 * MS, 0.002);
    assert_close("second", series[1].response_time.max_ms(), 100 * MS, 0.002);
    assert_close("lag", series[0].schedule_lag.max_ms(), 200 * MS, 0.002);
}

#[test]
fn think_time_before_the_first_request_is_part_of_the_schedule() {
    let plan = load(vec![scenario(
        open("5/s", SECOND, 1),
        vec![thinks(200 * MS), sends(get("/"))],
    )]);
    // 300 ms an iteration: the fifth is due at 800 ms, begins at 1.2 s, and would have sent at
    // 1 s what it sends at 1.4 s.
    let recorded = play(&plan, 1, |_| 100 * MS, nothing);
    assert_close(
        "the fifth",
        recorded.response_time().max_ms(),
        500 * MS,
        0.002,
    );
}

#[test]
fn a_timeout_is_recorded_at_the_timeout() {
    let mut slow = get("/");
    slow.timeout = 150 * MS;
    let plan = load(vec![scenario(open("10/s", SECOND, 10), vec![sends(slow)])]);
    let recorded = play(&plan, 1, |_| 30 * SECOND, nothing);
    assert_eq!(recorded.failed_with(ErrorKind::Timeout), 10);
    let response = recorded.response_time();
    assert_close("shortest", response.min_ms(), 150 * MS, 0.001);
    assert_close("longest", response.max_ms(), 150 * MS, 0.001);
    assert_eq!(recorded.scenario(0).completed, 10, "the flow goes on");
    assert!(recorded.examples()[0].contains("timed out while waiting"));
}

#[test]
fn requests_that_touch_a_fault_belong_to_its_window() {
    let plan = load(vec![scenario(
        open("100/s", 3 * SECOND, 100),
        vec![sends(get("/"))],
    )]);
    let recorded = play(
        &plan,
        1,
        |_| 100 * MS,
        |stage| async move {
            tokio::time::sleep(SECOND).await;
            stage.windows.injected(0, at(1000));
            tokio::time::sleep(SECOND).await;
            stage.windows.rolled_back(0, at(2000));
        },
    );
    let mut by_window: BTreeMap<WindowId, u64> = BTreeMap::new();
    for (key, series) in recorded.series() {
        *by_window.entry(key.window).or_default() += series.response_time.len();
    }
    // Sent before 900 ms: wholly before. Sent from 2 s on: wholly after.
    assert_eq!(by_window[&WindowId(0)], 90);
    assert_eq!(by_window[&WindowId(1)], 110);
    assert_eq!(by_window[&WindowId(2)], 100);
}

#[test]
fn scenarios_run_side_by_side_from_their_own_start() {
    let mut late = scenario(closed(1, SECOND), vec![sends(get("/late"))]);
    late.start_time = SECOND;
    let plan = load(vec![
        scenario(open("10/s", SECOND, 4), vec![sends(get("/"))]),
        late,
    ]);
    let recorded = play(&plan, 2, |_| 50 * MS, nothing);
    assert_eq!(recorded.scenario(0).completed, 10);
    assert_eq!(recorded.scenario(1).completed, 20);
    for tick in recorded.ticks() {
        let of_second = tick.scenarios.iter().find(|s| s.scenario == 1);
        if tick.to <= at(1000) {
            assert!(of_second.is_none_or(|s| s.started == 0), "too early");
        }
        let takes_part = of_second.is_some();
        assert_eq!(takes_part, tick.worker == 0, "one user is one worker's");
    }
}

#[test]
fn ticks_end_on_the_same_edges_for_every_worker() {
    let plan = load(vec![scenario(
        open("40/s", SECOND, 40),
        vec![sends(get("/"))],
    )]);
    let recorded = play(&plan, 2, |_| 70 * MS, nothing);
    for worker in 0..2 {
        let ticks = recorded.ticks();
        let edges: Vec<RunTime> = ticks
            .iter()
            .filter(|tick| tick.worker == worker)
            .map(|tick| tick.to)
            .collect();
        assert_eq!(edges[..4], [at(250), at(500), at(750), at(1000)]);
    }
}
