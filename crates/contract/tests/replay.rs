//! Interactions as a load sends them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rtest_contract::replay;
use rtest_core::expectation::Answer;
use rtest_core::plan::{Body, ContractStep, RequestStep, Step, StepKind};
use rtest_core::{Code, Seed, Span};

fn pacts(path: &str) -> ContractStep {
    // Already installed when another test of this process was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    ContractStep {
        source: fixtures.join(path),
        provider: "storefront".to_owned(),
        states_as_they_are: false,
        sample: 0.25,
        timeout: Duration::from_secs(3),
    }
}

fn span() -> Span {
    Span::of_flag("test", "contract")
}

fn request(step: &Step) -> &RequestStep {
    match &step.kind {
        StepKind::Request(request) => request,
        other => panic!("no request: {other:?}"),
    }
}

#[tokio::test]
async fn each_interaction_is_a_request_in_the_order_of_the_file() {
    let replay = replay(&pacts("pacts/web-storefront.json"), &span(), Seed::new(1)).await;
    let replay = replay.expect("a pact");
    let lines: Vec<String> = replay.steps.iter().map(request).map(line).collect();
    let expected = [
        "GET /health",
        "GET /products/1",
        "GET /products/4711",
        "POST /users",
        "POST /orders",
    ];
    assert_eq!(lines, expected);
    assert_eq!(replay.left_out.len(), 1);
    let left_out = &replay.left_out[0];
    assert!(left_out.contains("`shows user 7` of `web`"), "{left_out}");
    assert!(left_out.contains("`user 7 exists`"), "{left_out}");
    assert!(left_out.contains("web-storefront.json:114:"), "{left_out}");

    let created = request(&replay.steps[3]);
    assert_eq!(created.redirects, 0);
    assert_eq!(created.timeout, Duration::from_secs(3));
    let tag = |name: &str| {
        created
            .tags
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(tag("contract"), Some("web-storefront.json"));
    assert_eq!(tag("interaction"), Some("registers a user"));
    let Body::File(body) = &created.body else {
        panic!("no body: {:?}", created.body);
    };
    assert!(String::from_utf8_lossy(body).contains("surya@example.com"));
    let interaction = created.interaction.as_ref().expect("an interaction");
    assert_eq!(
        (interaction.sample, interaction.consumer.as_str()),
        (0.25, "web")
    );
}

fn line(request: &RequestStep) -> String {
    format!("{} {}", request.method, request.path.source())
}

#[tokio::test]
async fn states_are_as_they_are_only_where_the_step_says_so() {
    let step = ContractStep {
        states_as_they_are: true,
        ..pacts("pacts")
    };
    let replay = replay(&step, &span(), Seed::new(1)).await.expect("pacts");
    assert_eq!((replay.steps.len(), replay.left_out.len()), (8, 0));
}

#[tokio::test]
async fn an_answer_is_judged_at_its_place_in_the_contract() {
    let step = ContractStep {
        states_as_they_are: true,
        ..pacts("pacts/web-storefront.json")
    };
    let replay = replay(&step, &span(), Seed::new(1)).await.expect("a pact");
    let user = request(&replay.steps[4]);
    let judge = &user.interaction.as_ref().expect("an interaction").judge;
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    let answer = |body: &'static str| Answer {
        status: 200,
        headers: &headers,
        body: body.as_bytes(),
    };
    let kept = judge.judge(&answer(r#"{"id": 7, "name": "Ada", "email": "a@b.c"}"#));
    assert_eq!(kept, Ok(Vec::new()));
    let renamed = judge.judge(&answer(r#"{"id": 7, "name": "Ada", "userEmail": "a@b.c"}"#));
    let renamed = renamed.expect("comparable");
    assert_eq!(renamed[0].location, "body $.email");
    assert!(
        renamed[0].message.contains("userEmail"),
        "{}",
        renamed[0].message
    );
    assert!(renamed[0].span.file.ends_with("web-storefront.json"));
}

#[tokio::test]
async fn a_judge_knows_which_statuses_the_contract_expects() {
    let folder = tempfile::tempdir().expect("a folder");
    let pact = folder.path().join("statuses.json");
    let text = r#"{"consumer": {"name": "c"}, "provider": {"name": "storefront"}, "interactions": [
        {"type": "Synchronous/HTTP", "description": "none", "request": {"path": "/"},
         "response": {"status": 404}},
        {"type": "Synchronous/HTTP", "description": "refused", "request": {"path": "/"},
         "response": {"status": 400, "matchingRules": {"status": {"matchers": [
            {"match": "statusCode", "status": "clientError"}]}}}},
        {"type": "Synchronous/HTTP", "description": "some", "request": {"path": "/"},
         "response": {"status": 200, "matchingRules": {"status": {"matchers": [
            {"match": "statusCode", "status": [200, 503]}]}}}}
    ], "metadata": {"pactSpecification": {"version": "4.0"}}}"#;
    std::fs::write(&pact, text).expect("written");
    let step = ContractStep {
        source: pact,
        ..pacts("pacts")
    };
    let replay = replay(&step, &span(), Seed::new(1)).await.expect("a pact");
    let expected = |of: usize| -> Vec<u16> {
        let interaction = request(&replay.steps[of]).interaction.as_ref();
        let judge = &interaction.expect("an interaction").judge;
        let asked = [200, 399, 400, 404, 499, 500, 503];
        asked
            .into_iter()
            .filter(|status| judge.expects(*status))
            .collect()
    };
    assert_eq!(expected(0), [404]);
    assert_eq!(expected(1), [400, 404, 499]);
    assert_eq!(expected(2), [200, 503]);
}

#[tokio::test]
async fn nothing_to_send_is_an_error_that_says_what_there_is() {
    let of_another = ContractStep {
        provider: "billing".to_owned(),
        ..pacts("pacts")
    };
    let error = replay(&of_another, &span(), Seed::new(1))
        .await
        .expect_err("none is of it");
    assert_eq!(error.code, Code::NothingToSend);
    assert!(
        error
            .to_string()
            .contains("there are pacts of `storefront`"),
        "{error}"
    );

    let folder = tempfile::tempdir().expect("a folder");
    let pact = folder.path().join("states.json");
    let text = r#"{"consumer": {"name": "c"}, "provider": {"name": "storefront"}, "interactions": [
        {"description": "d", "providerState": "s", "request": {"path": "/"}, "response": {"status": 200}}
    ], "metadata": {"pactSpecification": {"version": "2.0.0"}}}"#;
    std::fs::write(&pact, text).expect("written");
    let only_states = ContractStep {
        source: pact,
        ..pacts("pacts")
    };
    let error = replay(&only_states, &span(), Seed::new(1))
        .await
        .expect_err("it needs a state");
    assert!(
        error.to_string().contains("say `states: as-they-are`"),
        "{error}"
    );

    let damaged = ContractStep {
        source: PathBuf::from("../../fixtures/pacts-malformed/not-json.json"),
        ..pacts("pacts")
    };
    let error = replay(&damaged, &span(), Seed::new(1))
        .await
        .expect_err("it is not JSON");
    assert_eq!(error.code, Code::UnreadableContract);
}
