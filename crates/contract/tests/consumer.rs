//! A pact as the reference implementation of the consumer side writes it.

#![allow(clippy::unwrap_used)] // in the functions that the test is made of

mod stand_in;

use std::io::{Read, Write};
use std::net::TcpStream;

use pact_consumer::prelude::*;
use pact_consumer::{each_like, json_pattern, like, term};
use rtest_core::event::InteractionOutcome;
use serde_json::json;
use stand_in::{Reply, StandIn, handlers, marked, plan, state, verify_at};

/// Runs a consumer against the mock server; the pact is written when it met every expectation.
/// Outside of an async runtime: only inside one would the mock server report its use to its makers.
fn consume(folder: &std::path::Path) {
    let mock = PactBuilder::new_v4("web", "storefront")
        .with_output_dir(folder)
        .interaction("lists orders", "", |mut interaction| {
            interaction.given("user 7 has orders");
            interaction
                .request
                .get()
                .path("/users/7/orders")
                .query_param("page", "1")
                .header("Accept", "application/json");
            interaction
                .response
                .ok()
                .header("Content-Type", "application/json")
                .json_body(json_pattern!({
                    "total": like!(12),
                    "orders": each_like!({
                        "id": term!("^o-\\d+$", "o-1"),
                        "status": "queued",
                    }),
                }));
            interaction
        })
        .start_mock_server(None, None);
    let url = mock.url();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect(address).unwrap();
    let request = "GET /users/7/orders?page=1 HTTP/1.1\r\nhost: mock\r\n\
                   accept: application/json\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn a_v4_pact_written_by_pact_consumer_verifies_and_catches_a_break() {
    let folder = tempfile::tempdir().unwrap();
    consume(folder.path());
    let mut plan = plan(folder.path());
    let always = state("user 7 has orders", []);
    handlers(&mut plan).push(always);

    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let keeps = StandIn::start(|asked| {
            assert_eq!(asked.line, "GET /users/7/orders?page=1");
            assert_eq!(asked.headers["accept"], "application/json");
            let order = |id: &str| json!({ "id": id, "status": "queued", "extra": 1 });
            Reply::json(
                200,
                &json!({ "total": 2, "orders": [order("o-9"), order("o-10")] }),
            )
        })
        .await;
        let done = verify_at(&keeps.url, &plan).await;
        assert!(done.summary.passed(), "{:?}", done.events);
        assert_eq!(done.interactions()[0].outcome, InteractionOutcome::Verified);

        let breaks = StandIn::start(|_| {
            let order = json!({ "id": "9", "status": "queued" });
            Reply::json(200, &json!({ "total": 1, "orders": [order] }))
        })
        .await;
        let done = verify_at(&breaks.url, &plan).await;
        let mismatches = done.mismatches();
        assert_eq!(mismatches.len(), 1, "{mismatches:?}");
        assert_eq!(mismatches[0].location, "body $.orders[0].id");
        assert_eq!(marked(&mismatches[0].span), r#""id": "o-1""#);
    });
}
