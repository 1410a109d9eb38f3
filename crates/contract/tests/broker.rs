//! Pacts of a broker, and the results that it is told.

#![allow(clippy::unwrap_used)] // in the functions that the tests are made of

mod stand_in;

use std::sync::Arc;
use std::time::Duration;

use pact_models::http_utils::HttpAuth;
use pact_verifier::callback_executors::{
    HttpRequestProviderStateExecutor, NullRequestFilterExecutor,
};
use pact_verifier::pact_broker::{
    TestResult, fetch_pacts_dynamically_from_broker, publish_verification_results,
};
use pact_verifier::{
    FilterInfo, ProviderInfo, ProviderTransport, VerificationOptions, verify_pact_internal,
};
use rtest_core::event::InteractionOutcome;
use rtest_core::plan::{BrokerLogin, BrokerPlan, PublishPlan};
use serde_json::{Value, json};
use stand_in::broker::{Offer, answer, broker, broker_plan, hal, of_broker, sent};
use stand_in::{Asked, Reply, StandIn, of_pacts, storefront, verify_at, verify_in, verify_until};
use tokio_util::sync::CancellationToken;

const PACT: &str = "/pacts/provider/storefront/consumer/web/pact-version/0e3369";

fn publish() -> Option<PublishPlan> {
    Some(PublishPlan {
        version: "1.2.3+abc".to_owned(),
        build_url: Some("https://ci.example/7".to_owned()),
    })
}

/// What the only contract that failed says.
async fn failure(broker: &str, change: impl FnOnce(&mut BrokerPlan)) -> String {
    let provider = storefront(false).await;
    let mut plan = broker_plan(broker);
    change(of_broker(&mut plan));
    let verified = verify_at(&provider.url, &plan).await;
    assert!(!verified.summary.passed());
    assert_eq!(verified.interactions().len(), 0);
    let [(message, span)] = verified.contracts_failed()[..] else {
        panic!("not one failure: {:?}", verified.events);
    };
    assert_eq!(span, &plan.span);
    message.to_owned()
}

#[tokio::test]
async fn the_pacts_that_the_broker_selects_are_verified_and_its_notices_told() {
    let broker = broker(
        vec![
            Offer::of("web", &["/health"]),
            Offer::of("mobile", &["/health", "/none"]),
        ],
        |_| None,
    )
    .await;
    let provider = storefront(false).await;
    let mut plan = broker_plan(&broker.url);
    let asked = of_broker(&mut plan);
    asked.login = Some(BrokerLogin::Token("t0ken".to_owned()));
    asked.selectors = vec![
        json!({ "mainBranch": true }),
        json!({ "deployedOrReleased": true }),
    ];
    asked.pending = true;
    asked.wip_since = Some("2026-01-01".to_owned());
    asked.provider_branch = Some("main".to_owned());
    asked.provider_tags = vec!["prod".to_owned()];
    let verified = verify_at(&provider.url, &plan).await;

    let bodies = sent(&broker, "POST");
    assert_eq!(
        bodies,
        [(
            "/pacts/provider/storefront/for-verification".to_owned(),
            json!({
                "consumerVersionSelectors": [{ "mainBranch": true }, { "deployedOrReleased": true }],
                "includePendingStatus": true,
                "includeWipPactsSince": "2026-01-01",
                "providerVersionBranch": "main",
                "providerVersionTags": ["prod"]
            })
        )],
        "nothing is published unasked"
    );
    let headers = broker.asked.lock().unwrap();
    for asked in headers.iter() {
        assert_eq!(
            asked.headers["authorization"], "Bearer t0ken",
            "{}",
            asked.line
        );
    }
    let told: Vec<_> = verified
        .interactions()
        .iter()
        .map(|it| {
            (
                it.consumer.as_str(),
                it.outcome == InteractionOutcome::Verified,
                it.pending,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("web", true, false),
            ("mobile", true, false),
            ("mobile", false, false)
        ]
    );
    assert_eq!(
        (verified.summary.verified, verified.summary.mismatched),
        (2, 1)
    );
    let first = verified.interactions()[0];
    assert_eq!(first.source, format!("{}{PACT}", broker.url));
    assert_eq!(first.span.file.to_string(), first.source);
    assert_eq!(
        verified.notes(),
        [
            "pact of `web`: web is on main",
            "pact of `mobile`: mobile is on main",
            "pact of `mobile`: not told"
        ]
    );
}

#[tokio::test]
async fn without_selectors_the_broker_chooses_and_no_credentials_are_shown() {
    let broker = broker(vec![Offer::of("web", &["/health"])], |_| None).await;
    let provider = storefront(false).await;
    let verified = verify_at(&provider.url, &broker_plan(&broker.url)).await;
    assert!(verified.summary.passed());
    assert_eq!(sent(&broker, "POST")[0].1, json!({}));
    let asked = broker.asked.lock().unwrap();
    assert!(
        asked
            .iter()
            .all(|it| !it.headers.contains_key("authorization"))
    );
}

#[tokio::test]
async fn a_pending_pact_fails_nothing() {
    let unreadable = Offer {
        version: "9.0",
        ..Offer::of("tv", &["/health"]).pending()
    };
    let offers = vec![
        Offer::of("web", &["/health"]),
        Offer::of("mobile", &["/health", "/none"]).pending(),
        unreadable.clone(),
    ];
    let provider = storefront(false).await;
    let tolerant = broker(offers.clone(), |_| None).await;
    let verified = verify_at(&provider.url, &broker_plan(&tolerant.url)).await;
    assert!(verified.summary.passed(), "{:?}", verified.summary);
    assert_eq!(
        (verified.summary.verified, verified.summary.pending),
        (2, 1)
    );
    let pending: Vec<bool> = verified
        .interactions()
        .iter()
        .map(|it| it.pending)
        .collect();
    assert_eq!(pending, [false, true, true]);
    let note = "a pending pact was passed over: RT0502";
    assert!(
        verified.notes().iter().any(|it| it.starts_with(note)),
        "{:?}",
        verified.notes()
    );

    // The same pacts, not pending.
    let offers = offers.into_iter().map(|offer| Offer {
        pending: false,
        ..offer
    });
    let strict = broker(offers.collect(), |_| None).await;
    let verified = verify_at(&provider.url, &broker_plan(&strict.url)).await;
    assert_eq!(
        (verified.summary.mismatched, verified.summary.failed),
        (1, 1)
    );

    // One that is passed over is nothing that was verified.
    let alone = broker(vec![unreadable], |_| None).await;
    let message = failure(&alone.url, |_| {}).await;
    assert!(
        message.contains("RT0501") && message.contains("pending pacts that cannot be read: 1"),
        "{message}"
    );
}

#[tokio::test]
async fn a_pact_that_is_listed_twice_is_verified_once() {
    let web = Offer::of("web", &["/health"]);
    let mobile = Offer::of("mobile", &["/health"]);
    let broker = broker(vec![web.clone(), mobile, web], |_| None).await;
    let provider = storefront(false).await;
    let mut plan = broker_plan(&broker.url);
    of_broker(&mut plan).publish = publish();
    let verified = verify_at(&provider.url, &plan).await;
    // The same interaction in two pacts is one of each.
    assert_eq!(verified.summary.verified, 2);
    assert_eq!(provider.lines(), ["GET /health", "GET /health"]);
    assert_eq!(sent(&broker, "POST").len(), 1 + 2);
}

#[tokio::test]
async fn results_are_published_once_for_each_pact_as_the_broker_keeps_them() {
    let offers = vec![
        Offer::of("web", &["/health", "/none"]),
        Offer::of("mobile", &["/health"]),
    ];
    let broker = broker(offers, |_| None).await;
    let provider = storefront(false).await;
    let mut plan = broker_plan(&broker.url);
    let told = of_broker(&mut plan);
    told.login = Some(BrokerLogin::Basic {
        username: "ci".to_owned(),
        password: "pass".to_owned(),
    });
    told.publish = publish();
    told.provider_branch = Some("feat/cart".to_owned());
    told.provider_tags = vec!["a b".to_owned()];
    let verified = verify_at(&provider.url, &plan).await;
    assert_eq!(verified.contracts_failed(), []);

    // The version has its branch and its tags before any result.
    let lines = broker.lines();
    let marked = [
        "PUT /pacticipants/storefront/branches/feat%2Fcart/versions/1.2.3%2Babc".to_owned(),
        "PUT /pacticipants/storefront/versions/1.2.3%2Babc/tags/a%20b".to_owned(),
        format!("POST {PACT}/verification-results"),
    ];
    let at = lines
        .iter()
        .position(|line| *line == marked[0])
        .expect("marked");
    assert_eq!(lines[at..at + 3], marked);
    assert_eq!(sent(&broker, "PUT").len(), 2, "once, not for each pact");

    let [_, (_, red), (path, green)] = &sent(&broker, "POST")[..] else {
        panic!("two results: {lines:?}");
    };
    assert_eq!(
        path,
        &format!("{}/verification-results", PACT.replace("web", "mobile"))
    );
    let by = json!({ "implementation": "rtest", "version": env!("CARGO_PKG_VERSION") });
    assert_eq!(
        green,
        &json!({
            "success": true,
            "providerApplicationVersion": "1.2.3+abc",
            "buildUrl": "https://ci.example/7",
            "verifiedBy": by,
            "testResults": [{
                "interactionId": "id of /health",
                "interactionDescription": "asks for /health",
                "success": true
            }]
        })
    );
    assert_eq!(red["success"], false);
    let failed = &red["testResults"][1];
    assert_eq!(failed["interactionId"], "id of /none");
    assert_eq!(failed["success"], false);
    assert_eq!(failed["mismatches"][0]["attribute"], "status");
    assert!(
        failed["mismatches"][0]["description"]
            .as_str()
            .unwrap()
            .contains("404"),
        "{failed}"
    );
    assert_eq!(red["testResults"][0]["success"], true);
    let basic = "Basic Y2k6cGFzcw==";
    let asked = broker.asked.lock().unwrap();
    assert!(asked.iter().all(|it| it.headers["authorization"] == basic));
    let after = ["pact of `web`: told", "pact of `mobile`: keep it up"];
    assert_eq!(verified.notes()[2..], after);
}

#[tokio::test]
async fn what_could_not_be_tried_is_published_as_an_exception() {
    let broker = broker(vec![Offer::of("web", &["/health"])], |_| None).await;
    let mut plan = broker_plan(&broker.url);
    of_broker(&mut plan).publish = publish();
    // Nobody listens there: that says nothing of the provider.
    let verified = verify_at("http://127.0.0.1:1", &plan).await;
    assert!(verified.summary.unreachable.is_some());
    let results = |(path, _): &(String, Value)| path.ends_with("/verification-results");
    assert!(!sent(&broker, "POST").iter().any(results), "nothing of it");

    let closes = StandIn::raw(b"").await;
    verify_at(&closes.url, &plan).await;
    let body = sent(&broker, "POST").pop().expect("published").1;
    assert_eq!(body["success"], false);
    let exception = &body["testResults"][0]["exceptions"][0]["message"];
    assert!(
        exception.as_str().unwrap().contains("no whole answer"),
        "{body}"
    );
}

#[tokio::test]
async fn results_that_the_broker_does_not_take_fail_the_run_in_its_words() {
    let offers = vec![
        Offer::of("web", &["/health"]),
        Offer::of("mobile", &["/health"]),
    ];
    let refuses = broker(offers.clone(), |asked| {
        let refused = asked.line == format!("POST {PACT}/verification-results");
        let words = json!({ "errors": { "providerApplicationVersion": ["can't be blank"] } });
        refused.then(|| hal(400, &words))
    })
    .await;
    let provider = storefront(false).await;
    let mut plan = broker_plan(&refuses.url);
    of_broker(&mut plan).publish = publish();
    let verified = verify_at(&provider.url, &plan).await;
    assert_eq!((verified.summary.verified, verified.summary.failed), (2, 1));
    let [(message, _)] = verified.contracts_failed()[..] else {
        panic!("one failure");
    };
    assert!(message.starts_with("RT0504: "), "{message}");
    for words in [
        "pact of `web`",
        "400: providerApplicationVersion: can't be blank",
    ] {
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(
        sent(&refuses, "POST").len(),
        3,
        "the other pact's are published"
    );
    assert!(verified.notes().contains(&"pact of `mobile`: keep it up"));

    // A version that cannot be put on its branch has no results there.
    let reads_only = broker(offers, |asked| {
        let refused = asked.line.starts_with("PUT ");
        refused.then(|| hal(403, &json!({ "error": "read only" })))
    })
    .await;
    let mut plan = broker_plan(&reads_only.url);
    of_broker(&mut plan).publish = publish();
    of_broker(&mut plan).provider_branch = Some("main".to_owned());
    let verified = verify_at(&provider.url, &plan).await;
    assert_eq!(verified.summary.failed, 2);
    let (message, _) = verified.contracts_failed()[0];
    assert!(
        message.contains("no credentials: 403: read only"),
        "{message}"
    );
    assert_eq!(sent(&reads_only, "POST").len(), 1);
}

#[tokio::test]
async fn a_part_of_a_pact_is_not_published() {
    let offers = vec![
        Offer::of("web", &["/health", "/none"]),
        Offer::of("mobile", &["/health"]),
    ];
    let broker = broker(offers, |_| None).await;
    let provider = storefront(false).await;
    let mut plan = broker_plan(&broker.url);
    of_broker(&mut plan).publish = publish();
    of_pacts(&mut plan).select.description = Some("health".to_owned());
    let verified = verify_at(&provider.url, &plan).await;
    assert_eq!(verified.summary.verified, 2);
    assert_eq!(sent(&broker, "POST").len(), 1, "{:?}", broker.lines());
    let note = "no results were published to the broker: a filter";
    assert!(
        verified.notes().iter().any(|it| it.starts_with(note)),
        "{:?}",
        verified.notes()
    );

    // A consumer is whole pacts.
    of_pacts(&mut plan).select.description = None;
    of_pacts(&mut plan).select.consumers = vec!["mobile".to_owned()];
    verify_at(&provider.url, &plan).await;
    let published: Vec<String> = sent(&broker, "POST").into_iter().map(|it| it.0).collect();
    let mobile = format!("{}/verification-results", PACT.replace("web", "mobile"));
    assert_eq!(published[2..], [mobile]);
}

#[tokio::test]
async fn nothing_is_published_of_a_verification_that_was_interrupted() {
    let broker = broker(vec![Offer::of("web", &["/health", "/none"])], |_| None).await;
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let provider = StandIn::start(move |_| {
        stop.cancel();
        Reply::json(200, &json!({ "status": "ok" }))
    })
    .await;
    let mut plan = broker_plan(&broker.url);
    of_broker(&mut plan).publish = publish();
    verify_until(&provider.url, &plan, cancel).await;
    assert_eq!(provider.lines().len(), 1);
    assert_eq!(sent(&broker, "POST").len(), 1, "{:?}", broker.lines());
}

#[tokio::test]
async fn a_broker_is_told_nothing_of_a_verification_under_a_fault_or_of_a_look() {
    let broker = broker(vec![Offer::of("web", &["/health"])], |_| None).await;
    let provider = storefront(false).await;
    let mut plan = broker_plan(&broker.url);
    of_broker(&mut plan).publish = publish();
    let broken = verify_in(&provider.url, &plan, |context| {
        context.under = Some("storefront -> db down".to_owned());
    });
    let broken = broken.await;
    assert_eq!(broken.summary.verified, 1);
    assert_eq!(broken.notes(), [""; 0], "they were told before");
    let look = verify_in(&provider.url, &plan, |context| context.publish = false);
    assert_eq!(look.await.summary.verified, 1);
    assert_eq!(sent(&broker, "POST").len(), 2, "what both asked for");
}

#[tokio::test]
async fn a_broker_below_a_path_is_asked_below_it() {
    let broker = StandIn::start(|asked| match asked.line.split_once(" /pact/") {
        Some((method, path)) => {
            let line = format!("{method} /{path}");
            answer(
                &Asked {
                    line,
                    ..asked.clone()
                },
                &[Offer::of("web", &["/health"])],
            )
        }
        None => Reply::text(404, "not the broker's"),
    })
    .await;
    let provider = storefront(false).await;
    let plan = broker_plan(&format!("{}/pact", broker.url));
    let verified = verify_at(&provider.url, &plan).await;
    assert!(verified.summary.passed(), "{:?}", verified.events);
}

#[tokio::test]
async fn an_old_broker_gives_the_latest_pacts_and_cannot_choose() {
    let old = broker(vec![Offer::of("web", &["/health"])], |asked| {
        let latest = json!({ "href": "/pacts/provider/{provider}/latest", "templated": true });
        let index = json!({ "_links": { "pb:latest-provider-pacts": latest } });
        (asked.line == "GET /").then(|| hal(200, &index))
    })
    .await;
    let provider = storefront(false).await;
    let verified = verify_at(&provider.url, &broker_plan(&old.url)).await;
    assert!(verified.summary.passed());
    let message = failure(&old.url, |it| it.pending = true).await;
    let words = "no link `pb:provider-pacts-for-verification` in `GET /`: it is too old";
    assert!(message.contains(words), "{message}");
}

#[tokio::test]
async fn a_broker_that_gives_no_pacts_is_a_failure_that_says_why() {
    let full = broker(vec![Offer::of("web", &["/health"])], |asked| {
        let none = json!({ "_embedded": { "pacts": [] }, "_links": {} });
        asked.line.starts_with("POST ").then(|| hal(200, &none))
    })
    .await;
    let select =
        |it: &mut rtest_core::plan::BrokerPlan| it.selectors = vec![json!({ "branch": "x" })];
    let message = failure(&full.url, select).await;
    assert!(message.starts_with("RT0501: "), "{message}");
    for words in [
        &format!("the broker at 127.0.0.1:{}", full.port),
        "no pact of provider `storefront`",
        r#"`{"consumerVersionSelectors":[{"branch":"x"}]}`"#,
        "consumers with a pact of it are `web`",
    ] {
        assert!(message.contains(words), "{message}");
    }
    let empty = broker(Vec::new(), |_| None).await;
    let message = failure(&empty.url, |_| {}).await;
    assert!(message.contains("it has no pact of it at all"), "{message}");
}

#[tokio::test]
async fn a_provider_that_the_broker_does_not_know_is_told_with_those_that_it_knows() {
    let broker = broker(vec![Offer::of("web", &["/health"])], |_| None).await;
    let provider = storefront(false).await;
    for (name, words) in [
        ("Storefront", "did you mean `storefront`?"),
        ("xyz", "it knows `storefront`, `catalog`"),
    ] {
        let mut plan = broker_plan(&broker.url);
        plan.provider = name.to_owned();
        of_broker(&mut plan).provider = name.to_owned();
        let verified = verify_at(&provider.url, &plan).await;
        let (message, _) = verified.contracts_failed()[0];
        assert!(
            message.contains(&format!("knows no provider `{name}`; {words}")),
            "{message}"
        );
    }
}

#[tokio::test]
async fn credentials_that_the_broker_refuses_are_not_shown() {
    let broker = broker(Vec::new(), |_| Some(Reply::text(401, "who are you"))).await;
    let token = BrokerLogin::Token("s3cret".to_owned());
    let basic = BrokerLogin::Basic {
        username: "ci".to_owned(),
        password: "s3cret".to_owned(),
    };
    for (login, shown) in [
        (Some(token), "showed a token: 401: who are you"),
        (Some(basic), "showed user `ci` and a password: 401"),
        (None, "showed no credentials: 401"),
    ] {
        let message = failure(&broker.url, |it| it.login = login).await;
        assert!(message.contains(shown), "{message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[tokio::test]
async fn what_is_no_broker_is_told() {
    let message = failure("http://127.0.0.1:1", |_| {}).await;
    assert!(
        message.contains("the broker at 127.0.0.1:1 cannot be reached"),
        "{message}"
    );

    let page = StandIn::start(|_| Reply::text(200, "<html>welcome</html>")).await;
    let message = failure(&page.url, |_| {}).await;
    assert!(
        message.contains("`GET /` with something else than a broker's HAL"),
        "{message}"
    );

    let other = StandIn::start(|_| Reply::json(200, &json!({ "ok": true }))).await;
    let message = failure(&other.url, |_| {}).await;
    assert!(
        message.contains("is this the address of a Pact Broker?"),
        "{message}"
    );

    let closes = StandIn::raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{").await;
    let message = failure(&closes.url, |_| {}).await;
    assert!(message.contains("no whole answer to `GET /`"), "{message}");

    let huge = StandIn::start(|_| Reply {
        body: vec![b' '; (16 << 20) + 1].into(),
        ..Reply::text(200, "")
    })
    .await;
    let message = failure(&huge.url, |_| {}).await;
    assert!(
        message.contains("`GET /` with more than 16 MiB"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_is_silent_is_given_up() {
    let silent = StandIn::silent().await;
    let message = failure(&silent.url, |_| {}).await;
    assert!(
        message.contains("did not answer `GET /` within 30s"),
        "{message}"
    );
}

#[tokio::test]
async fn selectors_that_the_broker_refuses_are_told_in_its_words() {
    let broker = broker(Vec::new(), |asked| {
        let words = json!({ "errors": { "consumerVersionSelectors": ["latest must be true (at index 0)"] } });
        asked.line.starts_with("POST ").then(|| hal(400, &words))
    })
    .await;
    let message = failure(&broker.url, |_| {}).await;
    assert!(
        message.contains("400: consumerVersionSelectors: latest must be true (at index 0)"),
        "{message}"
    );
}

/// The reference implementation asks the same broker for the same pacts and publishes the same
/// results, but for its name and for what we add: a description beside every id.
#[tokio::test]
async fn pact_verifier_exchanges_the_same_with_the_broker() {
    let offers = vec![
        Offer::of("web", &["/health"]),
        Offer::of("mobile", &["/health", "/none"]),
    ];
    let (ours, theirs) = (
        broker(offers.clone(), |_| None).await,
        broker(offers, |_| None).await,
    );
    let provider = storefront(false).await;
    let mut plan = broker_plan(&ours.url);
    let told = of_broker(&mut plan);
    told.login = Some(BrokerLogin::Token("t0ken".to_owned()));
    told.publish = publish();
    told.selectors = vec![json!({ "mainBranch": true })];
    told.pending = true;
    told.provider_branch = Some("feat/cart".to_owned());
    told.provider_tags = vec!["prod".to_owned()];
    verify_at(&provider.url, &plan).await;
    reference(&theirs, &provider).await;

    assert_eq!(sent(&ours, "PUT"), dedup(sent(&theirs, "PUT")));
    assert_eq!(plain(sent(&ours, "POST")), plain(sent(&theirs, "POST")));
}

/// Bodies without what is said in each implementation's own words; mismatches sorted.
fn plain(mut sent: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let bodies = sent.iter_mut().filter_map(|(_, body)| body.as_object_mut());
    for body in bodies {
        body.remove("verifiedBy");
        for result in items(body.get_mut("testResults")) {
            result["interactionDescription"].take();
            for mismatch in items(result.get_mut("mismatches")) {
                mismatch["description"].take();
            }
            if let Some(mismatches) = result.get_mut("mismatches").and_then(Value::as_array_mut) {
                mismatches.sort_by_key(|it| it["attribute"].to_string());
            }
        }
    }
    sent
}

fn items(list: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    list.and_then(Value::as_array_mut).into_iter().flatten()
}

fn dedup(mut all: Vec<(String, Value)>) -> Vec<(String, Value)> {
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all.dedup();
    all
}

/// What `pact_verifier`'s own client of a broker fetches, verified and published by it.
async fn reference(broker: &StandIn, provider: &StandIn) {
    let auth = Some(HttpAuth::Token("t0ken".to_owned()));
    let (tags, branch) = (vec!["prod".to_owned()], Some("feat/cart".to_owned()));
    let selector = serde_json::from_value(json!({ "mainBranch": true })).unwrap();
    let pacts = fetch_pacts_dynamically_from_broker(
        &broker.url,
        "storefront".to_owned(),
        true,
        None,
        tags.clone(),
        branch.clone(),
        vec![selector],
        auth.clone(),
        0,
    );
    let info = ProviderInfo {
        name: "storefront".to_owned(),
        host: "127.0.0.1".to_owned(),
        transports: vec![ProviderTransport {
            port: Some(provider.port),
            ..ProviderTransport::default()
        }],
        ..ProviderInfo::default()
    };
    let options: VerificationOptions<NullRequestFilterExecutor> = VerificationOptions::default();
    let states = Arc::new(HttpRequestProviderStateExecutor::default());
    for pact in pacts.await.expect("pacts") {
        let (pact, _, links) = pact.expect("a pact");
        let none = FilterInfo::None;
        let verified =
            verify_pact_internal(&info, &none, pact, &options, &states, false, Duration::ZERO);
        let results = verified.await.expect("verified").results;
        let result = if results.iter().all(|it| it.result.is_ok()) {
            TestResult::Ok(results.into_iter().map(|it| it.interaction_id).collect())
        } else {
            let results = results.into_iter();
            TestResult::Failed(
                results
                    .map(|it| (it.interaction_id, None, it.result.err()))
                    .collect(),
            )
        };
        publish_verification_results(
            links,
            &broker.url,
            auth.clone(),
            result,
            "1.2.3+abc".to_owned(),
            Some("https://ci.example/7".to_owned()),
            tags.clone(),
            branch.clone(),
            None,
            0,
        )
        .await
        .expect("published");
    }
}
