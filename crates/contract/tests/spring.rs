//! Spring Cloud Contract's contracts against providers that keep them and providers that do not.

// clippy.toml allows `unwrap` in tests, and does not see that these functions are of tests.
#![allow(clippy::unwrap_used)]

mod stand_in;

use std::path::PathBuf;

use bytes::Bytes;
use rtest_contract::VerifySummary;
use rtest_core::event::InteractionOutcome;
use rtest_core::plan::{ContractKind, ContractPlan};
use serde_json::{Value, json};
use stand_in::{Reply, StandIn, Verified, fixture, marked, spring_plan, storefront, verify_at};

/// A contract in a folder of its own.
fn contract(yaml: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contract.yaml");
    std::fs::write(&path, yaml).unwrap();
    (folder, path)
}

/// A contract of `GET /` with this response, verified against a provider that always gives this
/// reply.
async fn judged(response: &str, reply: Reply) -> Verified {
    let response = response.trim().replace('\n', "\n  ");
    let yaml = format!("request:\n  method: GET\n  url: /\nresponse:\n  {response}\n");
    let provider = StandIn::start(move |_| reply.clone()).await;
    let (_folder, path) = contract(&yaml);
    verify_at(&provider.url, &spring_plan(path)).await
}

/// Places and words of the mismatches, with what is underlined.
fn told(done: &Verified) -> Vec<(String, String, String)> {
    let mismatches = done.mismatches();
    let told = mismatches
        .into_iter()
        .map(|it| (it.location, it.message, marked(&it.span)));
    told.collect()
}

fn outcome(done: &Verified) -> &InteractionOutcome {
    match &done.interactions()[..] {
        [one] => &one.outcome,
        other => panic!("not one interaction but {other:?}"),
    }
}

#[tokio::test]
async fn a_provider_that_keeps_its_contracts_is_verified_in_order() {
    let provider = storefront(false).await;
    let done = verify_at(
        &provider.url,
        &spring_plan(fixture("spring-cloud-contracts")),
    )
    .await;
    let told: Vec<(&str, &str, &str)> = done
        .interactions()
        .iter()
        .map(|one| (&*one.consumer, &*one.description, &*one.request))
        .collect();
    assert_eq!(
        told,
        [
            ("mobile", "places an order", "POST /orders"),
            ("mobile", "takes an order back", "DELETE /orders/o-77"),
            ("web", "is the shop open", "GET /health"),
            (
                "web",
                "Shows a product, whoever knows its price",
                "GET /products/1"
            ),
            (
                "web",
                "asks for a product that does not exist",
                "GET /products/4711?currency=EUR"
            ),
            ("web", "1_registers_a_user", "POST /users"),
            ("web", "2_shows_the_user", "GET /users/7"),
        ]
    );
    let summary = VerifySummary {
        verified: 6,
        skipped: 1,
        ..VerifySummary::default()
    };
    assert_eq!(done.summary, summary, "{:?}", done.interactions());
    assert!(done.summary.passed());
}

#[tokio::test]
async fn a_renamed_field_is_shown_at_its_line() {
    let provider = storefront(true).await;
    let plan = spring_plan(fixture("spring-cloud-contracts/web/scenario"));
    let done = verify_at(&provider.url, &plan).await;
    assert_eq!((done.summary.mismatched, done.summary.verified), (2, 0));
    let outcomes: Vec<_> = done.interactions().iter().map(|it| &it.outcome).collect();
    let (InteractionOutcome::Mismatched(first), InteractionOutcome::Mismatched(second)) =
        (outcomes[0], outcomes[1])
    else {
        panic!("{outcomes:?}");
    };
    // The body's file is named where the contract names it.
    assert_eq!(marked(&first[0].span), "bodyFromFile: user.json");
    assert!(
        first[0].message.contains("renamed to `userEmail`"),
        "{}",
        first[0].message
    );
    let place = first[0].span.to_string();
    assert!(place.ends_with("1_registers_a_user.yaml:14:3"), "{place}");
    assert_eq!(second[0].location, "body $.email");
    let place = second[0].span.to_string();
    assert!(place.ends_with("2_shows_the_user.yaml:14:11"), "{place}");
}

/// Each matcher, a value that it takes and one that it refuses.
#[tokio::test]
async fn every_matcher_takes_what_it_is_for_and_refuses_the_rest() {
    let cases: [(&str, &str, Value, Value, &str); 19] = [
        (
            "'2017-01-01'",
            "type: by_date",
            json!("2024-02-29"),
            json!("24-02-29"),
            "a date like",
        ),
        (
            "'01:02:34'",
            "type: by_time",
            json!("23:59:58"),
            json!("23:59"),
            "a time like",
        ),
        (
            "'2017-01-01T01:23:45'",
            "type: by_timestamp",
            json!("2024-01-01T00:00:00"),
            json!("2024-01-01"),
            "a date and time like",
        ),
        (
            "123",
            "type: by_regex, value: '[0-9]{3}'",
            json!(999),
            json!(1234),
            "text matching /[0-9]{3}/",
        ),
        (
            "abc",
            "type: by_regex, predefined: only_alpha_unicode",
            json!("Äb"),
            json!("a1"),
            "letters only",
        ),
        (
            "true",
            "type: by_regex, predefined: any_boolean",
            json!(false),
            json!("no"),
            "true or false",
        ),
        (
            "1",
            "type: by_regex, predefined: number",
            json!(-1.5),
            json!([1]),
            "a number",
        ),
        (
            "x",
            "type: by_equality",
            json!("x"),
            json!("y"),
            "asks for \"x\"",
        ),
        (
            "{ a: 1 }",
            "type: by_equality",
            json!({ "a": 1 }),
            json!({ "a": 1, "b": 2 }),
            "asks for {\"a\":1}",
        ),
        (
            "x",
            "type: by_type",
            json!("y"),
            json!(1),
            "asks for a string",
        ),
        (
            "1",
            "type: by_type",
            json!(2.5),
            json!("2"),
            "asks for a number",
        ),
        (
            "[1]",
            "type: by_type",
            json!([]),
            json!({}),
            "asks for an array",
        ),
        (
            "[1, 2]",
            "type: by_type, minOccurrence: 1",
            json!([1]),
            json!([]),
            "an array of at least 1 item",
        ),
        (
            "[1, 2]",
            "type: by_type, maxOccurrence: 2",
            json!([1, 2]),
            json!([1, 2, 3]),
            "an array of at most 2 items",
        ),
        (
            "[]",
            "type: by_type, maxOccurrence: 0",
            json!([]),
            json!([1]),
            "an array of at most 0 items",
        ),
        (
            "[1]",
            "type: by_type, minOccurrence: 1, maxOccurrence: 2",
            json!([1, 2]),
            json!(1),
            "an array of 1 to 2 items",
        ),
        (
            "null",
            "type: by_null",
            json!(null),
            json!(0),
            "asks for null",
        ),
        (
            "[{ id: 1 }]",
            "type: by_regex, predefined: number",
            json!([{ "id": 1 }, { "id": 2 }]),
            json!([{ "id": 1 }, { "id": "x" }]),
            "a number",
        ),
        (
            "[{ id: 1 }]",
            "type: by_type, minOccurrence: 2",
            json!([{ "id": 1 }, { "id": 2 }]),
            json!([{ "id": 1 }]),
            "at least 2 items",
        ),
    ];
    for (own, matcher, good, bad, words) in cases {
        let path = if own.contains("id:") {
            "$.v[*].id"
        } else {
            "$.v"
        };
        let response = format!(
            "status: 200\nbody:\n  v: {own}\n  w: 1\nmatchers:\n  body:\n    - {{ path: '{path}', {matcher} }}"
        );
        let body = |v: &Value| json!({ "v": v, "w": 1, "more": true });
        let done = judged(&response, Reply::json(200, &body(&good))).await;
        assert_eq!(
            *outcome(&done),
            InteractionOutcome::Verified,
            "{matcher}: {good}"
        );
        let done = judged(&response, Reply::json(200, &body(&bad))).await;
        let told = told(&done);
        let [(place, message, mark)] = &told[..] else {
            panic!("{matcher}: {bad}: {told:?}");
        };
        assert_eq!(*place, format!("body {path}"), "{matcher}");
        assert!(message.contains(words), "{matcher}: {message}");
        assert_eq!(*mark, format!("path: '{path}'"), "{matcher}");
        // Where there is nothing, no matcher is met.
        if !own.contains("id:") {
            let done = judged(&response, Reply::json(200, &json!({ "w": 1 }))).await;
            assert!(
                done.mismatches()[0].message.contains("is missing"),
                "{matcher}"
            );
        }
    }
}

#[tokio::test]
async fn status_headers_cookies_and_fields_are_told_each_at_its_place() {
    let response = "
status: 200
headers:
  Content-Type: application/json
  X-Id: abc1
  X-Gone: x
cookies:
  session: s3cret
body:
  list:
    - { value: '0', text: 'No' }
    - { value: '1', text: 'Yes' }
  inner: { a: 1 }
matchers:
  headers:
    - { key: X-Id, regex: '[a-z]+[0-9]' }
    - { key: X-Unlisted, predefined: uuid }
  cookies:
    - { key: theme, regex: dark|light }";
    let good = json!({ "list": [{ "value": "1", "text": "Yes" }, { "value": "0", "text": "No" }],
        "inner": { "a": 1, "b": 2 } });
    let mut reply = Reply::json(200, &good);
    for (name, value) in [
        ("x-id", "b2"),
        ("x-gone", "x"),
        ("x-unlisted", "01234567-89ab-cdef-0123-456789abcdef"),
        ("set-cookie", "session=s3cret; Path=/"),
        ("set-cookie", "theme=dark"),
    ] {
        reply.headers.push((name, value.to_owned()));
    }
    let done = judged(response, reply).await;
    assert_eq!(*outcome(&done), InteractionOutcome::Verified);

    let mixed = json!({ "list": [{ "value": "0", "text": "Yes" }, { "value": "1", "text": "No" }],
        "inner": { "a": "1" } });
    let mut reply = Reply::json(500, &mixed);
    reply.headers = vec![
        ("content-type", "text/plain".to_owned()),
        ("x-id", "1".to_owned()),
        ("set-cookie", "session=other".to_owned()),
    ];
    let done = judged(response, reply).await;
    let told = told(&done);
    let places: Vec<(&str, &str)> = told.iter().map(|it| (&*it.0, &*it.2)).collect();
    assert_eq!(
        places,
        [
            ("status", "status: 200"),
            ("header Content-Type", "Content-Type: application/json"),
            ("header X-Id", "X-Id: abc1"),
            ("header X-Gone", "X-Gone: x"),
            ("header X-Unlisted", "key: X-Unlisted"),
            ("cookie session", "session: s3cret"),
            ("cookie theme", "key: theme"),
            ("body $.list[0].text", "text: 'No'"),
            ("body $.list[1].text", "text: 'Yes'"),
            ("body $.inner.a", "a: 1"),
        ]
    );
    let said = format!(
        "{:?}",
        done.mismatches()
            .iter()
            .map(|it| (&it.message, &it.expected, &it.actual))
            .collect::<Vec<_>>()
    );
    assert!(
        !said.contains("s3cret") && !said.contains("other"),
        "{said}"
    );
    assert!(
        said.contains("header `X-Id` is `1`, the contract asks for text matching /[a-z]+[0-9]/"),
        "{said}"
    );
}

#[tokio::test]
async fn bodies_that_are_no_json_are_compared_as_what_they_are() {
    let text = "status: 200\nheaders: { Content-Type: text/plain }\nbody: hello";
    let done = judged(text, Reply::text(200, "hello\n")).await;
    assert_eq!(*outcome(&done), InteractionOutcome::Verified);
    let done = judged(text, Reply::text(200, "hullo")).await;
    assert_eq!(told(&done)[0].1, "the body differs");
    let whole =
        "status: 200\nbody: hello\nmatchers: { body: [{ type: by_regex, value: 'h.llo' }] }";
    let done = judged(whole, Reply::text(200, "hullo")).await;
    assert_eq!(*outcome(&done), InteractionOutcome::Verified);
    let done = judged(whole, Reply::text(200, "hell")).await;
    assert_eq!(told(&done)[0].1, "the body is not text matching /h.llo/");
    let both = "status: 200\nbody: { a: 1, b: 1 }\nmatchers: { body: [{ type: by_regex, value: '.*' }, { path: $.a, type: by_type }] }";
    let done = judged(both, Reply::text(200, "{\"a\": 2}")).await;
    assert_eq!(*outcome(&done), InteractionOutcome::Verified);
    let done = judged(both, Reply::text(200, "{\"a\": \"2\"}")).await;
    assert_eq!(told(&done)[0].0, "body $.a");
    let json = "status: 200\nbody: { a: 1 }";
    let done = judged(json, Reply::text(200, "a=1")).await;
    assert_eq!(told(&done)[0].1, "the body is not JSON");
    let done = judged(json, Reply::text(200, "")).await;
    assert_eq!(told(&done)[0].1, "the answer has no body");
    // Without a body in the contract, any will do.
    let done = judged("status: 200", Reply::text(200, "x")).await;
    assert_eq!(*outcome(&done), InteractionOutcome::Verified);
}

#[tokio::test]
async fn the_bytes_of_a_file_are_expected_and_sent() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.bin"), b"\x00\xff\r\n").unwrap();
    let path = folder.path().join("c.yml");
    let yaml = "
request: { method: put, url: /f, bodyFromFileAsBytes: a.bin, cookies: { a: 1, b: x } }
response: { status: 200, bodyFromFileAsBytes: a.bin }";
    std::fs::write(&path, yaml).unwrap();
    let echo = StandIn::start(|asked| Reply {
        status: 200,
        headers: Vec::new(),
        body: asked.body.clone(),
    })
    .await;
    let done = verify_at(&echo.url, &spring_plan(&path)).await;
    assert_eq!(*outcome(&done), InteractionOutcome::Verified);
    let asked = echo.asked.lock().unwrap()[0].clone();
    assert_eq!(asked.body, Bytes::from_static(b"\x00\xff\r\n"));
    assert_eq!(asked.headers["cookie"], "a=1; b=x");
    let other = StandIn::start(|_| Reply::text(200, "\n")).await;
    let done = verify_at(&other.url, &spring_plan(&path)).await;
    assert_eq!(told(&done)[0].0, "body");
}

#[tokio::test]
async fn what_is_sent_are_the_contracts_own_values() {
    let yaml = "
- name: form
  request:
    method: POST
    url: /a?x=1
    queryParameters: { y: [2, z w], gone: 1 }
    headers: { Content-Type: application/x-www-form-urlencoded, X-Many: [a, b] }
    body: { name: Sur ya, n: 1 }
    matchers:
      queryParameters:
        - { key: gone, type: absent }
        - { key: y, type: containing, value: 2 }
  response: { status: 200 }
- name: multipart
  request:
    method: PUT
    url: /multipart
    headers: { Content-Type: multipart/form-data;boundary=AaB03x }
    multipart:
      params: { field: '\"value\"', flag: true }
      named:
        - { paramName: file, fileName: f.csv, fileContent: file content, contentType: text/csv }
    matchers:
      multipart:
        params: [{ key: field, regex: '.+' }]
        named: [{ paramName: file, fileName: { predefined: non_empty } }]
  response: { status: 200 }";
    let (_folder, path) = contract(yaml);
    let provider = StandIn::start(|_| Reply::text(200, "")).await;
    let done = verify_at(&provider.url, &spring_plan(path)).await;
    assert_eq!(done.summary.verified, 2, "{:?}", done.interactions());
    let asked = provider.asked.lock().unwrap().clone();
    assert_eq!(asked[0].line, "POST /a?x=1&y=2&y=z+w");
    assert_eq!(asked[0].body, "name=Sur+ya&n=1");
    assert_eq!(
        asked[1].headers["content-type"],
        "multipart/form-data;boundary=AaB03x"
    );
    assert_eq!(
        asked[1].body,
        "--AaB03x\r\nContent-Disposition: form-data; name=\"field\"\r\n\r\n\"value\"\r\n\
         --AaB03x\r\nContent-Disposition: form-data; name=\"flag\"\r\n\r\ntrue\r\n\
         --AaB03x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\
         Content-Type: text/csv\r\n\r\nfile content\r\n--AaB03x--\r\n"
    );
}

/// What is malformed, or cannot be verified, with what it underlines.
#[tokio::test]
async fn what_is_not_tried_says_why_at_its_place() {
    let request = "request: { method: GET, url: / }";
    let of_response = |response: &str| format!("{request}\nresponse:\n  {response}");
    let matcher = |matcher: &str| {
        of_response(&format!(
            "status: 200\n  body: {{ a: 1 }}\n  matchers: {{ body: [{{ {matcher} }}] }}"
        ))
    };
    let cases = [
        (
            "broken",
            "a contract has no key `reqest`: did you mean `request`?",
            "reqest: 1",
            "reqest: 1".to_owned(),
        ),
        (
            "broken",
            "a contract has no `response`",
            "request",
            request.to_owned(),
        ),
        (
            "broken",
            "a request has neither `url` nor `urlPath`",
            "request",
            "request: { method: GET }\nresponse: { status: 200 }".to_owned(),
        ),
        (
            "broken",
            "has both `url` and `urlPath`",
            "urlPath: /",
            "request: { method: GET, url: /, urlPath: / }\nresponse: { status: 200 }".to_owned(),
        ),
        (
            "broken",
            "names a host",
            "url: http://a/b",
            "request: { method: GET, url: 'http://a/b' }\nresponse: { status: 200 }"
                .replace('\'', ""),
        ),
        (
            "broken",
            "a response has no `status`",
            "response",
            of_response("headers: {}"),
        ),
        (
            "broken",
            "`99` is not a status code",
            "status: 99",
            of_response("status: 99"),
        ),
        (
            "broken",
            "two bodies: `body` and `bodyFromFile`",
            "bodyFromFile: a",
            of_response("status: 200\n  body: x\n  bodyFromFile: a"),
        ),
        (
            "broken",
            "`../x` is outside the contract's folder",
            "bodyFromFile: ../x",
            of_response("status: 200\n  bodyFromFile: ../x"),
        ),
        (
            "broken",
            "`/etc/passwd` is outside",
            "bodyFromFile: /etc/passwd",
            of_response("status: 200\n  bodyFromFile: /etc/passwd"),
        ),
        (
            "broken",
            "did you mean `by_regex`?",
            "type: by_rgex",
            matcher("path: $.a, type: by_rgex"),
        ),
        (
            "broken",
            "no pattern is predefined as `nubmer`: did you mean `number`?",
            "predefined: nubmer",
            matcher("path: $.a, type: by_regex, predefined: nubmer"),
        ),
        (
            "broken",
            "neither `value` nor `predefined`",
            "{",
            matcher("path: $.a, type: by_regex"),
        ),
        (
            "broken",
            "the contract's own body has nothing at `$.b`",
            "path: $.b",
            matcher("path: $.b, type: by_type"),
        ),
        (
            "broken",
            "`a.b` is not a JSONPath",
            "path: a.b",
            matcher("path: a.b, type: by_null"),
        ),
        (
            "broken",
            "not a regular expression",
            "value: (",
            matcher("path: $.a, type: by_regex, value: ("),
        ),
        (
            "broken",
            "its own header `X` is `a`, which is not text matching /b/",
            "key: X",
            of_response(
                "status: 200\n  headers: { X: a }\n  matchers: { headers: [{ key: X, regex: b }] }",
            ),
        ),
        (
            "broken",
            "its body is not JSON, and has no paths",
            "path: $.a",
            of_response(
                "status: 200\n  body: text\n  matchers: { body: [{ path: $.a, type: by_null }] }",
            ),
        ),
        (
            "unsupported",
            "it is a path into XML",
            "path: $.a",
            of_response(
                "status: 200\n  body: <a/>\n  matchers: { body: [{ path: $.a, type: by_null }] }",
            ),
        ),
        (
            "unsupported",
            "it calls `check($it)`",
            "value: check($it)",
            matcher("path: $.a, type: by_command, value: check($it)"),
        ),
        (
            "unsupported",
            "it calls `check($it)`",
            "command: check($it)",
            of_response(
                "status: 200\n  headers: { X: a }\n  matchers: { headers: [{ key: X, command: check($it) }] }",
            ),
        ),
        (
            "unsupported",
            "a message that `send()` sends",
            "input",
            "input: { triggeredBy: send() }\noutputMessage: { sentTo: q }".to_owned(),
        ),
        (
            "unsupported",
            "it is a message",
            "outputMessage",
            "outputMessage: { sentTo: q }".to_owned(),
        ),
        (
            "unsupported",
            "its body is XML",
            "body: <a/>",
            of_response("status: 200\n  body: <a/>"),
        ),
        (
            "unsupported",
            "refers to the request",
            "a: '{{{ request.url }}}'",
            of_response("status: 200\n  body:\n    a: '{{{ request.url }}}'"),
        ),
        (
            "skipped",
            "`ignored: true`",
            "ignored: true",
            format!("ignored: true\n{}", of_response("status: 200")),
        ),
        (
            "skipped",
            "`inProgress: true`",
            "inProgress: true",
            format!("inProgress: true\n{}", of_response("status: 200")),
        ),
    ];
    let provider = StandIn::start(|_| Reply::text(200, "")).await;
    for (kind, words, mark, yaml) in cases {
        let (_folder, path) = contract(&yaml);
        let done = verify_at(&provider.url, &spring_plan(path)).await;
        let (is, why) = match outcome(&done) {
            InteractionOutcome::Failed(why) => ("broken", why),
            InteractionOutcome::Unsupported(why) => ("unsupported", why),
            InteractionOutcome::Skipped(why) => ("skipped", why),
            other => panic!("{yaml}: {other:?}"),
        };
        assert_eq!(is, kind, "{yaml}: {why}");
        assert!(why.contains(words), "{yaml}: {why}");
        assert_eq!(marked(&done.interactions()[0].span), mark, "{yaml}");
        assert!(!done.summary.passed());
    }
    assert!(provider.lines().is_empty(), "nothing of it was sent");
}

#[tokio::test]
async fn what_is_no_yaml_fails_as_a_file_and_nothing_at_all_is_told() {
    let provider = StandIn::start(|_| Reply::text(200, "")).await;
    let (folder, path) = contract("request: [\n");
    let done = verify_at(&provider.url, &spring_plan(path)).await;
    let (message, _) = done.contracts_failed()[0];
    assert!(message.contains("not YAML"), "{message}");
    std::fs::write(folder.path().join("contract.yaml"), b"a: \xff").unwrap();
    let done = verify_at(&provider.url, &spring_plan(folder.path())).await;
    assert!(done.contracts_failed()[0].0.contains("UTF-8"));
    std::fs::write(folder.path().join("contract.yaml"), "---\n# nothing\n").unwrap();
    let done = verify_at(&provider.url, &spring_plan(folder.path())).await;
    let (message, _) = done.contracts_failed()[0];
    assert!(
        message.contains("RT0501") && message.contains("lists no interactions"),
        "{message}"
    );
    std::fs::remove_file(folder.path().join("contract.yaml")).unwrap();
    let done = verify_at(&provider.url, &spring_plan(folder.path())).await;
    let (message, _) = done.contracts_failed()[0];
    assert!(message.contains("no *.yaml or *.yml file"), "{message}");
}

fn with_jobs(mut plan: ContractPlan, jobs: usize) -> ContractPlan {
    match &mut plan.kind {
        ContractKind::SpringCloudContract(spring) => spring.jobs = jobs,
        other => panic!("not of Spring Cloud Contract but {other}"),
    }
    plan
}

#[tokio::test]
async fn a_scenario_is_asked_in_its_order_whatever_the_jobs() {
    let folder = tempfile::tempdir().unwrap();
    for number in 1..=12 {
        let yaml =
            format!("request: {{ method: GET, url: /{number} }}\nresponse: {{ status: 200 }}");
        std::fs::write(folder.path().join(format!("{number}_step.yaml")), yaml).unwrap();
    }
    let provider = StandIn::start(|_| Reply::text(200, "")).await;
    let done = verify_at(&provider.url, &with_jobs(spring_plan(folder.path()), 8)).await;
    assert_eq!(done.summary.verified, 12);
    let expected: Vec<String> = (1..=12).map(|number| format!("GET /{number}")).collect();
    assert_eq!(provider.lines(), expected);
}
