//! What an iteration sends over real connections, what it takes from the answers, and what is done
//! around a load.

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rtest_core::JsonPath;
use rtest_core::expectation::{Expectation, StatusMatch, ValueMatch};
use rtest_core::plan::{
    Body, CapturePlan, Extractor, LoadPlan, Part, PartContent, RequestStep, Step, StepKind,
};
use rtest_core::sample::Outcome;
use rtest_load::{Load, LoadErrorKind};
use serde_json::json;
use support::Run;
use support::foreign::Foreign;
use support::plan::{check, closed, get, load, open, request, scenario, sends, span, text};
use support::server::{Server, ok};

const SHORT: Duration = Duration::from_millis(200);

/// One iteration.
fn once(flow: Vec<Step>) -> LoadPlan {
    load(vec![scenario(open("1/s", SHORT, 1), flow)])
}

fn capturing(mut step: RequestStep, name: &str, from: Extractor) -> RequestStep {
    step.captures.push(CapturePlan {
        name: name.to_owned(),
        from,
        default: None,
        span: span(),
    });
    step
}

fn json_path(path: &str) -> Extractor {
    Extractor::Json(JsonPath::parse(path).expect(path))
}

/// A server that answers what `answer` makes of the request line, and every line that it was sent.
async fn answering(
    answer: impl Fn(&str) -> Vec<u8> + Clone + Send + Sync + 'static,
) -> (Server, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let server = Server::answering({
        let heard = Arc::clone(&heard);
        move |request| {
            let line = request.lines().next().unwrap_or_default().to_owned();
            let line = line.trim_end_matches(" HTTP/1.1").to_owned();
            let answer = answer(&line);
            heard.lock().expect("lock").push(line);
            async { answer }
        }
    })
    .await;
    (server, heard)
}

fn lines(heard: &Mutex<Vec<String>>) -> Vec<String> {
    heard.lock().expect("lock").clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_are_read_by_another_as_they_were_meant() {
    let Some(reader) = Foreign::start("node", "form_reader.mjs").await else {
        return;
    };
    let awkward = "a b+c&d=e%20\u{e9}\"\r\n;";
    let bytes = "PNG\r\n--boundary--\r\n\0end";
    let found = json!([["q", awkward]]);
    let expecting = |mut step: RequestStep, body: Body, content_type: &str, fields| {
        step.body = body;
        step.query = vec![("q".to_owned(), text("{{ awkward }}"))];
        let equals = |path: &str, value| Expectation::Json {
            path: JsonPath::parse(path).expect(path),
            value: ValueMatch::Equals(value),
        };
        step.checks = vec![
            check("type", equals("$.type", json!(content_type))),
            check("query", equals("$.query", found.clone())),
            check("fields", equals("$.fields", fields)),
        ];
        sends(step)
    };
    let field = |name: &str, content| Part {
        name: name.to_owned(),
        content,
        content_type: None,
    };
    let mut typed = field(
        "photo",
        PartContent::File {
            filename: "me.png".to_owned(),
            bytes: bytes.as_bytes().into(),
        },
    );
    typed.content_type = Some("image/png".to_owned());
    let plan = once(vec![
        expecting(
            request("POST", "/form"),
            Body::Form(vec![
                ("one".to_owned(), text("<{{ awkward }}>")),
                ("a&b".to_owned(), text("")),
            ]),
            "application/x-www-form-urlencoded",
            json!([["one", format!("<{awkward}>")], ["a&b", ""]]),
        ),
        expecting(
            request("POST", "/multipart"),
            Body::Multipart(vec![
                field("text", PartContent::Text(text("<{{ awkward }}>"))),
                typed,
            ]),
            "multipart/form-data",
            json!([
                ["text", format!("<{awkward}>")],
                ["photo", ["me.png", "image/png", bytes]]
            ]),
        ),
    ]);
    let mut run = Run::new(plan, reader.address);
    let variables = &mut run.context.variables;
    variables.insert("awkward".to_owned(), awkward.to_owned());
    let recorded = run.go().await;
    let examples = recorded.examples();
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 2, "{examples:?}");
    assert_eq!(examples, Vec::<String>::new());
}

#[tokio::test]
async fn what_an_answer_holds_goes_into_the_requests_that_follow() {
    let (server, heard) = answering(|line| match line {
        "GET /login" => {
            let page = "<form><input name=csrf value='t&amp;1'></form>";
            let length = page.len();
            format!(
                "HTTP/1.1 200 OK\r\nX-Session: id=s7; v=2\r\nContent-Length: {length}\r\n\r\n{page}"
            )
            .into_bytes()
        }
        "POST /orders" => ok("{\"order\":{\"id\":12,\"note\":\"say \\\"hi\\\"\"}}"),
        _ => ok("total: 9.50 EUR"),
    })
    .await;
    let regex = |text: &str| regex::Regex::new(text).expect(text);
    let login = capturing(
        get("/login"),
        "csrf",
        Extractor::Css {
            selector: "input[name=csrf]".to_owned(),
            attribute: Some("value".to_owned()),
        },
    );
    let login = capturing(
        login,
        "session",
        Extractor::Header {
            name: "x-session".to_owned(),
            regex: Some(regex("id=([^;]+)")),
        },
    );
    let mut order = request("POST", "/orders");
    order.body = Body::Json(text("{\"csrf\":\"{{ csrf }}\"}"));
    let order = capturing(order, "id", json_path("$.order.id"));
    let order = capturing(order, "note", json_path("$.order.note"));
    let total = Extractor::Regex(regex("total: ([0-9.]+)"));
    let mut price = capturing(get("/orders/{{ id }}"), "total", total);
    price.query = vec![("as".to_owned(), text("{{ session }}"))];
    let last = get("/paid/{{ total }}/{{ note }}");
    let plan = once(vec![sends(login), sends(order), sends(price), sends(last)]);
    let recorded = Run::new(plan, server.address).go().await;
    assert_eq!(recorded.examples(), Vec::<String>::new());
    let expected = [
        "GET /login",
        "POST /orders",
        "GET /orders/12?as=s7",
        "GET /paid/9.50/say%20%22hi%22",
    ];
    assert_eq!(lines(&heard), expected);
}

#[tokio::test]
async fn requests_at_the_same_time_are_on_connections_of_their_own() {
    // Answers when all three are there: sent one after the other, none would ever be answered.
    let together = Arc::new(tokio::sync::Barrier::new(3));
    let server = Server::answering(move |_| {
        let together = Arc::clone(&together);
        async move {
            together.wait().await;
            ok("together")
        }
    })
    .await;
    let all = ["/a", "/b", "/c"].map(|path| sends(get(path)));
    let flow = vec![Step {
        kind: StepKind::Parallel(all.to_vec()),
        span: span(),
    }];
    let plan = load(vec![scenario(open("20/s", SHORT, 1), flow)]);
    let recorded = Run::new(plan, server.address).go().await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 12);
    assert_eq!(server.connections(), 3, "kept for the next time");
}

/// A plan whose setup logs in, whose scenario uses what it captured, and whose teardown ends the
/// session.
fn with_session() -> LoadPlan {
    let mut plan = load(vec![scenario(
        open("20/s", SHORT, 2),
        vec![sends(get("/as/{{ token }}"))],
    )]);
    plan.setup = vec![sends(capturing(
        request("POST", "/login"),
        "token",
        json_path("$.token"),
    ))];
    plan.teardown = vec![sends(request("DELETE", "/sessions/{{ token }}"))];
    plan
}

#[tokio::test]
async fn a_setup_comes_once_before_the_load_and_a_teardown_once_after_it() {
    let (server, heard) = answering(|_| ok("{\"token\":\"abc\"}")).await;
    let recorded = Run::new(with_session(), server.address).go().await;
    let mut expected = vec!["POST /login".to_owned()];
    expected.extend(std::iter::repeat_n("GET /as/abc".to_owned(), 4));
    expected.push("DELETE /sessions/abc".to_owned());
    assert_eq!(lines(&heard), expected);
    assert_eq!(recorded.requests(), 4, "only the scenario's are results");
    assert_eq!(recorded.notes(), Vec::<String>::new());
}

#[tokio::test]
async fn a_setup_that_fails_says_where_and_nothing_is_sent_but_the_teardown() {
    let (server, heard) = answering(|line| match line {
        "POST /login" => ok("{\"token\":\"abc\"}"),
        "POST /users" => {
            b"HTTP/1.1 409 Conflict\r\nContent-Length: 15\r\n\r\nAda exists here".to_vec()
        }
        _ => ok(""),
    })
    .await;
    let mut plan = with_session();
    plan.setup.push(sends(request("POST", "/users")));
    let run = Run::new(plan, server.address);
    let recorded = Arc::clone(&run.recorded);
    let error = run.refused().await;
    let LoadErrorKind::Setup {
        step,
        expected,
        actual,
    } = &*error.kind
    else {
        panic!("{error}");
    };
    assert_eq!(step, "POST /users");
    assert_eq!(expected, "a status below 400");
    assert_eq!(actual, "status 409 with Ada exists here");
    assert_eq!(error.span, Some(span()));
    let sent = ["POST /login", "POST /users", "DELETE /sessions/abc"];
    assert_eq!(lines(&heard), sent);
    assert!(recorded.ticks().is_empty());
}

#[tokio::test]
async fn a_status_that_is_checked_for_is_no_failure_of_the_setup() {
    let (server, _heard) = answering(|line| match line {
        "DELETE /users/7" => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(),
        _ => ok(""),
    })
    .await;
    let mut plan = once(vec![sends(get("/"))]);
    let mut delete = request("DELETE", "/users/7");
    let either = StatusMatch::AnyOf(vec![204, 404]);
    delete.checks = vec![check("gone", Expectation::Status(either))];
    plan.setup = vec![sends(delete)];
    let recorded = Run::new(plan, server.address).go().await;
    assert_eq!(recorded.requests(), 1);
}

#[tokio::test]
async fn a_load_that_is_cancelled_is_torn_down_all_the_same() {
    let (server, heard) = answering(|_| ok("{\"token\":\"abc\"}")).await;
    let mut plan = with_session();
    plan.scenarios[0].executor = closed(2, Duration::from_secs(60));
    let run = Run::new(plan, server.address);
    let (cancel, clock, start) = (
        run.context.cancel.clone(),
        Arc::clone(&run.context.clock),
        run.start(),
    );
    let canceller = async {
        tokio::time::sleep(start - clock.now() + SHORT).await;
        cancel.cancel();
    };
    let (recorded, ()) = tokio::join!(run.go(), canceller);
    recorded.assert_nothing_lost(0);
    let heard = lines(&heard);
    assert!(heard.len() > 3, "{heard:?}");
    assert_eq!(
        heard.last().map(String::as_str),
        Some("DELETE /sessions/abc")
    );
}

#[tokio::test]
async fn a_setup_that_is_cut_off_runs_no_scenario() {
    let (server, heard) = answering(|_| ok("{\"token\":\"abc\"}")).await;
    let mut plan = with_session();
    plan.setup.push(Step {
        kind: StepKind::Think(rtest_core::plan::Think::Constant(Duration::from_secs(60))),
        span: span(),
    });
    let run = Run::new(plan, server.address);
    let cancel = run.context.cancel.clone();
    let recorded = Arc::clone(&run.recorded);
    let canceller = async {
        tokio::time::sleep(SHORT).await;
        cancel.cancel();
    };
    let start = run.start();
    let prepare = Load::prepare(Arc::new(run.plan), run.context);
    let (load, ()) = tokio::join!(prepare, canceller);
    let load = load.expect("it was only cut off");
    load.run(start).await.expect("it does nothing");
    assert_eq!(lines(&heard), ["POST /login", "DELETE /sessions/abc"]);
    assert!(recorded.ticks().is_empty());
}

#[tokio::test]
async fn steps_that_can_never_be_taken_are_refused_with_their_place() {
    let (server, heard) = answering(|_| ok("")).await;
    let step = |kind| Step { kind, span: span() };
    let selector = Extractor::Css {
        selector: "a[".to_owned(),
        attribute: None,
    };
    let css = sends(capturing(get("/"), "x", selector));
    let nested = step(StepKind::Parallel(vec![step(StepKind::Loop {
        repeat: rtest_core::plan::Repeat::Times(1),
        steps: Vec::new(),
    })]));
    let weightless = step(StepKind::Choose(vec![rtest_core::plan::Choice {
        weight: 0.0,
        steps: Vec::new(),
    }]));
    let in_group = step(StepKind::Group {
        name: "g".to_owned(),
        steps: vec![sends(get("/{{ nobody }}"))],
    });
    for (step, reason) in [
        (css, "`a[` is not a CSS selector"),
        (nested, "only requests can be sent at the same time"),
        (weightless, "0 is not a weight"),
        (in_group, "`{{ nobody }}` has no value here"),
    ] {
        for place in ["scenario `browse`", "the setup", "the teardown"] {
            let mut plan = once(vec![sends(get("/"))]);
            match place {
                "the setup" => plan.setup = vec![step.clone()],
                "the teardown" => plan.teardown = vec![step.clone()],
                _ => plan.scenarios[0].flow = vec![step.clone()],
            }
            let error = Run::new(plan, server.address).refused().await;
            let message = error.to_string();
            assert!(
                message.contains(reason) && message.contains(place),
                "{message}"
            );
            assert_eq!(error.span, Some(span()));
        }
    }
    assert!(lines(&heard).is_empty(), "refused before anything was sent");
}
