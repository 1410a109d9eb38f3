//! Messages: what a provider gives where it is asked for one.

mod stand_in;

use rtest_core::event::InteractionOutcome;
use serde_json::{Value, json};
use stand_in::{Asked, Reply, StandIn, marked, of_pacts, pact, plan, verify_at};

/// Base64 of `{"topic":"orders","retries":3}`.
const METADATA: &str = "eyJ0b3BpYyI6Im9yZGVycyIsInJldHJpZXMiOjN9";

/// A provider of the message "an order was placed".
async fn orders() -> StandIn {
    StandIn::start(|asked: &Asked| {
        let question: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
        if asked.line != "POST /messages" || question["description"] != "an order was placed" {
            return Reply::text(404, "no such message");
        }
        let mut reply = Reply::json(200, &json!({ "id": 7, "total": 12.5 }));
        reply
            .headers
            .push(("pact-message-metadata", METADATA.to_owned()));
        reply
    })
    .await
}

fn v3(contents: Value, metadata: Value) -> Value {
    json!([{
        "description": "an order was placed", "providerStates": [],
        "contents": contents, "metaData": metadata,
        "matchingRules": { "body": { "$.id": { "matchers": [{ "match": "type" }] } } }
    }])
}

/// A pact of messages, which stand in a list of their own before V4.
fn of_messages(messages: Value) -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, path) = pact("3.0.0", json!([]));
    let mut whole: Value =
        serde_json::from_slice(&std::fs::read(&path).expect("written")).expect("JSON");
    whole
        .as_object_mut()
        .expect("a pact")
        .remove("interactions");
    whole["messages"] = messages;
    std::fs::write(&path, format!("{whole:#}")).expect("written");
    (folder, path)
}

async fn verified(path: &std::path::Path) -> stand_in::Verified {
    let provider = orders().await;
    let mut plan = plan(path);
    of_pacts(&mut plan).messages = "/messages".to_owned();
    verify_at(&provider.url, &plan).await
}

#[tokio::test]
async fn a_message_is_asked_for_and_its_contents_and_metadata_are_matched() {
    let contents = json!({ "id": 1, "total": 12.5 });
    let metadata = json!({ "contentType": "application/json", "topic": "orders" });
    let (_folder, path) = of_messages(v3(contents, metadata));
    let done = verified(&path).await;
    assert!(done.summary.passed(), "{:?}", done.events);
    assert_eq!(done.interactions()[0].request, "message");
}

#[tokio::test]
async fn a_message_that_differs_is_told_at_its_place() {
    let contents = json!({ "id": "one", "total": 13 });
    let metadata = json!({ "contentType": "application/json", "topic": "invoices" });
    let (_folder, path) = of_messages(v3(contents, metadata));
    let done = verified(&path).await;
    let told: Vec<(String, String)> = done
        .mismatches()
        .iter()
        .map(|one| (one.location.clone(), marked(&one.span)))
        .collect();
    let expected = [
        ("metadata topic", r#""topic": "invoices""#),
        ("body $.id", r#""id": "one""#),
        ("body $.total", r#""total": 13"#),
    ];
    assert_eq!(
        told,
        expected.map(|(at, text)| (at.to_owned(), text.to_owned()))
    );
}

fn v4(kind: &str, parts: Value) -> Value {
    let mut interaction = json!({ "type": kind, "description": "an order was placed" });
    let fields = interaction.as_object_mut().expect("an object");
    fields.extend(parts.as_object().expect("an object").clone());
    json!([interaction])
}

fn v4_contents(total: f64) -> Value {
    json!({
        "contents": {
            "content": { "id": 7, "total": total }, "contentType": "application/json", "encoded": false
        },
        "metadata": { "topic": "orders" }
    })
}

#[tokio::test]
async fn messages_of_v4_are_verified_alone_and_as_answers() {
    let asynchronous = |total| v4("Asynchronous/Messages", v4_contents(total));
    let synchronous = |total| {
        let parts = json!({ "request": v4_contents(1.0), "response": [v4_contents(total)] });
        v4("Synchronous/Messages", parts)
    };
    for (interactions, request) in [
        (asynchronous(12.5), "message"),
        (synchronous(12.5), "message, answered"),
    ] {
        let (_folder, path) = pact("4.0", interactions);
        let done = verified(&path).await;
        assert!(done.summary.passed(), "{request}: {:?}", done.events);
        assert_eq!(done.interactions()[0].request, request);
    }
    for interactions in [asynchronous(99.0), synchronous(99.0)] {
        let (_folder, path) = pact("4.0", interactions);
        let done = verified(&path).await;
        let [mismatch] = &done.mismatches()[..] else {
            panic!("{:?}", done.events);
        };
        assert_eq!(mismatch.location, "body $.total");
        assert_eq!(marked(&mismatch.span), r#""total": 99.0"#);
    }
}

#[tokio::test]
async fn a_synchronous_message_sends_its_request_and_has_one_answer() {
    let provider = orders().await;
    let parts = json!({ "request": v4_contents(1.0), "response": [v4_contents(12.5)] });
    let (_folder, path) = pact("4.0", v4("Synchronous/Messages", parts));
    let mut one = plan(path);
    of_pacts(&mut one).messages = "/messages".to_owned();
    verify_at(&provider.url, &one).await;
    let asked = provider.asked.lock().expect("unpoisoned")[0].clone();
    let question: Value = serde_json::from_slice(&asked.body).expect("JSON");
    assert_eq!(question["request"]["contents"]["content"]["total"], 1.0);

    let answers = json!([v4_contents(1.0), v4_contents(2.0)]);
    let parts = json!({ "request": v4_contents(1.0), "response": answers });
    let (_folder, path) = pact("4.0", v4("Synchronous/Messages", parts));
    let done = verified(&path).await;
    let InteractionOutcome::Unsupported(why) = &done.interactions()[0].outcome else {
        panic!("{:?}", done.events);
    };
    assert!(why.contains("2 responses"), "{why}");
    assert_eq!(
        (done.summary.unsupported, done.summary.passed()),
        (1, false)
    );
}

#[tokio::test]
async fn a_provider_that_gives_no_message_fails_in_its_own_words() {
    let (_folder, path) = of_messages(v3(json!({}), json!({})));
    let provider = orders().await;
    // Asked at another path.
    let done = verify_at(&provider.url, &plan(path)).await;
    assert_eq!(
        done.failure(),
        "the provider gave no message: `POST /` was answered 404: no such message"
    );
}
