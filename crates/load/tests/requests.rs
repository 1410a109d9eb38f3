//! What is sent, and what is made of the answers.

mod support;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rtest_core::JsonPath;
use rtest_core::expectation::{Expectation, JsonType, StatusMatch, ValueMatch};
use rtest_core::plan::Body;
use rtest_core::sample::{ErrorKind, Outcome};
use rtest_load::LoadErrorKind;
use serde_json::json;

use support::Run;
use support::plan::{check, closed, get, load, open, request, scenario, sends, span, text};
use support::server::{Server, ok};

const SHORT: Duration = Duration::from_millis(200);

/// A server that answers `ok`, and everything that it was sent.
async fn listening() -> (Server, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let server = Server::answering({
        let heard = Arc::clone(&heard);
        move |request| {
            heard.lock().expect("lock").push(request);
            async { ok("fine") }
        }
    })
    .await;
    (server, heard)
}

#[tokio::test]
async fn holes_are_filled_for_each_iteration() {
    let (server, heard) = listening().await;
    let mut step = request("PUT", "/users/{{ iteration }}?via={{ catalog.url }}");
    step.headers = vec![
        ("X-User".to_owned(), text("vu {{ vu }}")),
        ("X-Fixed".to_owned(), text("{{catalog.url}}")),
        ("User-Agent".to_owned(), text("somebody else")),
    ];
    step.body = Body::Text(text("{\"n\":{{ iteration }}}"));
    let executor = open("50/s", SHORT, 2);
    let mut run = Run::new(
        load(vec![scenario(executor, vec![sends(step)])]),
        server.address,
    );
    run.context.target.base_path = "/v1".to_owned();
    let variables = &mut run.context.variables;
    variables.insert("catalog.url".to_owned(), "http://c:1".to_owned());
    let authority = run.context.target.authority.clone();
    let recorded = run.go().await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 10);

    let heard = heard.lock().expect("lock").clone();
    let mut iterations = BTreeSet::new();
    for request in &heard {
        let (line, _) = request.split_once("\r\n").expect("a request line");
        let n: u64 = line
            .strip_prefix("PUT /v1/users/")
            .and_then(|rest| rest.strip_suffix("?via=http://c:1 HTTP/1.1"))
            .expect(line)
            .parse()
            .expect("a number");
        iterations.insert(n);
        assert!(
            request.ends_with(&format!("\r\n\r\n{{\"n\":{n}}}")),
            "{request}"
        );
        assert!(request.contains(&format!("\r\nhost: {authority}\r\n")));
        assert!(request.contains("\r\nuser-agent: somebody else\r\n"));
        assert!(request.contains("\r\nx-fixed: http://c:1\r\n"));
        let user = request.contains("x-user: vu 1\r\n") || request.contains("x-user: vu 2\r\n");
        assert!(user, "{request}");
    }
    assert_eq!(iterations, (0..10).collect(), "each number once");
    let sent: usize = heard.iter().map(String::len).sum();
    let series: Vec<_> = recorded.series().into_values().collect();
    assert_eq!(series[0].bytes_sent, sent as u64, "to the byte");
}

#[tokio::test]
async fn a_request_says_who_sends_it_and_that_it_has_no_body() {
    let (server, heard) = listening().await;
    let flow = vec![sends(request("POST", "orders")), sends(get("/orders"))];
    let plan = load(vec![scenario(open("10/s", SHORT, 2), flow)]);
    Run::new(plan, server.address).go().await;
    let heard = heard.lock().expect("lock").clone();
    let (post, get): (Vec<&String>, Vec<&String>) = heard
        .iter()
        .partition(|request| request.starts_with("POST"));
    assert_eq!((post.len(), get.len()), (2, 2));
    assert!(
        post[0].starts_with("POST /orders HTTP/1.1\r\n"),
        "{}",
        post[0]
    );
    assert!(post[0].contains("\r\ncontent-length: 0\r\n"), "{}", post[0]);
    let agent = format!("\r\nuser-agent: rtest/{}\r\n", env!("CARGO_PKG_VERSION"));
    assert!(get[0].contains(&agent), "{}", get[0]);
    assert!(!get[0].contains("content-length"), "{}", get[0]);
}

#[tokio::test]
async fn a_status_that_a_check_asks_for_is_no_failure_and_no_other_becomes_one() {
    let server = Server::answering(|request| async move {
        let status = request.split(['/', ' ']).nth(2).expect("a path");
        format!("HTTP/1.1 {status} So\r\nContent-Length: 0\r\n\r\n").into_bytes()
    })
    .await;
    let asks = |path: &str, wanted: StatusMatch| {
        let mut step = get(path);
        step.checks = vec![check("status", Expectation::Status(wanted))];
        sends(step)
    };
    let flow = vec![
        asks("/404", StatusMatch::AnyOf(vec![200, 404])),
        asks("/503", StatusMatch::Class(5)),
        asks("/410", StatusMatch::AnyOf(vec![404])),
        asks("/201", StatusMatch::AnyOf(vec![404])),
    ];
    let plan = load(vec![scenario(open("100/s", SHORT, 4), flow)]);
    let recorded = Run::new(plan, server.address).go().await;
    for outcome in [
        Outcome::Expected(404),
        Outcome::Expected(503),
        Outcome::Status(410),
        Outcome::Status(201),
    ] {
        assert_eq!(recorded.ended_with(outcome), 20, "{outcome:?}");
    }
    let checks: Vec<_> = recorded.checks().into_values().collect();
    let sum = checks
        .iter()
        .fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    assert_eq!(sum, (40, 40), "{checks:?}");
    let examples = recorded.examples().join("\n");
    assert!(examples.contains("GET /410: status 410"), "{examples}");
    assert!(!examples.contains("GET /404: status"), "{examples}");
}

#[tokio::test]
async fn checks_are_counted_and_fail_no_request() {
    let server = Server::answering(|request| async move {
        let number: u32 = request
            .strip_prefix("GET /")
            .and_then(|rest| rest.split(' ').next())
            .and_then(|number| number.parse().ok())
            .expect("a number");
        if number.is_multiple_of(2) {
            ok("{\"price\": 9.5}")
        } else {
            b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nRetry-After: 1\r\n\r\nbusy".to_vec()
        }
    })
    .await;
    let mut step = get("/{{ iteration }}");
    let price = JsonPath::parse("$.price").expect("a path");
    step.checks = vec![
        check(
            "status 200",
            Expectation::Status(StatusMatch::AnyOf(vec![200])),
        ),
        check(
            "a price",
            Expectation::Json {
                path: price,
                value: ValueMatch::Type(JsonType::Number),
            },
        ),
        check(
            "retry-after",
            Expectation::Header {
                name: "Retry-After".to_owned(),
                value: ValueMatch::Equals(json!("1")),
            },
        ),
        check(
            "never",
            Expectation::BodyContains("no such text".to_owned()),
        ),
    ];
    let plan = load(vec![scenario(open("100/s", SHORT, 4), vec![sends(step)])]);
    let recorded = Run::new(plan, server.address).go().await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 10);
    assert_eq!(recorded.ended_with(Outcome::Status(503)), 10);
    let checks: Vec<_> = recorded.checks().into_values().collect();
    assert_eq!(checks, [(10, 10), (10, 10), (10, 10), (0, 20)]);
    let examples = recorded.examples();
    assert!(
        examples
            .iter()
            .any(|e| e == "GET /{{ iteration }}: status 503")
    );
    assert!(
        examples.contains(
            &"check `never`: expected a body that contains `no such text`, got {\"price\": 9.5}"
                .to_owned()
        ),
        "{examples:?}"
    );
    for tick in recorded.ticks() {
        for series in &tick.series {
            let of_series = tick.examples.iter().filter(|e| e.key == series.key);
            assert!(of_series.count() <= 3, "a few examples are enough");
        }
    }
}

#[tokio::test]
async fn a_check_of_no_answer_at_all_did_not_hold() {
    let server = Server::scripted(|stream| async move { drop(stream) }).await;
    let mut step = get("/");
    let expectation = Expectation::Status(StatusMatch::Class(2));
    step.checks = vec![check("2xx", expectation)];
    let plan = load(vec![scenario(open("50/s", SHORT, 4), vec![sends(step)])]);
    let recorded = Run::new(plan, server.address).go().await;
    assert_eq!(recorded.failed_with(ErrorKind::Closed), 10);
    assert_eq!(recorded.checks()[&0], (0, 10));
}

#[tokio::test]
async fn what_can_never_be_sent_is_refused_before_anything_is() {
    let (server, heard) = listening().await;
    let unfilled = get("/{{ nobody }}");
    let mut control = get("/");
    control.headers = vec![("X-A".to_owned(), text("a\r\nx-b: c"))];
    let mut name = get("/");
    name.headers = vec![("not a name".to_owned(), text("a"))];
    for (step, reason) in [
        (unfilled, "`{{ nobody }}` has no value here"),
        (
            control,
            "the value of header `x-a` holds a control character",
        ),
        (name, "`not a name` is not a header's name"),
        (get("/a b"), "`/a b` is not a path"),
        (request("GE T", "/"), "`GE T` is not a method"),
    ] {
        let plan = load(vec![scenario(closed(1, SHORT), vec![sends(step)])]);
        let run = Run::new(plan, server.address);
        let recorded = Arc::clone(&run.recorded);
        let error = run.refused().await;
        assert!(error.to_string().contains(reason), "{error}");
        assert_eq!(error.span, Some(span()));
        assert!(recorded.ticks().is_empty());
    }
    assert!(heard.lock().expect("lock").is_empty());
}

#[tokio::test]
async fn too_many_virtual_users_for_the_system_are_refused_with_the_limit() {
    let (server, _heard) = listening().await;
    let plan = load(vec![scenario(
        open("1/s", SHORT, u32::MAX),
        vec![sends(get("/"))],
    )]);
    let run = Run::new(plan, server.address);
    let error = run.refused().await;
    let LoadErrorKind::OpenFiles { vus, limit, .. } = *error.kind else {
        panic!("{error}");
    };
    assert_eq!(vus, u64::from(u32::MAX));
    assert!(error.to_string().contains(&limit.to_string()), "{error}");
    assert!(error.hint.is_some_and(|hint| hint.contains("ulimit -Hn")));
}
