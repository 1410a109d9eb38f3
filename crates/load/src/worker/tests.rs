//! The whole engine but its transport, on virtual time: a scripted client stands in for the
//! network, so that what is measured can be held against what must come out, to the millisecond.

#[path = "../../tests/support/plan.rs"]
#[allow(dead_code, unreachable_pub)]
mod plan;
#[path = "../../tests/support/recorded.rs"]
#[allow(dead_code, unreachable_pub)]
mod recorded;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::HeaderMap;
use rtest_core::plan::LoadPlan;
use rtest_core::sample::{ErrorKind, Outcome, RequestPhases};
use rtest_core::window::{WindowBoard, WindowId};
use rtest_core::{Clock, RunTime, Scheme, Seed};
use tokio::runtime::{Builder, LocalOptions};
use tokio_util::sync::CancellationToken;

use super::work;
use crate::client::{Answer, Client, Exchange, Failure};
use crate::context::{LoadContext, ResolvedTarget};
use crate::patience::{GaveUp, Patience};
use crate::step::Request;
use plan::{closed, get, load, open, scenario, sends, thinks};
use recorded::{Recorded, assert_close, exact_quantile};

/// tokio's clock, which stands still while anything runs and jumps to the next timer otherwise.
#[derive(Debug)]
struct VirtualClock(tokio::time::Instant);

impl Clock for VirtualClock {
    fn now(&self) -> RunTime {
        RunTime::from(self.0.elapsed())
    }
}

/// Answers a request that is sent at some instant after some time.
#[derive(Clone)]
struct Scripted {
    clock: Arc<dyn Clock>,
    service_time: Rc<dyn Fn(RunTime) -> Duration>,
}

impl Client for Scripted {
    async fn exchange(&mut self, request: &Request, patience: &mut Patience) -> Exchange {
        let sent_at = self.clock.now();
        patience.until(sent_at + request.timeout);
        let answered = patience
            .wait(tokio::time::sleep((self.service_time)(sent_at)))
            .await;
        let now = self.clock.now();
        Exchange {
            sent_at,
            first_byte_at: answered.is_ok().then_some(now),
            done_at: match answered {
                Err(GaveUp::TimedOut) => patience.deadline(),
                _ => now,
            },
            phases: RequestPhases::default(),
            bytes_sent: 100,
            bytes_received: if answered.is_ok() { 200 } else { 0 },
            result: answered
                .map(|()| Answer {
                    status: 200,
                    headers: HeaderMap::new(),
                    body: Bytes::new(),
                })
                .map_err(|gave_up| Failure::of_waiting(gave_up, "waiting for the answer")),
        }
    }
}

/// What surrounds a load on virtual time.
struct Stage {
    windows: Arc<WindowBoard>,
    cancel: CancellationToken,
}

/// Runs a plan on `workers` workers and virtual time, beside `meanwhile`.
fn play<F: Future<Output = ()>>(
    plan: &LoadPlan,
    workers: u16,
    service_time: impl Fn(RunTime) -> Duration + 'static,
    meanwhile: impl FnOnce(Stage) -> F,
) -> Arc<Recorded> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build_local(LocalOptions::default())
        .expect("a runtime");
    runtime.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(VirtualClock(tokio::time::Instant::now()));
        let recorded = Arc::new(Recorded::default());
        let windows = Arc::new(WindowBoard::default());
        let cancel = CancellationToken::new();
        let context = LoadContext {
            clock: Arc::clone(&clock),
            seed: Seed::new(1),
            windows: Arc::clone(&windows),
            events: recorded.clone(),
            control: crate::control::LoadControl::default(),
            cancel: cancel.clone(),
            target: ResolvedTarget {
                scheme: Scheme::Http,
                address: SocketAddr::from(([127, 0, 0, 1], 9)),
                authority: "target".to_owned(),
                base_path: String::new(),
            },
            variables: BTreeMap::new(),
            start: RunTime::ZERO,
            workers: None,
        };
        let service_time: Rc<dyn Fn(RunTime) -> Duration> = Rc::new(service_time);
        let connect = move || Scripted {
            clock: Arc::clone(&clock),
            service_time: Rc::clone(&service_time),
        };
        let all = async {
            let mut running = tokio::task::JoinSet::new();
            for worker in 0..workers {
                let (plan, context, connect) = (plan.clone(), context.clone(), connect.clone());
                running.spawn_local(async move {
                    work(&plan, &context, worker, workers, connect).await;
                });
            }
            running.join_all().await;
        };
        tokio::join!(all, meanwhile(Stage { windows, cancel }));
        recorded
    })
}

async fn nothing(_stage: Stage) {}

fn at(millis: u64) -> RunTime {
    RunTime::from_nanos(millis * 1_000_000)
}

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

/// Answers in 5 ms, but for one stall of two seconds from second 4 on.
fn stalling(sent_at: RunTime) -> Duration {
    let stall_over = at(6000);
    if (at(4000)..stall_over).contains(&sent_at) {
        stall_over - sent_at + 5 * MS
    } else {
        5 * MS
    }
}

/// Response times of first-in-first-out arrivals, 200 a second for 10 s, at `servers` servers.
fn true_response_times(servers: usize) -> Vec<Duration> {
    let mut free: BinaryHeap<Reverse<RunTime>> =
        (0..servers).map(|_| Reverse(RunTime::ZERO)).collect();
    (0..2000)
        .map(|n| {
            let due = at(5 * n);
            let Reverse(free_at) = free.pop().expect("a server");
            let sent_at = due.max(free_at);
            let done_at = sent_at + stalling(sent_at);
            free.push(Reverse(done_at));
            done_at - due
        })
        .collect()
}

/// Every load tool that measures from the sending reports a p95 of 5 ms here.
#[test]
fn a_stall_is_seen_as_it_was_with_many_virtual_users_and_with_few() {
    for (max_vus, workers) in [(1000, 1), (1000, 2), (10, 1), (10, 2)] {
        let plan = load(vec![scenario(
            open("200/s", 10 * SECOND, max_vus),
            vec![sends(get("/"))],
        )]);
        let recorded = play(&plan, workers, stalling, nothing);
        let mut truth = true_response_times(max_vus as usize);
        let read = recorded.response_time();
        assert_eq!(read.len(), 2000);
        for q in [0.5, 0.95, 0.99] {
            let what = format!("q {q} with {max_vus} virtual users on {workers} workers");
            let truth = exact_quantile(&mut truth, q);
            assert_close(&what, read.quantile_ms(q), truth, 0.01);
        }
        recorded.assert_nothing_lost(0);
        let sum = recorded.scenario(0);
        assert_eq!(sum.dropped, 0);
        assert_eq!(sum.late > 0, max_vus == 10, "{} late", sum.late);
    }
}

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
    assert_eq!(key.step, 1, "the flow's first request");
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
