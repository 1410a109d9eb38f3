//! Flows on virtual time, against a target that is a function.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::HeaderMap;
use rtest_core::JsonPath;
use rtest_core::expectation::{Expectation, StatusMatch, ValueMatch};
use rtest_core::metric::MetricKind;
use rtest_core::plan::{
    CapturePlan, Choice, Condition, CustomMetric, Extractor, LoadPlan, MeasurePlan, MeasuredValue,
    Repeat, RequestStep, Step, StepKind, Think,
};
use rtest_core::sample::{ErrorKind, MetricValues, Outcome, RequestPhases};
use rtest_core::window::WindowBoard;
use rtest_core::{Clock, RunTime, Seed};
use serde_json::json;
use tokio::runtime::{Builder, LocalOptions};
use tokio_util::sync::CancellationToken;

use crate::alarm::Timers;
use crate::basis::Basis;
use crate::client::{Answer, Client, Exchange, Failure};
use crate::context::{LoadContext, ResolvedTarget};
use crate::patience::{GaveUp, Patience};
use crate::setup;
use crate::step::Request;
use crate::worker::tests::VirtualClock;
use crate::worker::tests::job_of;
use crate::worker::tests::plan::{
    check, closed, get, load, open, scenario, sends, span, text, thinks,
};
use crate::worker::tests::recorded::{Recorded, assert_close};
use crate::worker::{WorkerNumber, work};

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

/// What the target answers: after how long, with which status and body.
type Reply = (Duration, u16, String);

/// A request that was heard: when, over which connection, and its path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Heard {
    at: RunTime,
    connection: usize,
    path: String,
}

/// The target.
struct Target {
    clock: Arc<dyn Clock>,
    reply: Box<dyn Fn(&str) -> Reply>,
    heard: RefCell<Vec<Heard>>,
    connections: Cell<usize>,
}

struct Connection {
    number: usize,
    target: Rc<Target>,
}

impl Target {
    fn connect(self: &Rc<Self>) -> Connection {
        let number = self.connections.get();
        self.connections.set(number + 1);
        Connection {
            number,
            target: Rc::clone(self),
        }
    }
}

impl Client for Connection {
    async fn exchange(&mut self, request: &Request, patience: &mut Patience) -> Exchange {
        let target = &self.target;
        let sent_at = target.clock.now();
        let path = request.http.uri().to_string();
        let (takes, status, body) = (target.reply)(&path);
        target.heard.borrow_mut().push(Heard {
            at: sent_at,
            connection: self.number,
            path,
        });
        patience.until(sent_at + request.timeout);
        let answered = patience.wait(tokio::time::sleep(takes)).await;
        let now = target.clock.now();
        Exchange {
            sent_at,
            first_byte_at: answered.is_ok().then_some(now),
            done_at: match answered {
                Err(GaveUp::TimedOut) => patience.deadline(),
                _ => now,
            },
            phases: RequestPhases::default(),
            bytes_sent: 0,
            bytes_received: 0,
            result: answered
                .map(|()| Answer {
                    status,
                    headers: HeaderMap::new(),
                    body: Bytes::from(if request.keep_body {
                        body
                    } else {
                        String::new()
                    }),
                })
                .map_err(|gave_up| Failure::of_waiting(gave_up, "waiting")),
        }
    }
}

/// A run that is over.
struct Played {
    recorded: Arc<Recorded>,
    heard: Vec<Heard>,
}

impl Played {
    fn paths(&self) -> Vec<&str> {
        self.heard.iter().map(|heard| heard.path.as_str()).collect()
    }

    fn count(&self, path: &str) -> usize {
        self.paths()
            .into_iter()
            .filter(|heard| *heard == path)
            .count()
    }
}

fn play(plan: &LoadPlan, workers: u16, reply: impl Fn(&str) -> Reply + 'static) -> Played {
    within(reply, async |target, context, recorded| {
        let all = (0..workers).map(|worker| {
            let target = Rc::clone(&target);
            let connect = move || target.connect();
            let context = context.clone();
            async move {
                let worker = WorkerNumber {
                    index: worker,
                    of: workers,
                };
                work(&job_of(plan, context), worker, Timers::Tokio, connect).await;
            }
        });
        futures_util::future::join_all(all).await;
        let heard = target.heard.borrow().clone();
        Played { recorded, heard }
    })
}

/// Does something beside a target, on virtual time.
fn within<T>(
    reply: impl Fn(&str) -> Reply + 'static,
    play: impl AsyncFnOnce(Rc<Target>, LoadContext, Arc<Recorded>) -> T,
) -> T {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build_local(LocalOptions::default())
        .expect("a runtime");
    runtime.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(VirtualClock(tokio::time::Instant::now()));
        let recorded = Arc::new(Recorded::default());
        let context = LoadContext {
            clock: Arc::clone(&clock),
            seed: Seed::new(1),
            windows: Arc::new(WindowBoard::default()),
            events: recorded.clone(),
            control: crate::control::LoadControl::default(),
            cancel: CancellationToken::new(),
            target: ResolvedTarget::at(SocketAddr::from(([127, 0, 0, 1], 9))),
            variables: BTreeMap::new(),
            workers: None,
        };
        let target = Rc::new(Target {
            clock,
            reply: Box::new(reply),
            heard: RefCell::default(),
            connections: Cell::new(0),
        });
        play(target, context, recorded).await
    })
}

fn ok(body: &str) -> Reply {
    (10 * MS, 200, body.to_owned())
}

/// One virtual user that comes once: an arrival a second, for a second.
fn once(flow: Vec<Step>) -> LoadPlan {
    load(vec![scenario(open("1/s", SECOND, 1), flow)])
}

fn step(kind: StepKind) -> Step {
    Step { kind, span: span() }
}

fn group(name: &str, steps: Vec<Step>) -> Step {
    let name = name.to_owned();
    step(StepKind::Group { name, steps })
}

fn condition(value: &str, is: ValueMatch) -> Condition {
    Condition {
        value: text(value),
        is,
    }
}

fn capturing(mut request: RequestStep, name: &str, path: &str) -> RequestStep {
    request.captures.push(CapturePlan {
        name: name.to_owned(),
        from: Extractor::Json(JsonPath::parse(path).expect(path)),
        default: None,
        span: span(),
    });
    request
}

#[test]
fn blocks_are_taken_as_they_are_written() {
    let equals = |value| ValueMatch::Equals(json!(value));
    let plan = once(vec![
        sends(capturing(get("/a"), "n", "$.n")),
        step(StepKind::If {
            condition: condition("{{ n }}", equals(7)),
            then: vec![sends(get("/then"))],
            otherwise: vec![sends(get("/otherwise"))],
        }),
        step(StepKind::If {
            condition: condition("{{ vu }}", equals(2)),
            then: vec![sends(get("/then"))],
            otherwise: vec![sends(get("/otherwise"))],
        }),
        step(StepKind::Loop {
            repeat: Repeat::Times(2),
            steps: vec![
                sends(get("/twice")),
                step(StepKind::Loop {
                    repeat: Repeat::Times(3),
                    steps: vec![sends(get("/six"))],
                }),
            ],
        }),
    ]);
    let played = play(&plan, 1, |_| ok("{\"n\":7}"));
    let paths = [
        "/a",
        "/then",
        "/otherwise",
        "/twice",
        "/six",
        "/six",
        "/six",
        "/twice",
        "/six",
        "/six",
        "/six",
    ];
    assert_eq!(played.paths(), paths);
    let series = played.recorded.series();
    let sent: Vec<(u16, u64)> = series
        .iter()
        .map(|(key, series)| (key.step, series.response_time.len()))
        .collect();
    assert_eq!(sent, [(0, 1), (1, 1), (4, 1), (5, 2), (6, 6)]);
    assert_eq!(played.recorded.scenario(0).completed, 1);
}

#[test]
fn a_while_loop_asks_before_each_time_and_has_an_end() {
    let waits = |at_most| {
        step(StepKind::Loop {
            repeat: Repeat::While {
                condition: condition("{{ state }}", ValueMatch::Equals(json!("pending"))),
                at_most,
            },
            steps: vec![
                thinks(100 * MS),
                sends(capturing(get("/order"), "state", "$.state")),
            ],
        })
    };
    let begins = sends(capturing(get("/order"), "state", "$.state"));
    let pending_until = |last: usize| {
        let asked = Cell::new(0);
        move |_: &str| {
            asked.set(asked.get() + 1);
            let state = if asked.get() < last {
                "pending"
            } else {
                "done"
            };
            ok(&format!("{{\"state\":\"{state}\"}}"))
        }
    };
    let plan = once(vec![begins.clone(), waits(100)]);
    assert_eq!(play(&plan, 1, pending_until(5)).paths().len(), 5);
    let plan = once(vec![begins, waits(3)]);
    assert_eq!(play(&plan, 1, pending_until(usize::MAX)).paths().len(), 4);
}

#[test]
fn a_loop_that_waits_for_nothing_is_cut_off_all_the_same() {
    let mut plan = once(vec![step(StepKind::Loop {
        repeat: Repeat::Times(u32::MAX),
        steps: Vec::new(),
    })]);
    plan.scenarios[0].graceful_stop = Duration::ZERO;
    // Virtual time stands still while anything runs: the end comes from elsewhere.
    within(
        |_| ok(""),
        async |target, context, recorded| {
            let cancel = context.cancel.clone();
            let canceller = async {
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
                cancel.cancel();
            };
            let connect = move || target.connect();
            let job = job_of(&plan, context);
            let all = work(
                &job,
                WorkerNumber { index: 0, of: 1 },
                Timers::Tokio,
                connect,
            );
            tokio::join!(all, canceller);
            assert_eq!(recorded.scenario(0).interrupted, 1);
        },
    );
}

#[test]
fn groups_are_timed_by_their_paths_think_time_included() {
    let pay = group("pay", vec![sends(get("/pay")), thinks(50 * MS)]);
    let plan = load(vec![scenario(
        open("2/s", SECOND, 1),
        vec![
            group("checkout", vec![sends(get("/cart")), pay.clone()]),
            thinks(20 * MS),
            group("checkout", vec![pay]),
        ],
    )]);
    let played = play(&plan, 1, |_| ok(""));
    let groups = played.recorded.groups();
    assert_eq!(plan.scenarios[0].groups(), ["checkout", "checkout::pay"]);
    let checkout = &groups[&(0, 0)];
    assert_eq!(checkout.len(), 4);
    assert_close("the second", checkout.min_ms(), 60 * MS, 0.03);
    assert_close("the first", checkout.max_ms(), 70 * MS, 0.03);
    let pay = &groups[&(0, 1)];
    assert_eq!(pay.len(), 4);
    assert_close("the payment", pay.max_ms(), 60 * MS, 0.03);
}

#[test]
fn a_group_that_is_cut_off_is_not_timed() {
    let mut plan = once(vec![group("g", vec![sends(get("/")), thinks(60 * SECOND)])]);
    plan.scenarios[0].graceful_stop = SECOND;
    let played = play(&plan, 1, |_| ok(""));
    assert_eq!(played.recorded.scenario(0).interrupted, 1);
    assert!(played.recorded.groups().is_empty());
}

#[test]
fn parallel_requests_go_at_once_each_over_its_own_kept_connection() {
    let at_once = vec![sends(get("/50")), sends(get("/200")), sends(get("/100"))];
    let plan = load(vec![scenario(
        closed(1, SECOND),
        vec![
            sends(get("/10")),
            step(StepKind::Parallel(at_once)),
            sends(get("/40")),
        ],
    )]);
    let played = play(&plan, 1, |path| {
        let takes: u32 = path[1..].parse().expect("milliseconds");
        (takes * MS, 200, String::new())
    });
    // 10 + 200 + 40 ms: the fourth iteration is the last that begins.
    assert_eq!(played.recorded.scenario(0).completed, 4);
    let connections: BTreeSet<usize> = played.heard.iter().map(|h| h.connection).collect();
    assert_eq!(connections.len(), 3, "made once");
    for iteration in played.heard.chunks(5) {
        let [first, a, b, c, last] = iteration else {
            panic!("{iteration:?}");
        };
        assert!(a.at == b.at && b.at == c.at, "{iteration:?}");
        let used: BTreeSet<usize> = [a, b, c].iter().map(|h| h.connection).collect();
        assert_eq!(used.len(), 3);
        assert!(last.at - first.at >= 210 * MS, "after the slowest");
        assert_eq!(first.connection, last.connection);
    }
    for (key, series) in played.recorded.series() {
        let takes = [10, 50, 200, 100, 40][usize::from(key.step)];
        let response = &series.response_time;
        assert_close(
            "from when it was reached",
            response.max_ms(),
            takes * MS,
            0.02,
        );
    }
}

#[test]
fn parallel_requests_that_come_first_count_from_the_schedule() {
    let at_once = vec![sends(get("/a")), sends(get("/b"))];
    let plan = load(vec![scenario(
        open("5/s", SECOND, 1),
        vec![
            step(StepKind::Parallel(at_once)),
            thinks(150 * MS),
            sends(get("/c")),
        ],
    )]);
    // 350 ms an iteration, one every 200 ms: the fifth is 600 ms late.
    let played = play(&plan, 1, |_| (100 * MS, 200, String::new()));
    for (key, series) in played.recorded.series() {
        let lag = series.schedule_lag.max_ms();
        match key.step {
            0 | 1 => assert_close("lag", lag, 600 * MS, 0.01),
            _ => assert_eq!(lag, 0.0),
        }
    }
}

#[test]
fn whoever_is_cut_off_in_parallel_has_all_requests_recorded() {
    let at_once = vec![sends(get("/a")), sends(get("/b"))];
    let mut plan = once(vec![step(StepKind::Parallel(at_once)), sends(get("/c"))]);
    plan.scenarios[0].graceful_stop = SECOND;
    let played = play(&plan, 1, |_| (60 * SECOND, 200, String::new()));
    assert_eq!(played.recorded.failed_with(ErrorKind::Interrupted), 2);
    assert_eq!(played.count("/c"), 0);
    assert_eq!(played.recorded.scenario(0).interrupted, 1);
}

#[test]
fn choices_and_think_times_are_the_same_whatever_the_number_of_workers() {
    let choice = |weight, path: &str| Choice {
        weight,
        steps: vec![sends(get(path))],
    };
    let think = Think::Uniform {
        min: 100 * MS,
        max: 300 * MS,
    };
    let mut rare = get("/rare/{{ iteration }}");
    rare.endpoint = "rare".to_owned();
    let plan = load(vec![scenario(
        open("100/s", 10 * SECOND, 100),
        vec![
            step(StepKind::Think(think)),
            step(StepKind::Choose(vec![
                choice(8.0, "/often/{{ iteration }}"),
                choice(2.0, "/rare/{{ iteration }}"),
            ])),
        ],
    )]);
    let heard = |workers| {
        let played = play(&plan, workers, |_| ok(""));
        let mut heard: Vec<(String, RunTime)> = played
            .heard
            .into_iter()
            .map(|heard| (heard.path, heard.at))
            .collect();
        heard.sort();
        heard
    };
    let (one, three) = (heard(1), heard(3));
    assert_eq!(one, three);
    let rare = one.iter().filter(|(path, _)| path.starts_with("/rare"));
    let rare = rare.count();
    assert!((150..250).contains(&rare), "{rare} of 1000");
    let think_times: BTreeSet<u64> = one
        .iter()
        .map(|(path, at)| {
            let iteration: u32 = path
                .rsplit('/')
                .next()
                .expect("a number")
                .parse()
                .expect(path);
            let due = RunTime::ZERO + iteration * 10 * MS;
            (*at - due).as_millis() as u64
        })
        .collect();
    assert!(
        think_times
            .first()
            .is_some_and(|ms| (100..110).contains(ms))
    );
    assert!(
        think_times
            .last()
            .is_some_and(|ms| (290..=302).contains(ms))
    );
}

#[test]
fn captures_are_of_their_iteration() {
    let captures = sends(capturing(get("/{{ iteration }}"), "id", "$.id"));
    let plan = load(vec![scenario(
        open("2/s", SECOND, 1),
        vec![captures, sends(get("/orders/{{ id }}"))],
    )]);
    let played = play(&plan, 1, |path| {
        ok(if path == "/0" {
            "{\"id\":\"a7\"}"
        } else {
            "{}"
        })
    });
    assert_eq!(played.paths(), ["/0", "/orders/a7", "/1"]);
    assert_eq!(played.recorded.failed_with(ErrorKind::Request), 1);
    let examples = played.recorded.examples();
    let expected = [
        "capture `id`: there is no `$.id` in the body",
        "GET /orders/{{ id }}: `{{ id }}` has no value: the capture at test:1:1 found nothing",
    ];
    assert_eq!(examples, expected);
    assert_eq!(played.recorded.scenario(0).completed, 2, "the flow goes on");
}

#[test]
fn what_is_measured_is_folded_by_its_kind() {
    let kinds = [
        MetricKind::Counter,
        MetricKind::Gauge,
        MetricKind::Rate,
        MetricKind::Trend,
    ];
    let mut step = capturing(get("/{{ iteration }}"), "hit", "$.hit");
    let extracted =
        MeasuredValue::Extracted(Extractor::Json(JsonPath::parse("$.n").expect("path")));
    let values = [
        MeasuredValue::Constant(0.5),
        extracted.clone(),
        MeasuredValue::Text(text("{{ hit }}")),
        extracted,
    ];
    step.measures = (0..)
        .zip(values)
        .map(|(metric, value)| MeasurePlan {
            metric,
            value,
            span: span(),
        })
        .collect();
    let mut plan = load(vec![scenario(open("4/s", SECOND, 1), vec![sends(step)])]);
    plan.metrics = kinds
        .into_iter()
        .map(|kind| CustomMetric {
            name: kind.name().to_owned(),
            kind,
            is_time: false,
            span: span(),
        })
        .collect();
    let played = play(&plan, 1, |path| {
        ok(match path {
            "/0" => "{\"n\":1.25,\"hit\":true}",
            "/1" => "{\"n\":-3,\"hit\":false}",
            "/2" => "{\"n\":\"8\",\"hit\":\"0\"}",
            _ => "{\"n\":\"many\",\"hit\":1}",
        })
    });
    let metrics = played.recorded.metrics();
    assert_eq!(metrics[&0], vec![MetricValues::Counter(0.5); 4]);
    let gauges: Vec<(f64, f64)> = metrics[&1]
        .iter()
        .map(|values| match values {
            MetricValues::Gauge { min, max, last } if min == max => (*min, last.1),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(gauges, [(1.25, 1.25), (-3.0, -3.0), (8.0, 8.0)]);
    let trues: Vec<&MetricValues> = metrics[&2].iter().collect();
    let rate = |trues| MetricValues::Rate { trues, total: 1 };
    assert_eq!(trues, [&rate(1), &rate(0), &rate(0), &rate(1)]);
    let trend: Vec<f64> = metrics[&3]
        .iter()
        .map(|values| match values {
            MetricValues::Trend(histogram) => histogram.min_ms(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(trend, [1.25, 8.0]);
    let examples = played.recorded.examples();
    let expected = [
        "measure `trend`: -3 is below 0, and a trend never is",
        "measure `gauge`: `many` is not a number",
        "measure `trend`: `many` is not a number",
    ];
    assert_eq!(examples, expected);
}

#[test]
fn each_virtual_user_prepares_itself_once_and_leaves_nothing_in_the_results() {
    let mut scenario = scenario(open("20/s", SECOND, 4), vec![sends(get("/as/{{ token }}"))]);
    scenario.before = vec![sends(capturing(get("/login/{{ vu }}"), "token", "$.token"))];
    scenario.after = vec![sends(get("/logout/{{ token }}"))];
    let played = play(&load(vec![scenario]), 2, |path| {
        if let Some(vu) = path.strip_prefix("/login/") {
            return (300 * MS, 200, format!("{{\"token\":\"t{vu}\"}}"));
        }
        (100 * MS, 200, String::new())
    });
    let recorded = &played.recorded;
    assert_eq!(recorded.requests(), 20, "logins and logouts are none");
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 20);
    recorded.assert_nothing_lost(0);
    for vu in 1..=4 {
        assert_eq!(played.count(&format!("/login/{vu}")), 1);
        assert!(played.count(&format!("/as/t{vu}")) > 0);
        assert_eq!(played.count(&format!("/logout/t{vu}")), 1);
    }
    let sum = recorded.scenario(0);
    assert_close(
        "an iteration",
        sum.iteration_duration.max_ms(),
        100 * MS,
        0.02,
    );
    assert!(
        sum.dispatch_lag.max_ms() < 2.0,
        "preparing is no lateness of the generator: {}",
        sum.dispatch_lag.max_ms()
    );
}

#[test]
fn an_iteration_whose_virtual_user_cannot_prepare_has_failed_and_the_next_tries_again() {
    let mut scenario = scenario(open("4/s", SECOND, 1), vec![sends(get("/"))]);
    let mut login = get("/login");
    login.checks = vec![check("2xx", Expectation::Status(StatusMatch::Class(2)))];
    scenario.before = vec![sends(login), sends(get("/profile"))];
    let asked = Cell::new(0);
    let played = play(&load(vec![scenario]), 1, move |path| {
        if path == "/login" {
            asked.set(asked.get() + 1);
            if asked.get() < 3 {
                return (10 * MS, 503, "busy".to_owned());
            }
        }
        ok("")
    });
    let recorded = &played.recorded;
    assert_eq!(recorded.failed_with(ErrorKind::Request), 2);
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 2);
    assert_eq!((played.count("/login"), played.count("/profile")), (3, 1));
    let example = "before the first iteration, `GET /login`: expected status 2xx, got status 503 \
                   with busy (test:1:1)";
    assert_eq!(recorded.examples()[0], example);
    recorded.assert_nothing_lost(0);
}

#[test]
fn what_fails_after_the_last_iteration_is_noted_once() {
    let mut scenario = scenario(closed(3, SECOND), vec![sends(get("/"))]);
    scenario.after = vec![sends(get("/gone")), sends(get("/logout"))];
    let played = play(&load(vec![scenario]), 1, |path| {
        (
            100 * MS,
            if path == "/gone" { 410 } else { 200 },
            String::new(),
        )
    });
    assert_eq!(played.count("/logout"), 3, "the rest is done all the same");
    let note = "after the last iteration of a virtual user, `GET /gone`: expected a status below \
                400, got status 410 (test:1:1)";
    assert_eq!(played.recorded.notes(), [note]);
}

#[test]
fn a_setup_captures_for_all_and_ends_with_the_first_step_that_fails() {
    let mut plan = once(vec![sends(get("/{{ token }}"))]);
    plan.setup = vec![
        sends(capturing(get("/login"), "token", "$.token")),
        sends(capturing(get("/tenants?as={{ token }}"), "tenant", "$.id")),
        sends(get("/never")),
    ];
    let reply = |path: &str| match path {
        "/login" => ok("{\"token\":\"abc\"}"),
        _ => ok("{\"name\":\"x\"}"),
    };
    within(reply, async |target, context, _| {
        let basis = Basis::new(&plan, &context);
        let connect = || target.connect();
        let (clock, cancel) = (Arc::clone(&context.clock), &context.cancel);
        let done = setup::set_up(&plan, &basis, clock, cancel, connect).await;
        let done = done.expect("steps that can be taken");
        assert_eq!(
            done.captured.into_iter().collect::<Vec<_>>(),
            [("token".to_owned(), "abc".to_owned())]
        );
        let Err(super::Unprepared::Failed(failed)) = done.ended else {
            panic!("no tenant was captured");
        };
        assert_eq!(
            failed.to_string(),
            "`GET /tenants?as={{ token }}`: expected `$.id` in the body for capture `tenant`, got \
             status 200 with {\"name\":\"x\"}"
        );
        assert_eq!(target.heard.borrow().len(), 2);
    });
}

#[test]
fn a_teardown_goes_on_whatever_fails_and_has_a_minute() {
    let mut plan = once(Vec::new());
    plan.setup = vec![sends(capturing(get("/login"), "token", "$.token"))];
    plan.teardown = vec![
        sends(get("/as/{{ token }}")),
        sends(get("/gone")),
        sends(get("/last")),
        step(StepKind::Think(Think::Constant(3600 * SECOND))),
    ];
    let reply = |path: &str| {
        (
            10 * MS,
            if path == "/gone" { 404 } else { 200 },
            String::new(),
        )
    };
    within(reply, async |target, context, recorded| {
        let basis = Basis::new(&plan, &context);
        let (clock, connect) = (Arc::clone(&context.clock), || target.connect());
        let cancel = CancellationToken::new();
        let events = &*context.events;
        let done = setup::tear_down(&plan, &basis, clock, events, &cancel, connect).await;
        done.expect("steps that can be taken");
        let heard = target
            .heard
            .borrow()
            .iter()
            .map(|heard| heard.path.clone())
            .collect::<Vec<_>>();
        assert_eq!(heard, ["/gone", "/last"]);
        let notes = recorded.notes();
        let first = "the teardown failed: `GET /as/{{ token }}`: expected an answer, got `{{ token \
                     }}` has no value: the capture at test:1:1 was not reached (test:1:1), and 1 \
                     more";
        assert_eq!(notes, [first, "the teardown was cut off before its end"]);
        assert_eq!(context.clock.now().as_secs_f64().round(), 60.0);
    });
}
