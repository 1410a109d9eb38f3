//! Cases against servers of every kind.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rtest_core::plan::{Body, CasePlan, SchemaPlan, SnapshotPlan};
use rtest_core::{CaseResult, CaseStatus, Span};
use serde_json::json;
use support::{Expecting, Witness, answer, case, request, run, run_at_once, serve, template};
use tokio::io::AsyncWriteExt;

/// The first difference of the step that did not hold.
fn why(result: &CaseResult) -> (String, String) {
    let step = result.steps.iter().find(|step| !step.held);
    let difference = &step.expect("one does not hold").differences[0];
    (difference.expected.clone(), difference.actual.clone())
}

async fn one(steps: Vec<rtest_core::plan::CaseStep>, url: &str) -> CaseResult {
    let witness = Arc::new(Witness::default());
    run(vec![case("it", steps)], url, &[], &witness)
        .await
        .remove(0)
}

#[tokio::test]
async fn what_one_step_captures_fills_the_next_and_the_first_that_fails_ends_its_case_only() {
    let url = serve(|request, stream| {
        Box::pin(async move {
            let first = request.lines().next().unwrap_or_default().to_owned();
            if first.starts_with("POST") {
                let body = request.split("\r\n\r\n").nth(1).unwrap_or_default();
                answer(
                    stream,
                    "201 Created",
                    format!(r#"{{"id": 7, "was": {body}}}"#).as_bytes(),
                )
                .await;
            } else {
                let path = first.split(' ').nth(1).unwrap_or_default();
                answer(
                    stream,
                    "200 OK",
                    json!({ "path": path, "id": 7 }).to_string().as_bytes(),
                )
                .await;
            }
        })
    })
    .await;
    let mut create = request("POST", "/users")
        .status(2)
        .json("$.was.name", json!("a\"b"))
        .capture("id", "$.id");
    create.request.body = Body::Json(template(r#"{"name":"{{ name }}"}"#));
    let look = request("GET", "/users/{{ id }}?q={{ name }}")
        .json("$.id", json!("{{ id }}"))
        .json("$.path", json!("/users/7?q=a%22b"));
    let wrong = request("GET", "/x").json("$.id", json!(8)).step();
    let cases = vec![
        case("holds", vec![create.step(), look.step()]),
        case("fails", vec![wrong, request("GET", "/never").step()]),
        case("holds too", vec![request("GET", "/y").step()]),
    ];
    let witness = Arc::new(Witness::default());
    let results = run(cases, &url, &[("name", "a\"b")], &witness).await;
    let statuses: Vec<CaseStatus> = results.iter().map(|it| it.status).collect();
    assert_eq!(
        statuses,
        [CaseStatus::Passed, CaseStatus::Failed, CaseStatus::Passed],
        "{results:?}"
    );
    assert_eq!(results[1].steps.len(), 1, "it ended there");
    assert_eq!(why(&results[1]), ("$.id = 8".to_owned(), "7".to_owned()));
    let exchange = results[1].steps[0].exchange.as_deref().expect("shown");
    assert!(
        exchange.contains("GET http") && exchange.contains("\"path\": \"/x\""),
        "{exchange}"
    );
    assert_eq!(
        results[1].logs,
        [("web".to_owned(), vec!["since 7".to_owned()])]
    );
    assert!(results[0].logs.is_empty());
    let resets = witness.resets.lock().expect("no panic");
    assert_eq!(*resets, ["db", "cache"].repeat(3), "before each case");
}

#[tokio::test]
async fn a_status_that_nobody_asked_for_fails_and_one_that_was_asked_for_does_not() {
    let url = serve(|_, stream| Box::pin(answer(stream, "404 Not Found", b"{}"))).await;
    let silent = one(vec![request("GET", "/").step()], &url).await;
    assert_eq!(
        why(&silent),
        ("status 2xx or 3xx".to_owned(), "status 404".to_owned())
    );
    let asked = one(vec![request("GET", "/").status(4).step()], &url).await;
    assert_eq!(asked.status, CaseStatus::Passed);
}

#[tokio::test]
async fn what_comes_true_later_holds_within_its_time_and_else_the_last_look_is_told() {
    static LOOKS: AtomicU32 = AtomicU32::new(0);
    let url = serve(|_, stream| {
        Box::pin(async move {
            let looks = LOOKS.fetch_add(1, Ordering::Relaxed);
            answer(
                stream,
                "200 OK",
                json!({ "looks": looks }).to_string().as_bytes(),
            )
            .await;
        })
    })
    .await;
    let mut soon = request("GET", "/").json("$.looks", json!(3)).step();
    soon.within = Some(Duration::from_secs(60));
    assert_eq!(one(vec![soon], &url).await.status, CaseStatus::Passed);
    let mut never = request("GET", "/").json("$.looks", json!(0)).step();
    never.within = Some(Duration::from_millis(300));
    let (expected, actual) = why(&one(vec![never], &url).await);
    assert!(expected.ends_with("within 300ms"), "{expected}");
    assert!(actual.contains("the last of"), "{actual}");
}

#[tokio::test]
async fn a_case_that_passes_when_it_is_tried_again_is_flaky_and_says_why_it_failed() {
    static TRIES: AtomicU32 = AtomicU32::new(0);
    let url = serve(|_, stream| {
        Box::pin(async move {
            let status = match TRIES.fetch_add(1, Ordering::Relaxed) {
                0 => "500 Oops",
                _ => "200 OK",
            };
            answer(stream, status, b"{}").await;
        })
    })
    .await;
    let mut flaky = case("now and then", vec![request("GET", "/").step()]);
    flaky.retries = 2;
    let witness = Arc::new(Witness::default());
    let result = run(vec![flaky], &url, &[], &witness).await.remove(0);
    assert_eq!((result.status, result.attempts), (CaseStatus::Flaky, 2));
    assert_eq!(why(&result).1, "status 500");
    let notes = witness.notes.lock().expect("no panic");
    assert!(notes[0].contains("flaky"), "{notes:?}");
}

#[tokio::test]
async fn a_case_whose_data_cannot_be_brought_back_is_not_begun() {
    let witness = Arc::new(Witness {
        refuses: true,
        ..Witness::default()
    });
    let steps = vec![request("GET", "/").step()];
    let result = run(vec![case("it", steps)], "http://127.0.0.1:9", &[], &witness)
        .await
        .remove(0);
    assert_eq!((result.status, result.steps.len()), (CaseStatus::Failed, 0));
    assert!(
        result
            .trouble
            .expect("why")
            .contains("`db` could not be reset: it is locked")
    );
}

#[tokio::test]
async fn a_body_is_valid_under_its_schema_and_equal_to_its_snapshot() {
    let url =
        serve(|_, stream| Box::pin(answer(stream, "200 OK", br#"{"id":"seven","tags":[1]}"#)))
            .await;
    let mut valid = request("GET", "/");
    valid.schema = Some(SchemaPlan {
        shown: "user.json".to_owned(),
        schema: Arc::new(
            json!({ "properties": { "id": { "type": "integer" }, "tags": { "items": { "type": "string" } } } }),
        ),
        span: Span::of_flag("schema", "user.json"),
    });
    let result = one(vec![valid.step()], &url).await;
    let differences = &result.steps[0].differences;
    let at: Vec<&str> = differences.iter().map(|it| it.expected.as_str()).collect();
    assert_eq!(
        at,
        [
            "$.id valid under user.json",
            "$.tags.0 valid under user.json"
        ]
    );
    let mut same = request("GET", "/");
    same.snapshot = Some(SnapshotPlan {
        path: "/nowhere/user.snap".into(),
        span: Span::of_flag("snapshot", "user"),
    });
    let missing = one(vec![same.step()], &url).await;
    assert!(why(&missing).1.contains("--update-snapshots"));
}

#[tokio::test]
async fn hostile_servers_are_bounded_and_told() {
    let endless = serve(|_, mut stream| {
        Box::pin(async move {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            while stream.write_all(&[b'x'; 65536]).await.is_ok() {}
        })
    })
    .await;
    assert!(
        why(&one(vec![request("GET", "/").step()], &endless).await)
            .1
            .contains("more than 8 MiB")
    );

    let large = serve(|_, stream| {
        Box::pin(async move { answer(stream, "200 OK", &vec![b'x'; 50_000_000]).await })
    })
    .await;
    assert!(
        why(&one(vec![request("GET", "/").step()], &large).await)
            .1
            .contains("more than 8 MiB")
    );

    let hangs = serve(|_, stream| {
        Box::pin(async move {
            std::future::pending::<()>().await;
            drop(stream);
        })
    })
    .await;
    let mut impatient = request("GET", "/");
    impatient.request.timeout = Duration::from_millis(300);
    assert_eq!(
        why(&one(vec![impatient.step()], &hangs).await).1,
        "no whole answer within 300ms"
    );

    let breaks_off = serve(|_, mut stream| {
        Box::pin(async move {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
                .await;
        })
    })
    .await;
    assert!(
        why(&one(vec![request("GET", "/").step()], &breaks_off).await)
            .1
            .contains("broke off")
    );

    let no_text = serve(|_, stream| Box::pin(answer(stream, "200 OK", b"\xff\xfe{"))).await;
    let (_, actual) = why(&one(
        vec![request("GET", "/").json("$.a", json!(1)).step()],
        &no_text,
    )
    .await);
    assert!(actual.starts_with("a body that is not JSON"), "{actual}");

    let deep = serve(|_, stream| {
        Box::pin(async move { answer(stream, "200 OK", "[".repeat(1_000_000).as_bytes()).await })
    })
    .await;
    let mut snapshot = request("GET", "/").json("$..a", json!(1));
    snapshot.schema = Some(SchemaPlan {
        shown: "any.json".to_owned(),
        schema: Arc::new(json!(true)),
        span: Span::of_flag("schema", "any.json"),
    });
    let deep = one(vec![snapshot.step()], &deep).await;
    assert_eq!(deep.status, CaseStatus::Failed);
    assert!(
        deep.steps[0]
            .exchange
            .as_deref()
            .is_some_and(|it| it.len() < 10_000)
    );

    let gone = one(vec![request("GET", "/").step()], "http://127.0.0.1:9").await;
    assert!(why(&gone).1.contains("refused"), "{:?}", why(&gone));
}

/// Sets cookies by its path, and says which came.
async fn baker() -> String {
    serve(|request, mut stream| {
        Box::pin(async move {
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            let (status, headers) = match path.as_str() {
                "/login" => ("303 See Other", "location: /home\r\nset-cookie: session=s1; HttpOnly\r\n"),
                "/cart" => ("200 OK", "set-cookie: items=2; Path=/cart\r\nset-cookie: other=1; Domain=shop.example\r\n"),
                "/logout" => ("200 OK", "set-cookie: session=; Max-Age=0\r\n"),
                _ => ("200 OK", ""),
            };
            let lines = request.lines();
            let cookie = lines.filter_map(|line| line.strip_prefix("cookie: ")).next();
            let body = json!({ "path": path, "cookie": cookie.unwrap_or_default() }).to_string();
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        })
    })
    .await
}

/// A request that is to come with these cookies.
fn with(method: &str, path: &str, cookies: &str) -> rtest_core::plan::CaseStep {
    request(method, path)
        .json("$.cookie", json!(cookies))
        .step()
}

#[tokio::test]
async fn cookies_are_kept_from_step_to_step_and_not_from_case_to_case() {
    let url = baker().await;
    let mut login = request("POST", "/login").json("$.path", json!("/home"));
    login = login.json("$.cookie", json!("session=s1"));
    login.request.redirects = 10;
    let mut own = request("GET", "/home").json("$.cookie", json!("mine=1"));
    own.request.headers = vec![("cookie".to_owned(), template("mine=1"))];
    let mut keeps_none = case(
        "keeps none",
        vec![with("GET", "/cart", ""), with("GET", "/cart", "")],
    );
    keeps_none.cookies = false;
    let cases = vec![
        case(
            "signs in and out",
            vec![
                with("GET", "/home", ""),
                login.step(),
                with("GET", "/cart", "session=s1"),
                with("GET", "/cart/1", "items=2; session=s1"),
                with("GET", "/home", "session=s1"),
                own.step(),
                with("POST", "/logout", "session=s1"),
                with("GET", "/home", ""),
            ],
        ),
        case(
            "comes after",
            vec![with("GET", "/cart", ""), with("GET", "/cart/1", "items=2")],
        ),
        case("begins anew", vec![with("GET", "/cart/1", "")]),
        keeps_none,
    ];
    let witness = Arc::new(Witness::default());
    for result in run(cases, &url, &[], &witness).await {
        let held = result.status == CaseStatus::Passed;
        assert!(held, "{}: {:?}", result.name, result.steps);
    }
}

/// How many requests are with the server, and the most there have been.
static WITHIN: AtomicU32 = AtomicU32::new(0);

fn concurrent(mut case: CasePlan) -> CasePlan {
    case.concurrent = true;
    case
}

#[tokio::test]
async fn neighbours_run_beside_each_other_and_are_told_in_order() {
    // Nobody is answered until three have come; `/last` is answered last.
    let url = serve(|request, stream| {
        Box::pin(async move {
            WITHIN.fetch_add(1, Ordering::SeqCst);
            while WITHIN.load(Ordering::SeqCst) < 3 {
                tokio::task::yield_now().await;
            }
            if request.starts_with("GET /last") {
                while WITHIN.load(Ordering::SeqCst) < 5 {
                    tokio::task::yield_now().await;
                }
            }
            let status = match request.starts_with("GET /fails") {
                true => "500 Oops",
                false => "200 OK",
            };
            answer(stream, status, b"{}").await;
            WITHIN.fetch_add(1, Ordering::SeqCst);
        })
    })
    .await;
    let get = |name: &str| concurrent(case(name, vec![request("GET", &format!("/{name}")).step()]));
    let cases = vec![get("last"), get("fails"), get("holds")];
    let witness = Arc::new(Witness::default());
    let results = run_at_once(3, cases, &url, &[], &witness).await;
    let told: Vec<(&str, CaseStatus)> = results.iter().map(|it| (&*it.name, it.status)).collect();
    assert_eq!(
        told,
        [
            ("last", CaseStatus::Passed),
            ("fails", CaseStatus::Failed),
            ("holds", CaseStatus::Passed)
        ]
    );
    assert_eq!(
        results[1].beside,
        ["last", "holds"],
        "its log is theirs too"
    );
    assert!(results[0].beside.is_empty(), "nobody asks");
    let resets = witness.resets.lock().expect("no panic");
    assert_eq!(*resets, ["db", "cache"], "once before them all");
    assert!(witness.notes.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn whoever_may_not_run_beside_others_runs_alone_with_data_of_his_own() {
    static INSIDE: AtomicU32 = AtomicU32::new(0);
    let url = serve(|request, stream| {
        Box::pin(async move {
            let others = INSIDE.fetch_add(1, Ordering::SeqCst);
            // Whoever wants to be beside him has the chance.
            tokio::time::sleep(Duration::from_millis(20)).await;
            INSIDE.fetch_sub(1, Ordering::SeqCst);
            let is_alone = others == 0 || request.starts_with("GET /beside");
            let status = if is_alone { "200 OK" } else { "500 Oops" };
            answer(stream, status, b"{}").await;
        })
    })
    .await;
    let get = |name: &str, path: &str| case(name, vec![request("GET", path).step()]);
    let mut cases = vec![
        get("a", "/alone"),
        concurrent(get("b", "/beside")),
        concurrent(get("c", "/beside")),
        get("d", "/alone"),
        get("e", "/alone"),
        concurrent(get("f", "/alone")),
    ];
    cases[5].retries = 1;
    let witness = Arc::new(Witness::default());
    let results = run_at_once(8, cases, &url, &[], &witness).await;
    assert!(
        results.iter().all(|it| it.status == CaseStatus::Passed),
        "{results:?}"
    );
    let resets = witness.resets.lock().expect("no panic");
    assert_eq!(resets.len(), 2 * 5, "b and c share one");
}

#[tokio::test]
async fn that_cases_run_in_turn_all_the_same_is_said_once() {
    let url = serve(|_, stream| Box::pin(answer(stream, "200 OK", b"{}"))).await;
    let get = |name: &str| case(name, vec![request("GET", "/").step()]);
    let witness = Arc::new(Witness::default());
    let results = run_at_once(4, vec![get("a"), get("b")], &url, &[], &witness).await;
    assert_eq!(results.len(), 2);
    let notes = witness.notes.lock().expect("no panic");
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0].contains("not 4 at a time") && notes[0].contains("`db`, `cache`"),
        "{notes:?}"
    );
}

#[tokio::test]
async fn cookies_of_one_case_are_not_sent_by_the_one_beside_it() {
    static WAITING: AtomicU32 = AtomicU32::new(0);
    let url = serve(|request, mut stream| {
        Box::pin(async move {
            if let Some((_, name)) = request.split_once("/login?") {
                let name = name.split(' ').next().unwrap_or_default();
                // Both are logged in before either goes on.
                WAITING.fetch_add(1, Ordering::SeqCst);
                while WAITING.load(Ordering::SeqCst) < 2 {
                    tokio::task::yield_now().await;
                }
                let head = format!(
                    "HTTP/1.1 200 OK\r\nset-cookie: {name}=1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                let _ = stream.write_all(head.as_bytes()).await;
                return;
            }
            let cookie = request.lines().find_map(|line| line.strip_prefix("cookie: "));
            answer(stream, "200 OK", json!({ "cookie": cookie }).to_string().as_bytes()).await;
        })
    })
    .await;
    let logged_in = |name: &str| {
        let look = request("GET", "/").json("$.cookie", json!(format!("{name}=1")));
        let steps = vec![
            request("GET", &format!("/login?{name}")).step(),
            look.step(),
        ];
        concurrent(case(name, steps))
    };
    let cases = vec![logged_in("ada"), logged_in("grace")];
    let witness = Arc::new(Witness::default());
    let results = run_at_once(2, cases, &url, &[], &witness).await;
    assert!(
        results.iter().all(|it| it.status == CaseStatus::Passed),
        "{results:?}"
    );
}

#[tokio::test]
async fn what_has_ended_before_its_turn_is_told_also_where_the_run_is_ended() {
    static WITNESS: std::sync::OnceLock<Arc<Witness>> = std::sync::OnceLock::new();
    let witness = WITNESS.get_or_init(Arc::default);
    let url = serve(|request, stream| {
        Box::pin(async move {
            if request.starts_with("GET /never") {
                std::future::pending::<()>().await;
            }
            if request.starts_with("GET /ends") {
                // The case before it has ended: it was the only other that could run.
                WITNESS.get().expect("set").cancel.cancel();
                std::future::pending::<()>().await;
            }
            answer(stream, "200 OK", b"{}").await;
        })
    })
    .await;
    let get = |name: &str| concurrent(case(name, vec![request("GET", &format!("/{name}")).step()]));
    let cases = vec![get("never"), get("holds"), get("ends")];
    let results = run_at_once(2, cases, &url, &[], witness).await;
    let told: Vec<&str> = results.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(told, ["holds"]);
}
