//! `pact_verifier`, the reference implementation, over the same pacts and the same provider: it
//! must come to the same verdict at the same places.
//!
//! Where we differ, on purpose: a body of another content type is told at the header that the
//! contract states, not a second time for the body; a provider state without a handler and an
//! empty pact fail here and pass there.

#![allow(clippy::unwrap_used)] // in the functions that the test is made of

mod oracle_corpus;
mod stand_in;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use oracle_corpus::answer;
use pact_models::path_exp::DocPath;
use pact_verifier::callback_executors::{
    HttpRequestProviderStateExecutor, NullRequestFilterExecutor,
};
use pact_verifier::{
    FilterInfo, MismatchResult, ProviderInfo, ProviderTransport, VerificationOptions,
    verify_pact_internal,
};
use rtest_core::event::InteractionOutcome;
use serde_json::{Value, json};
use stand_in::{StandIn, pact, plan, verify_at};

/// What both are asked about each interaction: verified, or mismatched at these places.
type Verdicts = Vec<(String, BTreeSet<String>)>;

/// A body that is not JSON has no paths: we say `body`, they say its root.
fn place(location: &str) -> String {
    match location {
        "body" => "body $".to_owned(),
        other => other.to_owned(),
    }
}

async fn ours(url: &str, path: &Path) -> Verdicts {
    let done = verify_at(url, &plan(path)).await;
    let verdict = |outcome: &InteractionOutcome| match outcome {
        InteractionOutcome::Verified => BTreeSet::new(),
        InteractionOutcome::Mismatched(all) => all.iter().map(|one| place(&one.location)).collect(),
        other => [format!("not tried: {other:?}")].into(),
    };
    let all = done.interactions().into_iter();
    all.map(|one| (one.description.clone(), verdict(&one.outcome)))
        .collect()
}

/// By the internal entry: the public one prints, and reports its use to its makers.
async fn theirs(port: u16, path: &Path) -> Verdicts {
    let transport = |name: &str| ProviderTransport {
        transport: name.to_owned(),
        port: Some(port),
        path: None,
        scheme: Some("http".to_owned()),
    };
    let provider = ProviderInfo {
        name: "storefront".to_owned(),
        host: "127.0.0.1".to_owned(),
        // Requests, and messages.
        transports: ["http", "message"].map(transport).to_vec(),
        ..ProviderInfo::default()
    };
    let options = VerificationOptions::<NullRequestFilterExecutor> {
        follow_redirects: false,
        coloured_output: false,
        ..VerificationOptions::default()
    };
    let states = Arc::new(HttpRequestProviderStateExecutor::default());
    let pact = pact_models::pact::read_pact(path).expect("a pact");
    let nothing = Duration::ZERO;
    let result = verify_pact_internal(
        &provider,
        &FilterInfo::None,
        pact,
        &options,
        &states,
        false,
        nothing,
    )
    .await
    .expect("verified");
    let verdict = |result: Result<(), MismatchResult>| match result {
        Ok(()) => BTreeSet::new(),
        Err(MismatchResult::Error(why, _)) => [format!("failed: {why}")].into(),
        Err(MismatchResult::Mismatches { mismatches, .. }) => mismatches
            .iter()
            .flat_map(|found| places(&found.to_json()))
            .collect(),
    };
    let results = result.results.into_iter();
    results
        .map(|one| (one.interaction_description, verdict(one.result)))
        .collect()
}

/// The places of a mismatch of theirs, as they write it in JSON, in our words.
fn places(found: &Value) -> Vec<String> {
    let text = |key: &str| found[key].as_str().unwrap_or_default();
    match text("type") {
        "StatusMismatch" => vec!["status".to_owned()],
        "HeaderMismatch" => vec![format!("header {}", text("key"))],
        "MetadataMismatch" => vec![format!("metadata {}", text("key"))],
        // The contracts here that state a type state it in this header.
        "BodyTypeMismatch" => vec!["header Content-Type".to_owned()],
        "BodyMismatch" => {
            let root = if text("path") == "/" {
                "$"
            } else {
                text("path")
            };
            match text("mismatch").split_once("is missing the following keys: ") {
                Some((_, keys)) => keys
                    .split(", ")
                    .map(|key| {
                        let mut path = DocPath::new(root).expect("a path");
                        format!("body {}", path.push_field(key))
                    })
                    .collect(),
                None => vec![format!("body {root}")],
            }
        }
        _ => panic!("{found}"),
    }
}

/// Pact's own verifier as Node teams have it, where it is installed; see `benches/peer`.
async fn official(url: &str, path: &Path) -> Option<Verdicts> {
    let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peer");
    if !peer.join("node_modules").is_dir() {
        return None;
    }
    let ran = tokio::process::Command::new("node")
        .arg(peer.join("verify.js"))
        .args([path.as_os_str(), "storefront".as_ref(), url.as_ref()])
        .env("PACT_DO_NOT_TRACK", "true")
        .output()
        .await
        .expect("node");
    let printed = String::from_utf8(ran.stdout).expect("text");
    let results: Value =
        serde_json::from_str(printed.lines().last().expect("a line")).expect("JSON");
    let results = results["interactionResults"].as_array().expect("results");
    let verdict = |result: &Value| match &result["mismatch"]["mismatches"] {
        Value::Array(found) => found.iter().flat_map(places).collect(),
        _ if result["result"] == "OK" => BTreeSet::new(),
        _ => [result.to_string()].into(),
    };
    let named = |result: &Value| {
        result["description"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let all = results
        .iter()
        .map(|result| (named(result), verdict(result)));
    Some(all.collect())
}

/// That ours is theirs, for each interaction.
fn assert_same(corpus: &str, ours: &Verdicts, theirs: &Verdicts) {
    assert_eq!(ours.len(), theirs.len(), "{corpus}");
    for ((description, ours), (theirs_of, theirs)) in ours.iter().zip(theirs) {
        assert_eq!(description, theirs_of);
        assert_eq!(ours, theirs, "{corpus} {description}");
    }
}

#[tokio::test]
async fn the_reference_verifier_comes_to_the_same_verdict_at_the_same_places() {
    let provider = StandIn::start(answer).await;
    for (name, version, corpus) in oracle_corpus::all() {
        let expected = corpus.len();
        let (_folder, path) = pact(version, json!(corpus));
        let ours = ours(&provider.url, &path).await;
        assert_eq!(ours.len(), expected);
        for (description, places) in &ours {
            let green = description.starts_with("green");
            assert_eq!(places.is_empty(), green, "{name} {description}: {places:?}");
        }
        assert_same(name, &ours, &theirs(provider.port, &path).await);
        match official(&provider.url, &path).await {
            Some(official) => assert_same(name, &ours, &official),
            None => eprintln!(
                "{name}: NOT held against @pact-foundation/pact-core: run `npm ci` in crates/contract/benches/peer"
            ),
        }
    }
}
