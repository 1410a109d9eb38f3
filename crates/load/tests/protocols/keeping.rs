//! How long connections are kept, and how many there may be.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rtest_core::plan::{LoadPlan, Reuse};
use rtest_core::sample::{ErrorKind, Outcome, RequestPhase};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::servers::{MS, only_series, serve, times};
use crate::support::Run;
use crate::support::plan::{closed, get, load, open, scenario, sends};
use crate::support::server::{Server, ok, read_request};

/// Five iterations of two requests, one iteration after the other.
fn five_of_two() -> LoadPlan {
    let executor = open("50/s", 100 * MS, 1);
    load(vec![scenario(
        executor,
        vec![sends(get("/")), sends(get("/"))],
    )])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_kept_as_long_as_the_plan_says() {
    for (reuse, opened) in [(Reuse::Vu, 1), (Reuse::Iteration, 5), (Reuse::Never, 10)] {
        for max in [None, Some(2)] {
            let server = Server::answering(|_| async { ok("fine") }).await;
            let mut run = Run::new(five_of_two(), server.address);
            run.plan.http.connections.reuse = reuse;
            run.plan.http.connections.max = max;
            let recorded = run.go().await;
            assert_eq!(recorded.ended_with(Outcome::Status(200)), 10);
            assert_eq!(server.connections(), opened, "{reuse:?} {max:?}");
        }
    }
}

/// Serves connections, and counts how many are open.
struct Counting {
    server: Server,
    most: Arc<AtomicU64>,
}

impl Counting {
    /// Takes `service_time` for each answer.
    async fn new(service_time: Duration) -> Self {
        let (now, most) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let seen = Arc::clone(&most);
        let server = Server::scripted(move |mut stream: TcpStream| {
            let (now, seen) = (Arc::clone(&now), Arc::clone(&seen));
            async move {
                seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                while read_request(&mut stream).await.is_some() {
                    tokio::time::sleep(service_time).await;
                    stream.write_all(&ok("fine")).await.expect("a client");
                }
                now.fetch_sub(1, Ordering::SeqCst);
            }
        })
        .await;
        Self { server, most }
    }

    fn most(&self) -> u64 {
        self.most.load(Ordering::SeqCst)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_connections_are_open_than_the_plan_says() {
    for reuse in [Reuse::Vu, Reuse::Iteration] {
        let counting = Counting::new(20 * MS).await;
        let plan = load(vec![scenario(closed(20, 400 * MS), vec![sends(get("/"))])]);
        let mut run = Run::new(plan, counting.server.address);
        run.plan.http.connections.max = Some(4);
        run.plan.http.connections.reuse = reuse;
        let recorded = run.go().await;
        recorded.assert_nothing_lost(0);
        assert_eq!(
            recorded.ended_with(Outcome::Status(200)),
            recorded.requests()
        );
        // A server hears of the end of a connection a little later than of the next one's start.
        let slack = if reuse == Reuse::Vu { 0 } else { 4 };
        assert!(
            counting.most() <= 4 + slack,
            "{reuse:?}: {}",
            counting.most()
        );
        // Four of twenty at a time, and everybody gets a turn: each waits for four others.
        let series = only_series(&recorded);
        let blocked = series.phases.get(RequestPhase::Blocked).quantile_ms(0.5);
        let service = series.service_time.quantile_ms(0.5);
        let others = blocked / service;
        assert!(
            (3.0..5.0).contains(&others),
            "{reuse:?}: {blocked} / {service} ms"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_too_long_for_a_connection_times_out() {
    let counting = Counting::new(400 * MS).await;
    let holds = scenario(closed(2, 100 * MS), vec![sends(get("/"))]);
    let mut impatient = get("/waits");
    impatient.timeout = 100 * MS;
    let mut waits = scenario(closed(2, 50 * MS), vec![sends(impatient)]);
    waits.start_time = 50 * MS;
    let mut run = Run::new(load(vec![holds, waits]), counting.server.address);
    run.plan.http.connections.max = Some(2);
    let recorded = run.go().await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 2);
    assert_eq!(recorded.failed_with(ErrorKind::Timeout), 2);
    let waited = "GET /waits: timed out while waiting for a connection";
    assert_eq!(recorded.examples(), [waited; 2]);
    assert_eq!(counting.most(), 2);
    let blocked = recorded
        .series()
        .into_values()
        .map(|series| times(&series, RequestPhase::Blocked));
    assert_eq!(blocked.sum::<u64>(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http2_connections_are_counted_like_others() {
    let server = Server::scripted(|stream| serve(stream, true)).await;
    let plan = load(vec![scenario(closed(20, 200 * MS), vec![sends(get("/"))])]);
    let mut run = Run::new(plan, server.address);
    run.plan.http.version = rtest_core::plan::HttpVersion::Http2;
    run.plan.http.connections.max = Some(4);
    let recorded = run.go().await;
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        recorded.requests()
    );
    assert_eq!(server.connections(), 4);
}
