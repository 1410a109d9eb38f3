//! How long verification takes, beside the reference verifier, on the same pact and provider:
//!
//! ```text
//! cargo run --release -p rtest-contract --example throughput -- 500
//! ```

#![allow(clippy::print_stdout)] // a program that prints its result

#[path = "../tests/stand_in/mod.rs"]
mod stand_in;

use std::sync::Arc;
use std::time::Duration;

use pact_verifier::callback_executors::{
    HttpRequestProviderStateExecutor, NullRequestFilterExecutor,
};
use pact_verifier::{
    FilterInfo, ProviderInfo, ProviderTransport, VerificationOptions, verify_pact_internal,
};
use rtest_core::{Clock, MonotonicClock};
use serde_json::json;
use stand_in::{Reply, StandIn, pact, plan, verify_at};

#[tokio::main]
async fn main() {
    let count: usize = std::env::args()
        .nth(1)
        .and_then(|count| count.parse().ok())
        .unwrap_or(500);
    let user = json!({ "id": 7, "name": "Surya", "email": "surya@example.com",
        "tags": ["a", "b"], "address": { "city": "Pune", "zip": 411_001 } });
    let reply = Reply::json(200, &user);
    let provider = StandIn::start(move |_| reply.clone()).await;
    let interactions: Vec<_> = (0..count)
        .map(|index| {
            json!({
                "description": format!("shows user {index}"),
                "request": { "method": "GET", "path": format!("/users/{index}") },
                "response": {
                    "status": 200,
                    "headers": { "Content-Type": "application/json" },
                    "body": user,
                    "matchingRules": { "body": {
                        "$.id": { "matchers": [{ "match": "integer" }] },
                        "$.name": { "matchers": [{ "match": "type" }] },
                        "$.email": { "matchers": [{ "match": "regex", "regex": "^[^@]+@[^@]+$" }] },
                        "$.tags": { "matchers": [{ "match": "type", "min": 1 }] }
                    } }
                }
            })
        })
        .collect();
    let (_folder, path) = pact("3.0.0", json!(interactions));

    let clock = MonotonicClock::start();
    let done = verify_at(&provider.url, &plan(&path)).await;
    let ours = clock.now().as_secs_f64();
    assert_eq!(done.summary.verified, count, "{:?}", done.summary);

    let clock = MonotonicClock::start();
    let theirs_verified = reference(provider.port, &path).await;
    let theirs = clock.now().as_secs_f64();
    assert_eq!(theirs_verified, count);

    println!("{count} interactions, one after the other, files read included");
    println!(
        "  rtest-contract  {ours:.3} s   {:.3} ms each",
        ours * 1e3 / count as f64
    );
    println!(
        "  pact_verifier   {theirs:.3} s   {:.3} ms each",
        theirs * 1e3 / count as f64
    );
    println!("  ratio           {:.1}", theirs / ours);
}

/// How many interactions the reference verifier verifies.
async fn reference(port: u16, path: &std::path::Path) -> usize {
    let provider = ProviderInfo {
        name: "storefront".to_owned(),
        host: "127.0.0.1".to_owned(),
        transports: vec![ProviderTransport {
            transport: "http".to_owned(),
            port: Some(port),
            path: None,
            scheme: Some("http".to_owned()),
        }],
        ..ProviderInfo::default()
    };
    let options = VerificationOptions::<NullRequestFilterExecutor>::default();
    let states = Arc::new(HttpRequestProviderStateExecutor::default());
    let pact = pact_models::pact::read_pact(path).expect("a pact");
    let results = verify_pact_internal(
        &provider,
        &FilterInfo::None,
        pact,
        &options,
        &states,
        false,
        Duration::ZERO,
    )
    .await
    .expect("verified")
    .results;
    results.iter().filter(|one| one.result.is_ok()).count()
}
