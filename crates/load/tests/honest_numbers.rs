//! What the engine says of a service is what its users saw. Over real connections and in real
//! time, which here are the subject; the same on virtual time is in the crate.

mod support;

use std::sync::Arc;
use std::time::Duration;

use rtest_core::event::LoadControlled;
use rtest_core::plan::LoadPlan;
use rtest_core::sample::{ErrorKind, Outcome};
use rtest_core::window::WindowId;
use rtest_core::{Clock, RunTime};
use rtest_load::Wanted;

use support::Run;
use support::plan::{closed, get, load, open, scenario, sends};
use support::recorded::{assert_close, exact_quantile};
use support::server::{Server, ok};

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

/// A server that answers at once, but for two seconds from `from` on, in which it answers nobody.
async fn stalling(clock: Arc<dyn Clock>, from: RunTime) -> Server {
    Server::answering(move |_| {
        let clock = Arc::clone(&clock);
        async move {
            let now = clock.now();
            if (from..from + 2 * SECOND).contains(&now) {
                tokio::time::sleep(from + 2 * SECOND - now).await;
            }
            ok("at last")
        }
    })
    .await
}

async fn stall_is_reported_as_it_was(max_vus: u32) {
    let plan = load(vec![scenario(
        open("200/s", 10 * SECOND, max_vus),
        vec![sends(get("/"))],
    )]);
    // The server has to know the clock before its address is known.
    let mut run = Run::new(plan, ([127, 0, 0, 1], 9).into());
    let stall = run.start() + 4 * SECOND;
    let server = stalling(Arc::clone(&run.context.clock), stall).await;
    run.context.target.address = Some(server.address);

    // Whoever is due in the stall is answered at its end, whether it was sent or waited for
    // somebody to send it: p95 is 1.5 s, p99 1.9 s.
    let mut truth: Vec<Duration> = (0..2000)
        .map(|n| n * 5 * MS)
        .map(|due| match due {
            due if due < 4 * SECOND || due >= 6 * SECOND => Duration::ZERO,
            due => 6 * SECOND - due,
        })
        .collect();
    let recorded = run.go().await;
    recorded.assert_nothing_lost(0);
    let sum = recorded.scenario(0);
    assert_eq!((sum.offered, sum.completed, sum.dropped), (2000, 2000, 0));
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 2000);
    let read = recorded.response_time();
    for q in [0.95, 0.99] {
        let truth = exact_quantile(&mut truth, q);
        assert_close(&format!("q {q}"), read.quantile_ms(q), truth, 0.05);
    }
    // 400 arrivals fell into the stall; those for whom there was nobody waited for somebody.
    let without_anybody = 400_u64.saturating_sub(u64::from(max_vus));
    assert!(
        sum.late.abs_diff(without_anybody) <= 40,
        "{} late, {without_anybody} by the model",
        sum.late
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_is_reported_as_it_was_with_many_virtual_users() {
    stall_is_reported_as_it_was(500).await;
}

/// The trap: with ten connections, a tool that measures from the sending sees ten slow requests
/// and reports a p95 of a millisecond.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_is_reported_as_it_was_with_few_virtual_users() {
    stall_is_reported_as_it_was(10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_load_follows_what_is_asked_of_it_on_every_worker() {
    let server = Server::answering(|_| async { ok("fine") }).await;
    let plan = load(vec![
        scenario(open("400/s", 60 * SECOND, 64), vec![sends(get("/"))]),
        scenario(closed(4, 60 * SECOND), vec![sends(get("/"))]),
    ]);
    let run = Run::new(plan, server.address);
    let (control, clock) = (run.context.control.clone(), Arc::clone(&run.context.clock));
    let start = run.start();
    let asks = async {
        type Change = fn(&mut Wanted);
        let changes: [(u32, Change); 4] = [
            (500, |wanted| wanted.paused = true),
            (1000, |wanted| {
                wanted.paused = false;
                wanted.rate_scale = 2.0;
            }),
            (1500, |wanted| wanted.vus_scale = 0.5),
            (2000, |wanted| wanted.stopped = true),
        ];
        let mut asked_at = Vec::new();
        for (millis, change) in changes {
            tokio::time::sleep(start + millis * MS - clock.now()).await;
            control.change(change);
            asked_at.push(clock.now());
        }
        asked_at
    };
    let (recorded, asked_at) = tokio::join!(run.go(), asks);
    let offered = recorded.scenario(0).offered as f64;
    let [paused, resumed, _, stopped] = asked_at[..] else {
        panic!("four changes: {asked_at:?}");
    };
    let planned =
        400.0 * (paused - start).as_secs_f64() + 800.0 * (stopped - resumed).as_secs_f64();
    assert!((offered - planned).abs() <= 40.0, "{offered} of {planned}");
    for scenario in [0, 1] {
        recorded.assert_nothing_lost(scenario);
        let sum = recorded.scenario(scenario);
        assert_eq!((sum.interrupted, sum.dropped, sum.late), (0, 0, 0));
    }
    let in_pause = recorded
        .ticks()
        .into_iter()
        .filter(|tick| tick.from >= start + 750 * MS && tick.to <= start + 1000 * MS);
    let begun = in_pause.flat_map(|tick| tick.scenarios).map(|s| s.started);
    assert_eq!(begun.sum::<u64>(), 0, "nothing begins in a pause");
    let told = recorded.controlled();
    let expected = [
        LoadControlled::Paused,
        LoadControlled::Resumed,
        LoadControlled::RateScaled(2.0),
        LoadControlled::VusScaled(0.5),
        LoadControlled::Stopped,
    ];
    assert_eq!(told, expected, "each once, and not by each worker");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_phases_of_a_request_are_what_the_server_made_them() {
    let server = Server::scripted(|mut stream| async move {
        use tokio::io::AsyncWriteExt;
        while support::server::read_request(&mut stream).await.is_some() {
            tokio::time::sleep(60 * MS).await;
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\none";
            stream.write_all(head).await.expect("a reader");
            tokio::time::sleep(40 * MS).await;
            stream.write_all(b"two").await.expect("a reader");
        }
    })
    .await;
    let plan = load(vec![scenario(
        open("20/s", 500 * MS, 10),
        vec![sends(get("/"))],
    )]);
    let recorded = Run::new(plan, server.address).go().await;
    let series: Vec<_> = recorded.series().into_values().collect();
    let [series] = series.as_slice() else {
        panic!("one series: {:?}", recorded.outcomes());
    };
    assert_close("waiting", series.waiting.quantile_ms(0.5), 61 * MS, 0.1);
    assert_close("receiving", series.receiving.quantile_ms(0.5), 41 * MS, 0.1);
    let service = series.service_time.quantile_ms(0.5);
    assert_close("service time", service, 102 * MS, 0.1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_at_any_instant_leaves_a_whole_record() {
    for (executor, after) in [
        (open("300/s", 5 * SECOND, 40), 400 * MS),
        (open("300/s", 5 * SECOND, 40), 3 * MS),
        (closed(10, 5 * SECOND), 357 * MS),
    ] {
        let server = Server::answering(|_| async {
            tokio::time::sleep(90 * MS).await;
            ok("in time")
        })
        .await;
        let plan: LoadPlan = load(vec![scenario(executor, vec![sends(get("/"))])]);
        let run = Run::new(plan, server.address);
        let (cancel, clock, start) = (
            run.context.cancel.clone(),
            Arc::clone(&run.context.clock),
            run.start(),
        );
        let canceller = async {
            tokio::time::sleep(start - clock.now() + after).await;
            cancel.cancel();
            clock.now()
        };
        let (recorded, cancelled_at) = tokio::join!(run.go(), canceller);
        recorded.assert_nothing_lost(0);
        let sum = recorded.scenario(0);
        assert_eq!(
            recorded.failed_with(ErrorKind::Interrupted),
            sum.interrupted
        );
        assert_eq!(recorded.failed_with(ErrorKind::Dropped), sum.dropped);
        let end = recorded.ticks().iter().map(|tick| tick.to).max();
        let took = end.expect("a last tick") - cancelled_at;
        assert!(took < SECOND, "it ended {took:?} after it was told to");
        if after > 100 * MS {
            assert!(sum.interrupted > 0, "{sum:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_whose_future_is_dropped_ends_by_itself() {
    let server = Server::answering(|_| async { ok("fine") }).await;
    let executor = open("100/s", 60 * SECOND, 4);
    let plan = load(vec![scenario(executor, vec![sends(get("/"))])]);
    let run = Run::new(plan, server.address);
    let recorded = Arc::clone(&run.recorded);
    let gave_up = tokio::time::timeout(300 * MS, run.go()).await;
    assert!(gave_up.is_err());
    // Both workers send off their last tick and let go of the sink.
    while Arc::strong_count(&recorded) > 1 {
        tokio::time::sleep(MS).await;
    }
    recorded.assert_nothing_lost(0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_told_apart_by_the_faults_they_touch() {
    let server = Server::answering(|_| async {
        tokio::time::sleep(20 * MS).await;
        ok("fine")
    })
    .await;
    let executor = open("100/s", 900 * MS, 10);
    let plan = load(vec![scenario(executor, vec![sends(get("/"))])]);
    let run = Run::new(plan, server.address);
    let (windows, clock) = (
        Arc::clone(&run.context.windows),
        Arc::clone(&run.context.clock),
    );
    let start = run.start();
    let fault = async {
        tokio::time::sleep(start + 300 * MS - clock.now()).await;
        windows.injected(0, start + 300 * MS);
        tokio::time::sleep(start + 600 * MS - clock.now()).await;
        windows.rolled_back(0, start + 600 * MS);
    };
    let (recorded, ()) = tokio::join!(run.go(), fault);
    let in_window = |window: u16| -> u64 {
        let series = recorded.series();
        let of_window = series
            .iter()
            .filter(|(key, _)| key.window == WindowId(window));
        of_window
            .map(|(_, series)| series.response_time.len())
            .sum()
    };
    let (before, during, after) = (in_window(0), in_window(1), in_window(2));
    assert_eq!(before + during + after, 90);
    // 30 each by the schedule, but that the last two or three of the first reach into the fault.
    // To the request on virtual time; here the fault itself may be a little late.
    assert!((22..=31).contains(&before), "{before}");
    assert!((28..=38).contains(&during), "{during}");
    assert!((26..=30).contains(&after), "{after}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_generator_watches_itself() {
    let server = Server::answering(|_| async { ok("fine") }).await;
    let executor = closed(4, 1500 * MS);
    let plan = load(vec![scenario(executor, vec![sends(get("/"))])]);
    let recorded = Run::new(plan, server.address).go().await;
    let health = recorded.health();
    let [health] = health.as_slice() else {
        panic!("one look in 1.5 s: {health:?}");
    };
    assert!(
        health.cpu_share > 0.05 && health.cpu_share <= 1.0,
        "{health:?}"
    );
    #[cfg(target_os = "linux")]
    {
        // A closed loop keeps its workers at work.
        assert!(health.busiest_worker > 0.05, "{health:?}");
        assert!(
            health.waited_for_core <= health.busiest_worker,
            "{health:?}"
        );
        assert!((8..=health.local_ports_limit).contains(&health.local_ports));
    }
    let mut ran = Duration::ZERO;
    for tick in recorded.ticks() {
        // The system's clocks are read a little after the edges.
        let length = tick.to - tick.from + 50 * MS;
        assert!(tick.ran + tick.waited <= length, "{tick:?}");
        ran += tick.ran;
    }
    assert!(ran > 50 * MS, "{ran:?}");
    // At least both ends of the connections.
    assert!(health.open_files >= 8, "{health:?}");
    assert!(health.open_files < health.open_files_limit, "{health:?}");
}
