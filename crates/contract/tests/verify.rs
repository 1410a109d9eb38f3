//! Verification of pact files against providers that behave and providers that do not.

mod stand_in;

use std::time::Duration;

use rtest_contract::VerifySummary;
use rtest_core::Excerpt;
use rtest_core::event::{InteractionOutcome, InteractionResult};
use serde_json::json;
use stand_in::{
    Reply, StandIn, call, fixture, handlers, marked, pact, plan, state, storefront, user_7,
    verify_at, verify_until,
};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_provider_that_keeps_its_contracts_is_verified_in_file_order() {
    let provider = storefront(false).await;
    let mut plan = plan(fixture("pacts"));
    handlers(&mut plan).push(user_7());
    let done = verify_at(&provider.url, &plan).await;
    for one in done.interactions() {
        assert_eq!(
            one.outcome,
            InteractionOutcome::Verified,
            "{}",
            one.description
        );
    }
    let told: Vec<(String, String)> = done
        .interactions()
        .iter()
        .map(|one| (one.consumer.clone(), one.request.clone()))
        .collect();
    let expected = [
        ("mobile", "GET /users/7"),
        ("mobile", "GET /products/2"),
        ("web", "GET /health"),
        ("web", "GET /products/1"),
        ("web", "GET /products/4711"),
        ("web", "POST /users"),
        ("web", "GET /users/7"),
        ("web", "POST /orders"),
    ];
    assert_eq!(
        told,
        expected.map(|(who, what)| (who.to_owned(), what.to_owned()))
    );
    let all = VerifySummary {
        verified: 8,
        ..VerifySummary::default()
    };
    assert_eq!(done.summary, all);
    assert!(done.summary.passed());
    let seventh: &InteractionResult = done.interactions()[6];
    assert_eq!(seventh.states, ["user 7 exists"]);
    assert_eq!(seventh.span.line, 114);
    assert_eq!(marked(&seventh.span), r#""description": "shows user 7""#);
}

/// The text that the canary suite shows: the place, the line, the sentence.
#[tokio::test]
async fn a_renamed_field_is_shown_at_its_line_with_the_likely_new_name() {
    let provider = storefront(true).await;
    let mut plan = plan(fixture("pacts/web-storefront.json"));
    handlers(&mut plan).push(user_7());
    let done = verify_at(&provider.url, &plan).await;
    assert_eq!((done.summary.verified, done.summary.mismatched), (4, 2));
    let shown: Vec<String> = done
        .interactions()
        .iter()
        .filter_map(|one| match &one.outcome {
            InteractionOutcome::Mismatched(mismatches) => Some((one, mismatches)),
            _ => None,
        })
        .flat_map(|(one, mismatches)| {
            mismatches.iter().map(|mismatch| {
                let excerpt = Excerpt {
                    span: &mismatch.span,
                    label: Some(&mismatch.message),
                };
                format!(
                    "{}: {} at line {}\n{excerpt}\n  expected {}\n  actual   {}",
                    one.description,
                    mismatch.location,
                    mismatch.span.line,
                    mismatch.expected,
                    mismatch.actual
                )
            })
        })
        .collect();
    let golden = r#"registers a user: body $.email at line 101
101 |             "email": "surya@example.com"
    |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `$.email` is missing from the answer; likely renamed to `userEmail`, which is new and of the same type
  expected "surya@example.com"
  actual   nothing

shows user 7: body $.email at line 130
130 |             "email": "surya@example.com"
    |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `$.email` is missing from the answer; likely renamed to `userEmail`, which is new and of the same type
  expected text matching /^[^@\s]+@[^@\s]+$/, such as "surya@example.com"
  actual   nothing"#;
    assert_eq!(shown.join("\n\n"), golden);
}

#[tokio::test]
async fn malformed_contracts_fail_each_at_their_place_and_the_others_go_on() {
    let provider = storefront(false).await;
    let done = verify_at(&provider.url, &plan(fixture("pacts-malformed"))).await;
    let told: Vec<String> = done
        .contracts_failed()
        .iter()
        .map(|(message, span)| {
            let file = span.file.rsplit('/').next().unwrap_or_default();
            format!("{file}:{}:{} {message}", span.line, span.column)
        })
        .collect();
    let rt0502 = "RT0502: a contract that cannot be read:";
    assert_eq!(
        told,
        [
            format!("invalid-utf8.json:5:35 {rt0502} it is not text in UTF-8"),
            format!(
                "not-a-pact.json:1:1 {rt0502} it is JSON, but not a pact: \
                 it does not say `provider: {{ name: … }}`"
            ),
            format!("not-json.json:5:67 {rt0502} it is not JSON: expected `,` or `}}`"),
            format!(
                "unknown-version.json:12:28 {rt0502} \
                 pact specification `9.0` is not supported; versions 1 to 4 are"
            ),
        ]
    );
    let why = "the provider gave no message: `POST /` was answered 404: no such path";
    assert_eq!(done.failure(), why);
    assert_eq!(done.interactions()[0].description, "an order was placed");
    assert_eq!(done.summary.failed, 5);
    assert!(!done.summary.passed());
}

#[tokio::test]
async fn verifying_nothing_is_a_failure_that_says_what_was_there() {
    let provider = storefront(false).await;
    let said = async |source: &str, provider_name: &str| {
        let mut plan = plan(fixture(source));
        plan.provider = provider_name.to_owned();
        let done = verify_at(&provider.url, &plan).await;
        assert!(done.interactions().is_empty());
        assert_eq!((done.summary.failed, done.summary.passed()), (1, false));
        let [(message, span)] = &done.contracts_failed()[..] else {
            panic!("{:?}", done.events);
        };
        assert_eq!(&&*span.file, &"suite.yaml");
        assert!(
            message.starts_with("RT0501: no interaction was verified: looked in `"),
            "{message}"
        );
        let (_, tail) = message
            .split_once("for pacts of ")
            .expect("what was looked for");
        tail.to_owned()
    };
    assert_eq!(
        said("pacts-malformed/empty", "storefront").await,
        "provider `storefront`; there is no *.json file in it"
    );
    assert_eq!(
        said("pacts", "Storefront").await,
        "provider `Storefront`; the pacts there are for `storefront` (2); \
         `storefront` differs only in case: did you mean it?"
    );
    assert_eq!(
        said("pacts", "storefrnt").await,
        "provider `storefrnt`; the pacts there are for `storefront` (2); \
         did you mean `storefront`?"
    );
    assert_eq!(
        said("pacts", "billing").await,
        "provider `billing`; the pacts there are for `storefront` (2)"
    );
    let (_folder, path) = pact("3.0.0", json!([]));
    let done = verify_at(&provider.url, &plan(&path)).await;
    let (message, _) = done.contracts_failed()[0];
    assert!(
        message.contains("is for it and lists no interactions"),
        "{message}"
    );
    assert!(
        provider.lines().is_empty(),
        "nothing was asked of the provider"
    );
}

#[tokio::test]
async fn a_source_or_an_address_that_is_not_there_fails_at_the_suite() {
    let done = verify_at("http://127.0.0.1:1", &plan("no/such/folder")).await;
    let (message, span) = done.contracts_failed()[0];
    assert!(
        message.contains("`no/such/folder`: No such file"),
        "{message}"
    );
    assert_eq!(&*span.file, "suite.yaml");
    assert_eq!(done.events.len(), 1, "said once");

    let done = verify_at("storefront:8080", &plan(fixture("pacts"))).await;
    let (message, _) = done.contracts_failed()[0];
    assert!(
        message.contains("`storefront:8080` is not an address"),
        "{message}"
    );
}

fn get_user(states: serde_json::Value) -> serde_json::Value {
    json!([{
        "description": "shows user 7", "providerStates": states,
        "request": { "method": "GET", "path": "/users/7" },
        "response": { "status": 200 }
    }])
}

#[tokio::test]
async fn a_state_without_a_handler_fails_with_a_template_to_paste() {
    let provider = storefront(false).await;
    let states = json!([{ "name": "user 7 exists", "params": { "id": 7 } }]);
    let (_folder, path) = pact("3.0.0", get_user(states));
    let done = verify_at(&provider.url, &plan(path)).await;
    assert_eq!(
        done.failure(),
        "RT0503: a provider state that nothing sets up: `user 7 exists`\n\
         add to this entry of `contracts`:\n\n    states:\n      \
         \"user 7 exists\": { http: { post: /PATH, json: {\"id\":7} } }"
    );
    assert!(provider.lines().is_empty(), "no request without its state");
}

#[tokio::test]
async fn a_state_that_is_true_anyway_needs_no_call() {
    let provider = StandIn::start(|_| Reply::text(200, "")).await;
    let (_folder, path) = pact("3.0.0", get_user(json!([{ "name": "always" }])));
    let mut plan = plan(path);
    handlers(&mut plan).push(state("always", []));
    let done = verify_at(&provider.url, &plan).await;
    assert!(done.summary.passed(), "{:?}", done.events);
    assert_eq!(provider.lines(), ["GET /users/7"]);
}

#[tokio::test]
async fn a_state_handler_that_fails_is_shown_with_its_answer() {
    let provider = StandIn::start(|asked| match asked.line.as_str() {
        "POST /users" => Reply::text(500, "duplicate key value\nviolates \"users_pkey\""),
        _ => Reply::text(200, ""),
    })
    .await;
    let (_folder, path) = pact("3.0.0", get_user(json!([{ "name": "user 7 exists" }])));
    let mut plan = plan(path);
    handlers(&mut plan).push(user_7());
    let done = verify_at(&provider.url, &plan).await;
    assert_eq!(
        done.failure(),
        "provider state `user 7 exists`: `POST /users` was answered 500: \
         duplicate key value violates \"users_pkey\""
    );
    assert_eq!(
        provider.lines(),
        ["POST /users"],
        "the request itself was not sent"
    );
}

#[tokio::test]
async fn states_are_set_up_in_order_and_their_values_reach_the_request() {
    let provider = StandIn::start(|asked| match asked.line.as_str() {
        "POST /base/users?new" => Reply::json(201, &json!({ "userId": 42 })),
        _ => Reply::text(200, ""),
    })
    .await;
    let (_folder, path) = pact(
        "4.0",
        json!([{
            "type": "Synchronous/HTTP", "description": "shows a new user",
            "providerStates": [{ "name": "a user" }, { "name": "the shop is open", "params": { "day": "mon" } }],
            "request": {
                "method": "GET", "path": "/users/1", "query": { "day": ["sun"] },
                "generators": {
                    "path": { "type": "ProviderState", "expression": "/users/${userId}" },
                    "query": { "day": { "type": "ProviderState", "expression": "${day}" } }
                }
            },
            "response": { "status": 200 }
        }]),
    );
    let mut plan = plan(path);
    handlers(&mut plan).push(state("the shop is open", [call("POST", "/open", None)]));
    handlers(&mut plan).push(state("a user", [call("POST", "/users?new", None)]));
    let done = verify_at(&format!("{}/base", provider.url), &plan).await;
    assert!(done.summary.passed(), "{:?}", done.events);
    let expected = [
        "POST /base/users?new",
        "POST /base/open",
        "GET /base/users/42?day=mon",
    ];
    assert_eq!(provider.lines(), expected);
}

fn health() -> serde_json::Value {
    json!([{
        "description": "is the shop open",
        "request": { "method": "GET", "path": "/health" },
        "response": { "status": 200, "body": { "status": "ok" } }
    }])
}

/// Paused time: the ten seconds pass as soon as nothing else can happen.
#[tokio::test(start_paused = true)]
async fn a_provider_that_never_answers_is_given_up_after_ten_seconds() {
    let provider = StandIn::silent().await;
    let (_folder, path) = pact("3.0.0", health());
    let begun = tokio::time::Instant::now();
    let done = verify_at(&provider.url, &plan(path)).await;
    let took = begun.elapsed();
    let port = provider.port;
    assert_eq!(
        done.failure(),
        format!("the provider at 127.0.0.1:{port} did not answer `GET /health` within 10s")
    );
    assert!(took < Duration::from_secs(11), "{took:?}");
}

#[tokio::test]
async fn a_provider_that_closes_answers_garbage_or_is_not_there_is_named() {
    let (_folder, path) = pact("3.0.0", health());
    let plan = plan(path);
    let closed = StandIn::raw(b"").await;
    let garbage = StandIn::raw(b"\x16\x03\x01 this is not HTTP\r\n\r\n").await;
    let cut = StandIn::raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"st").await;
    for (provider, why) in [
        (closed, "connection closed before message completed"),
        (garbage, "invalid HTTP version parsed"),
        (cut, "end of file before message length reached"),
    ] {
        let done = verify_at(&provider.url, &plan).await;
        let address = format!(
            "the provider at 127.0.0.1:{} gave no whole answer",
            provider.port
        );
        assert!(done.failure().starts_with(&address), "{}", done.failure());
        assert!(done.failure().ends_with(why), "{}", done.failure());
    }
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address")
    };
    let done = verify_at(&format!("http://{gone}"), &plan).await;
    let refused = format!("cannot connect to the provider at {gone}: ");
    assert!(done.failure().starts_with(&refused), "{}", done.failure());
    assert!(done.failure().contains("refused"), "{}", done.failure());
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let large = bytes::Bytes::from(vec![b'x'; (16 << 20) + 1]);
    let provider = StandIn::start(move |_| Reply {
        status: 200,
        headers: Vec::new(),
        body: large.clone(),
    })
    .await;
    let (_folder, path) = pact("3.0.0", health());
    let done = verify_at(&provider.url, &plan(path)).await;
    assert!(
        done.failure().ends_with("with more than 16 MiB"),
        "{}",
        done.failure()
    );
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let provider = StandIn::start(|asked| match asked.line.as_str() {
        "GET /health" => Reply {
            status: 302,
            headers: vec![("location", "/elsewhere".to_owned())],
            body: bytes::Bytes::new(),
        },
        _ => Reply::json(200, &json!({ "status": "ok" })),
    })
    .await;
    let (_folder, path) = pact("3.0.0", health());
    let done = verify_at(&provider.url, &plan(path)).await;
    assert_eq!(done.mismatches()[0].location, "status");
    assert_eq!(done.mismatches()[0].actual, "302");
    assert_eq!(provider.lines(), ["GET /health"]);
}

#[tokio::test]
async fn cancelling_ends_the_interaction_under_way_and_begins_no_other() {
    let cancel = CancellationToken::new();
    let from_the_provider = cancel.clone();
    let provider = StandIn::start(move |_| {
        from_the_provider.cancel();
        Reply::json(200, &json!({ "status": "ok" }))
    })
    .await;
    let two = [health(), health()].map(|one| one[0].clone());
    let (_folder, path) = pact("3.0.0", json!(two));
    let done = verify_until(&provider.url, &plan(path), cancel).await;
    assert_eq!(done.failure(), "interrupted before it was verified");
    assert_eq!(provider.lines().len(), 1, "the second was not begun");
    assert!(done.contracts_failed().is_empty(), "{:?}", done.events);
}

#[tokio::test]
async fn a_contract_that_the_pact_crates_cannot_bear_fails_alone() {
    let provider = storefront(false).await;
    let (folder, _path) = pact("3.0.0", health());
    // An index that does not fit any integer: `pact_models` panics on it.
    let index = "9".repeat(40);
    let rule = json!({ "matchers": [{ "match": "type" }] });
    let rules = json!({ "body": { format!("$.items[{index}]"): rule } });
    let hostile = json!({
        "consumer": { "name": "web" }, "provider": { "name": "storefront" },
        "interactions": [{ "description": "x", "request": { "path": "/health" },
            "response": { "status": 200, "matchingRules": rules } }]
    });
    std::fs::write(folder.path().join("hostile.json"), hostile.to_string()).expect("written");
    let done = verify_at(&provider.url, &plan(folder.path())).await;
    let [(message, _)] = &done.contracts_failed()[..] else {
        panic!("{:?}", done.events);
    };
    assert!(
        message.contains("hostile.json`: the pact crates gave up on it"),
        "{message}"
    );
    assert_eq!((done.summary.verified, done.summary.failed), (1, 1));
}

/// The sentence of a single mismatch between a V3 contract and an answer.
async fn said(body: serde_json::Value, rules: serde_json::Value, is: serde_json::Value) -> String {
    let provider = StandIn::start(move |_| Reply::json(200, &is)).await;
    let (_folder, path) = pact(
        "3.0.0",
        json!([{
            "description": "one", "request": { "method": "GET", "path": "/" },
            "response": { "status": 200, "body": body, "matchingRules": { "body": rules } }
        }]),
    );
    let mismatches = verify_at(&provider.url, &plan(path)).await.mismatches();
    assert_eq!(mismatches.len(), 1, "{mismatches:?}");
    mismatches[0].message.clone()
}

#[tokio::test]
async fn each_kind_of_difference_has_its_sentence() {
    let one = |rule: serde_json::Value| json!({ "matchers": [rule] });
    assert_eq!(
        said(json!([1, 2]), json!({}), json!([1, 2, 3])).await,
        "`$` has 3 items, the contract has 2"
    );
    assert_eq!(
        said(json!({ "a": "x" }), json!({}), json!({ "a": "y" })).await,
        "`$.a` is \"y\", the contract has \"x\""
    );
    assert_eq!(
        said(json!({ "a": { "b": 1 } }), json!({}), json!({ "a": [1] })).await,
        "`$.a` is an array, the contract has an object"
    );
    let date = json!({ "$.a": one(json!({ "match": "date", "format": "yyyy-MM-dd" })) });
    assert_eq!(
        said(json!({ "a": "2024-01-01" }), date, json!({ "a": "soon" })).await,
        "`$.a` is \"soon\", the contract asks for a date like `yyyy-MM-dd`"
    );
    let variants = json!({ "match": "arrayContains", "variants": [{ "index": 0, "rules": {} }] });
    assert_eq!(
        said(
            json!({ "a": [5] }),
            json!({ "$.a": one(variants) }),
            json!({ "a": [1, 2] })
        )
        .await,
        "`$.a`: Variant at index 0 (5) was not found in the actual list"
    );
    let each = json!({ "match": "eachValue", "value": "x", "rules": [{ "match": "regex", "regex": "^x$" }] });
    assert_eq!(
        said(
            json!({ "a": ["x"] }),
            json!({ "$.a": one(each) }),
            json!({ "a": ["q"] })
        )
        .await,
        "`$.a[0]`: Expected 'q' to match '^x$'"
    );
}

#[tokio::test]
async fn a_rule_that_would_run_without_bound_fails_its_interaction_only() {
    let provider =
        StandIn::start(|_| Reply::json(200, &json!({ "status": format!("{}!", "a".repeat(64)) })))
            .await;
    let with_regex = |description: &str, regex: &str| {
        json!({
            "description": description,
            "request": { "method": "GET", "path": "/health" },
            "response": {
                "status": 200, "body": { "status": "a" },
                "matchingRules": { "body": { "$.status": { "matchers": [{ "match": "regex", "regex": regex }] } } }
            }
        })
    };
    let (_folder, path) = pact(
        "3.0.0",
        json!([
            with_regex("huge", &"(a|b)".repeat(10_000)),
            with_regex("nested", "((((a{999}){999}){999}){999}){999}"),
            with_regex("backtracking", "^(a|a)*(a|a)*(a|a)*$"),
            with_regex("not a regex", "(a"),
            with_regex("fine", "^a+!$"),
        ]),
    );
    let done = verify_at(&provider.url, &plan(path)).await;
    let outcomes: Vec<&InteractionOutcome> =
        done.interactions().iter().map(|one| &one.outcome).collect();
    let failed = |outcome: &InteractionOutcome, part: &str| match outcome {
        InteractionOutcome::Failed(why) => assert!(why.contains(part), "{why}"),
        other => panic!("{other:?}"),
    };
    failed(outcomes[0], "regular expression of 50000 bytes");
    failed(outcomes[1], "repeats too much");
    failed(outcomes[2], "could not be matched");
    match outcomes[3] {
        InteractionOutcome::Mismatched(_) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(outcomes[4], &InteractionOutcome::Verified);
}

#[tokio::test]
async fn each_field_is_told_once_in_the_contracts_order_and_extra_fields_are_allowed() {
    let provider = StandIn::start(|_| Reply {
        status: 500,
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("x-trace", "t-1".to_owned()),
            ("set-cookie", "session=hunter2".to_owned()),
        ],
        body: json!({
            "id": "seven", "tags": ["a"], "address": { "zip": 1 }, "code": "x", "extra": true
        })
        .to_string()
        .into(),
    })
    .await;
    let (_folder, path) = pact(
        "2.0.0",
        json!([{
            "description": "all wrong",
            "request": { "method": "GET", "path": "/" },
            "response": {
                "status": 200,
                "headers": { "X-Trace": "t-0", "Set-Cookie": "session=1", "X-Gone": "1" },
                "body": {
                    "id": 7, "tags": ["a"], "address": { "city": "Pune", "zip": 1 },
                    "code": "AB", "name": "Surya"
                },
                "matchingRules": {
                    "$.body.id": { "match": "type" },
                    "$.body.tags": { "min": 2 },
                    "$.body.code": { "match": "regex", "regex": "^[A-Z]+$" }
                }
            }
        }]),
    );
    let done = verify_at(&provider.url, &plan(path)).await;
    let told: Vec<(String, String, String, String)> = done
        .mismatches()
        .into_iter()
        .map(|one| (one.location, one.expected, one.actual, one.message))
        .collect();
    let body = r#"{"id":"seven","tags":["a"],"address":{"zip":1},"code":"x","extra":true}"#;
    let status = format!("the provider answered 500, with {body}; the contract has 200");
    let expected = [
        ("status", "200", "500", status.as_str()),
        (
            "header X-Trace",
            "t-0",
            "t-1",
            "header `X-Trace` is `t-1`, the contract has `t-0`",
        ),
        (
            "header Set-Cookie",
            "[redacted]",
            "[redacted]",
            "header `Set-Cookie` is `[redacted]`, the contract has `[redacted]`",
        ),
        (
            "header X-Gone",
            "1",
            "nothing",
            "the answer has no header `X-Gone`",
        ),
        (
            "body $.id",
            "a number, such as 7",
            "\"seven\"",
            "`$.id` is a string, the contract asks for a number",
        ),
        (
            "body $.tags",
            "an array of at least 2 items",
            "[\"a\"]",
            "`$.tags` has 1 item, the contract asks for an array of at least 2 items",
        ),
        (
            "body $.address.city",
            "\"Pune\"",
            "nothing",
            "`$.address.city` is missing from the answer",
        ),
        (
            "body $.code",
            "text matching /^[A-Z]+$/, such as \"AB\"",
            "\"x\"",
            "`$.code` is \"x\", the contract asks for text matching /^[A-Z]+$/",
        ),
        (
            "body $.name",
            "\"Surya\"",
            "nothing",
            "`$.name` is missing from the answer",
        ),
    ];
    let expected = expected.map(|(at, has, is, said)| {
        (
            at.to_owned(),
            has.to_owned(),
            is.to_owned(),
            said.to_owned(),
        )
    });
    assert_eq!(told, expected);
}

#[tokio::test]
async fn many_mismatches_are_cut_and_counted() {
    let items: Vec<_> = (0..400)
        .map(|index| json!({ "id": index.to_string() }))
        .collect();
    let provider = StandIn::start(move |_| Reply::json(200, &json!(items))).await;
    let (_folder, path) = pact(
        "3.0.0",
        json!([{
            "description": "lists", "request": { "method": "GET", "path": "/" },
            "response": {
                "status": 200, "body": [{ "id": 1 }],
                "matchingRules": { "body": { "$": { "matchers": [{ "match": "type", "min": 1 }] } } }
            }
        }]),
    );
    let done = verify_at(&provider.url, &plan(path)).await;
    let mismatches = done.mismatches();
    assert_eq!(mismatches.len(), 50);
    let last = &mismatches[49];
    assert!(
        last.message
            .ends_with("; 350 more differences are not listed"),
        "{}",
        last.message
    );
    assert_eq!(
        marked(&last.span),
        r#""id": 1"#,
        "the example stands for all items"
    );
}

#[tokio::test]
async fn bodies_of_another_type_or_without_json_are_told_as_one_mismatch() {
    let one = |reply: Reply| async move {
        let provider = StandIn::start(move |_| reply.clone()).await;
        let (_folder, path) = pact(
            "3.0.0",
            json!([{
                "description": "a body", "request": { "method": "GET", "path": "/" },
                "response": { "status": 200, "headers": { "Content-Type": "application/json" },
                    "body": { "id": 7 } }
            }]),
        );
        let done = verify_at(&provider.url, &plan(path)).await;
        let told = done.mismatches();
        assert_eq!(told.len(), 1, "{told:?}");
        (told[0].location.clone(), told[0].message.clone())
    };
    let (location, message) = one(Reply::text(200, "<html>")).await;
    assert_eq!(location, "header Content-Type");
    assert_eq!(
        message,
        "header `Content-Type` is `text/plain`, the contract has `application/json`"
    );
    let json_type = |body: &'static [u8]| Reply {
        status: 200,
        headers: vec![("content-type", "application/json".to_owned())],
        body: bytes::Bytes::from_static(body),
    };
    let (location, message) = one(json_type(b"{\"id\": 7")).await;
    assert_eq!(
        (location.as_str(), message.as_str()),
        ("body $", "the body is not JSON")
    );
    let (location, message) = one(json_type(b"")).await;
    assert_eq!(
        (location.as_str(), message.as_str()),
        ("body $", "the answer has no body")
    );
}
