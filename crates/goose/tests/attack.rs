//! goose against real servers on loopback: what it sends is what is recorded.
#![cfg(feature = "goose")]
#![allow(dead_code, unreachable_pub)] // what is shared with the tests of the load engine

#[path = "../../load/tests/support/plan.rs"]
mod plan;
#[path = "../../load/tests/support/recorded.rs"]
mod recorded;
#[path = "../../load/tests/support/server.rs"]
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rtest_core::expectation::{Expectation, StatusMatch, ValueMatch};
use rtest_core::plan::{
    Body, CapturePlan, Condition, Cookies, ExecutorPlan, Extractor, LoadPlan, Repeat, RequestStep,
    Step, StepKind,
};
use rtest_core::sample::{ErrorKind, Outcome};
use rtest_core::window::WindowBoard;
use rtest_core::{Clock, JsonPath, MonotonicClock, RunTime, Seed};
use rtest_goose::Attack;
use rtest_load::{LoadContext, LoadControl, LoadError, LoadErrorKind, ResolvedTarget};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use plan::{check, closed, get, load, request, scenario, sends, span, text, thinks};
use recorded::Recorded;
use server::{Server, ok, read_request};

const SECOND: Duration = Duration::from_secs(1);

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

struct Run {
    plan: LoadPlan,
    context: LoadContext,
    start: RunTime,
    recorded: Arc<Recorded>,
}

impl Run {
    fn new(executor: ExecutorPlan, flow: Vec<Step>, address: SocketAddr) -> Self {
        let clock = Arc::new(MonotonicClock::start());
        let recorded = Arc::new(Recorded::default());
        let context = LoadContext {
            seed: Seed::new(7),
            windows: Arc::new(WindowBoard::default()),
            events: recorded.clone(),
            control: LoadControl::default(),
            cancel: CancellationToken::new(),
            target: ResolvedTarget::at(address),
            variables: BTreeMap::new(),
            workers: None,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        };
        Self {
            plan: load(vec![scenario(executor, flow)]),
            context,
            start: clock.now() + ms(30),
            recorded,
        }
    }

    /// When no other load of this process runs: they would wait for each other, and be late.
    async fn go(mut self) -> Arc<Recorded> {
        static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
        let _turn = TURN.lock().await;
        self.start = self.context.clock.now() + ms(30);
        self.go_beside_others().await
    }

    async fn go_beside_others(self) -> Arc<Recorded> {
        let attack = Attack::prepare(Arc::new(self.plan), self.context);
        let attack = attack.expect("the load can be prepared");
        attack.run(self.start).await.expect("the load can be run");
        self.recorded
    }

    fn refused(self) -> LoadError {
        Attack::prepare(Arc::new(self.plan), self.context).expect_err("it cannot be prepared")
    }
}

/// From the start of the load to the end of its last tick.
fn lasted(recorded: &Recorded) -> Duration {
    let ticks = recorded.ticks();
    let from = ticks.iter().map(|tick| tick.from).min().expect("a tick");
    let to = ticks.iter().map(|tick| tick.to).max().expect("a tick");
    to.since(from)
}

/// What each virtual user does so often.
fn each(vus: u32, iterations: u64) -> ExecutorPlan {
    ExecutorPlan::PerVuIterations {
        vus,
        iterations,
        max_duration: 20 * SECOND,
    }
}

fn status(wanted: u16) -> Expectation {
    Expectation::Status(StatusMatch::AnyOf(vec![wanted]))
}

fn capture(name: &str, from: Extractor) -> CapturePlan {
    CapturePlan {
        name: name.to_owned(),
        from,
        default: None,
        span: span(),
    }
}

fn step(kind: StepKind) -> Step {
    Step { kind, span: span() }
}

/// Answers everything with the same, and counts.
async fn counting(answer: &'static str) -> (Server, Arc<AtomicU64>) {
    let seen = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&seen);
    let server = Server::answering(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move { answer.as_bytes().to_vec() }
    })
    .await;
    (server, seen)
}

/// Answers with `answer` what each request says, and keeps all of them.
async fn keeping(answer: fn(&str) -> Vec<u8>) -> (Server, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let server = Server::answering(move |request| {
        let answer = answer(&request);
        kept.lock().expect("lock").push(request);
        async move { answer }
    })
    .await;
    (server, seen)
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test(flavor = "multi_thread")]
async fn every_request_that_the_server_saw_is_recorded_once_and_was_wanted_when_it_was_sent() {
    let (server, seen) = counting(OK).await;
    let run = Run::new(closed(4, SECOND), vec![sends(get("/"))], server.address);
    let recorded = run.go().await;

    let requests = recorded.requests();
    assert_eq!(requests, seen.load(Ordering::SeqCst));
    assert_eq!(requests, recorded.ended_with(Outcome::Status(200)));
    assert!(requests > 40, "{requests} requests of 4 users in a second");
    recorded.assert_nothing_lost(0);
    let sum = recorded.scenario(0);
    assert_eq!((sum.vus_max, sum.interrupted, sum.dropped), (4, 0, 0));
    assert_eq!(sum.completed, requests);
    for series in recorded.series().values() {
        assert_eq!(series.schedule_lag.max_ms(), 0.0);
        assert_eq!(series.response_time, series.service_time);
        assert_eq!(series.bytes_received, requests * 2);
    }
    let lasted = lasted(&recorded);
    assert!(lasted >= SECOND && lasted < 2 * SECOND, "{lasted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_user_does_its_iterations_and_the_load_is_over_with_the_last() {
    let (server, seen) = counting(OK).await;
    let flow = vec![sends(get("/")), sends(get("/again"))];
    let run = Run::new(each(3, 5), flow, server.address);
    let recorded = run.go().await;

    assert_eq!(seen.load(Ordering::SeqCst), 30);
    assert_eq!(recorded.requests(), 30);
    assert_eq!(recorded.scenario(0).completed, 15);
    let lasted = lasted(&recorded);
    assert!(lasted < 3 * SECOND, "not its whole 20 s: {lasted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_sends_what_its_flow_says() {
    let (server, seen) = keeping(|request| {
        if request.starts_with("POST /login") {
            b"HTTP/1.1 201 Created\r\nContent-Length: 14\r\nX-Token: t 0&k\r\n\r\n{\"user\":\"a b\"}"
                .to_vec()
        } else {
            ok("{\"items\":2}")
        }
    })
    .await;
    let path = |text: &str| JsonPath::parse(text).expect(text);
    let login = RequestStep {
        body: Body::Json(text(r#"{"vu":"{{ vu }}"}"#)),
        headers: vec![("x-run".to_owned(), text("run {{ iteration }}"))],
        captures: vec![
            capture("user", Extractor::Json(path("$.user"))),
            capture(
                "token",
                Extractor::Header {
                    name: "x-token".to_owned(),
                    regex: None,
                },
            ),
        ],
        checks: vec![check("created", status(201))],
        ..request("POST", "/login")
    };
    let list = RequestStep {
        query: vec![("by".to_owned(), text("{{ token }}"))],
        checks: vec![check(
            "items",
            Expectation::Json {
                path: path("$.items"),
                value: ValueMatch::Equals(2.into()),
            },
        )],
        ..get("/users/{{ user }}/orders")
    };
    let order = RequestStep {
        body: Body::Form(vec![("who".to_owned(), text("{{ user }}"))]),
        ..request("PUT", "/order")
    };
    let condition = |name: &str, is: &str| Condition {
        value: text(name),
        is: ValueMatch::Equals(is.into()),
    };
    let flow = vec![
        sends(login),
        step(StepKind::Group {
            name: "shop".to_owned(),
            steps: vec![sends(list), thinks(ms(20))],
        }),
        step(StepKind::If {
            condition: condition("{{ user }}", "a b"),
            then: vec![sends(order)],
            otherwise: vec![sends(get("/stranger"))],
        }),
        step(StepKind::Loop {
            repeat: Repeat::Times(2),
            steps: vec![sends(request("DELETE", "/cart"))],
        }),
    ];
    let recorded = Run::new(each(1, 1), flow, server.address).go().await;

    let seen = seen.lock().expect("lock");
    let lines: Vec<&str> = seen.iter().filter_map(|it| it.lines().next()).collect();
    assert_eq!(
        lines,
        [
            "POST /login HTTP/1.1",
            "GET /users/a%20b/orders?by=t%200%26k HTTP/1.1",
            "PUT /order HTTP/1.1",
            "DELETE /cart HTTP/1.1",
            "DELETE /cart HTTP/1.1",
        ]
    );
    let login = seen[0].to_lowercase();
    assert!(login.ends_with("\r\n\r\n{\"vu\":\"1\"}"), "{login}");
    assert!(login.contains("\r\nx-run: run 0\r\n"), "{login}");
    assert!(
        login.contains("\r\ncontent-type: application/json\r\n"),
        "{login}"
    );
    let order = seen[2].to_lowercase();
    assert!(order.ends_with("\r\n\r\nwho=a+b"), "{order}");

    assert_eq!(recorded.requests(), 5);
    let steps: Vec<u16> = recorded.series().keys().map(|key| key.step).collect();
    assert_eq!(steps, [0, 1, 2, 4], "`/stranger` has number 3");
    let checks = recorded.ticks().into_iter().flat_map(|tick| tick.checks);
    assert_eq!(
        checks
            .map(|check| (check.passes, check.fails))
            .collect::<Vec<_>>(),
        [(1, 0); 2]
    );
    let ticks = recorded.ticks();
    let groups: Vec<_> = ticks.iter().flat_map(|tick| &tick.groups).collect();
    let [shop] = groups.as_slice() else {
        panic!("one group: {groups:?}")
    };
    assert!(shop.duration.max_ms() >= 20.0, "think time included");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_at_the_server_is_seen_to_have_failed() {
    let (server, _) = counting("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n").await;
    let step = RequestStep {
        checks: vec![check("fine", status(200))],
        captures: vec![capture(
            "id",
            Extractor::Json(JsonPath::parse("$.id").expect("path")),
        )],
        ..get("/")
    };
    let flow = vec![sends(step), sends(get("/{{ id }}"))];
    let recorded = Run::new(each(2, 3), flow, server.address).go().await;

    assert_eq!(recorded.ended_with(Outcome::Status(500)), 6);
    assert_eq!(
        recorded.failed_with(ErrorKind::Request),
        6,
        "nothing fills the hole"
    );
    assert_eq!(recorded.checks()[&0], (0, 6));
    let examples = recorded.examples().join("\n");
    for said in [
        "GET /: status 500",
        "check `fine`: expected status 200, got status 500",
        "capture `id`: there is no `$.id` in the body",
        "`{{ id }}` has no value",
    ] {
        assert!(examples.contains(said), "`{said}` in\n{examples}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_fail_are_told_apart() {
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        listener.local_addr().expect("bound")
    };
    let closing = Server::scripted(|mut stream| async move {
        let _ = read_request(&mut stream).await;
    })
    .await;
    let garbage = Server::scripted(|mut stream| async move {
        let _ = read_request(&mut stream).await;
        let _ = stream.write_all(b"220 smtp ready\r\n\r\n").await;
    })
    .await;
    let short = Server::scripted(|mut stream| async move {
        let _ = read_request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort";
        let _ = stream.write_all(head).await;
    })
    .await;
    for (what, address, kind) in [
        ("nobody listens", nobody, ErrorKind::ConnectRefused),
        ("closed at once", closing.address, ErrorKind::Closed),
        ("not HTTP", garbage.address, ErrorKind::Protocol),
        ("half an answer", short.address, ErrorKind::Closed),
    ] {
        let recorded = Run::new(each(1, 2), vec![sends(get("/"))], address)
            .go()
            .await;
        assert_eq!(
            recorded.failed_with(kind),
            2,
            "{what}: {:?} {:?}",
            recorded.outcomes(),
            recorded.examples()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_an_answer_is_recorded_at_its_timeout() {
    let silent =
        Server::scripted(
            |mut stream| async move { while read_request(&mut stream).await.is_some() {} },
        )
        .await;
    let step = RequestStep {
        timeout: ms(150),
        ..get("/")
    };
    let recorded = Run::new(each(1, 2), vec![sends(step)], silent.address)
        .go()
        .await;
    assert_eq!(recorded.failed_with(ErrorKind::Timeout), 2);
    let times = recorded.response_time();
    assert!(
        (149.0..151.0).contains(&times.max_ms()),
        "{}",
        times.max_ms()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_cuts_off_what_runs_and_ends_goose() {
    let (arrived, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    let silent = Server::scripted(move |mut stream| {
        let arrived = arrived.clone();
        async move {
            while read_request(&mut stream).await.is_some() {
                let _ = arrived.send(());
            }
        }
    })
    .await;
    let run = Run::new(
        closed(3, 60 * SECOND),
        vec![sends(get("/"))],
        silent.address,
    );
    let cancel = run.context.cancel.clone();
    let going = tokio::spawn(run.go());
    for _ in 0..3 {
        arrivals.recv().await.expect("a request");
    }
    cancel.cancel();
    let recorded = going.await.expect("no panic");
    assert_eq!(recorded.failed_with(ErrorKind::Interrupted), 3);
    assert_eq!(recorded.scenario(0).interrupted, 3);
    recorded.assert_nothing_lost(0);
    let lasted = lasted(&recorded);
    assert!(lasted < 10 * SECOND, "{lasted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn iterations_that_outlive_the_load_have_the_graceful_stop_to_end() {
    let (server, _) = counting(OK).await;
    for (think, completed, interrupted) in [(ms(600), 2, 0), (30 * SECOND, 0, 2)] {
        let flow = vec![sends(get("/")), thinks(think)];
        let mut run = Run::new(closed(2, ms(400)), flow, server.address);
        run.plan.scenarios[0].graceful_stop = SECOND;
        let recorded = run.go().await;
        let sum = recorded.scenario(0);
        assert_eq!((sum.completed, sum.interrupted), (completed, interrupted));
        let lasted = lasted(&recorded);
        assert!(lasted >= ms(600) && lasted < 4 * SECOND, "{lasted:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_can_be_stopped_but_not_paused_and_says_so() {
    let (server, _) = counting(OK).await;
    let flow = vec![sends(get("/")), thinks(ms(5))];
    let run = Run::new(closed(1, 60 * SECOND), flow, server.address);
    run.context.control.change(|wanted| wanted.paused = true);
    run.context.control.change(|wanted| wanted.stopped = true);
    let recorded = run.go().await;
    recorded.assert_nothing_lost(0);
    let notes = recorded.notes();
    assert!(
        notes.iter().any(|note| note.contains("neither paused")),
        "{notes:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_followed_as_often_as_the_step_says() {
    let (server, seen) = keeping(|request| {
        if request.starts_with("GET /old") {
            b"HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n".to_vec()
        } else {
            ok("new")
        }
    })
    .await;
    let stays = RequestStep {
        redirects: 0,
        ..get("/old")
    };
    let flow = vec![sends(get("/old")), sends(stays)];
    let recorded = Run::new(each(1, 1), flow, server.address).go().await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 1);
    assert_eq!(recorded.ended_with(Outcome::Status(302)), 1);
    assert_eq!(seen.lock().expect("lock").len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_user_keeps_its_own_cookies_where_the_suite_says_so() {
    static GIVEN: AtomicU64 = AtomicU64::new(0);
    let answer: fn(&str) -> Vec<u8> = |request| {
        if request.to_lowercase().contains("\r\ncookie: ") {
            return ok("known");
        }
        let number = GIVEN.fetch_add(1, Ordering::SeqCst);
        format!("HTTP/1.1 200 OK\r\nSet-Cookie: id={number}\r\nContent-Length: 0\r\n\r\n")
            .into_bytes()
    };
    for (cookies, given) in [(Cookies::Vu, 3), (Cookies::Off, 12)] {
        GIVEN.store(0, Ordering::SeqCst);
        let (server, seen) = keeping(answer).await;
        let mut run = Run::new(each(3, 4), vec![sends(get("/"))], server.address);
        run.plan.http.cookies = cookies;
        run.go().await;
        assert_eq!(GIVEN.load(Ordering::SeqCst), given, "{cookies:?}");
        let seen = seen.lock().expect("lock");
        let sent: BTreeSet<&str> = seen
            .iter()
            .flat_map(|request| request.lines())
            .filter_map(|line| line.strip_prefix("cookie: "))
            .collect();
        let own = if cookies == Cookies::Vu { 3 } else { 0 };
        assert_eq!(sent.len(), own, "{sent:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_can_never_be_built_is_refused_before_anything_is_sent() {
    let address = SocketAddr::from(([127, 0, 0, 1], 9));
    for (step, reason) in [
        (get("/a b"), "holds a space"),
        (get("/{{ nothing }}"), "`{{ nothing }}` has no value"),
        (request("OPTIONS", "/"), "goose has no method `OPTIONS`"),
    ] {
        let error = Run::new(each(1, 1), vec![sends(step)], address).refused();
        assert!(
            matches!(*error.kind, LoadErrorKind::Request { .. }),
            "{error}"
        );
        assert!(error.to_string().contains(reason), "{error}");
        assert!(error.span.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attacks_of_one_process_come_one_after_the_other() {
    let (server, seen) = counting(OK).await;
    let one = || Run::new(each(2, 2), vec![sends(get("/"))], server.address).go_beside_others();
    let (first, second) = tokio::join!(one(), one());
    assert_eq!((first.requests(), second.requests()), (4, 4));
    assert_eq!(seen.load(Ordering::SeqCst), 8);
}
