//! How long an OpenAPI document takes to load, and its operations to be verified:
//!
//! ```text
//! cargo run --release -p rtest-contract --example openapi -- 1000
//! ```
//!
//! The document has so many operations, a schema for each, and a shared one that refers to itself;
//! it is read as YAML and as JSON. Loading is what comes before the first request.

#![allow(clippy::print_stdout)] // a program that prints its result

#[path = "../tests/stand_in/mod.rs"]
mod stand_in;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::OnceLock;

use rtest_core::plan::{ContractKind, OpenApiPlan};
use rtest_core::{Clock, MonotonicClock, RunTime};
use serde_json::{Value, json};
use stand_in::{Reply, StandIn, plan, verify_at};

#[tokio::main]
async fn main() {
    let operations: usize = std::env::args()
        .nth(1)
        .and_then(|count| count.parse().ok())
        .unwrap_or(1_000);
    let folder = tempfile::tempdir().expect("a folder");
    let yaml = document(operations);
    let value: Value = serde_yaml::from_str(&yaml).expect("YAML");
    for (name, text) in [("api.yaml", yaml), ("api.json", format!("{value:#}"))] {
        let path = folder.path().join(name);
        std::fs::write(&path, &text).expect("written");
        let (load, all, requests) = measure(&path).await;
        println!(
            "{name}: {operations} operations, {} KiB: loaded in {load:.2} s; {requests} requests in {all:.2} s",
            text.len() >> 10
        );
    }
}

/// Seconds until the first request, and until the end; how many requests there were.
async fn measure(path: &Path) -> (f64, f64, usize) {
    static CLOCK: OnceLock<MonotonicClock> = OnceLock::new();
    let clock = CLOCK.get_or_init(MonotonicClock::start);
    let first: &'static OnceLock<RunTime> = Box::leak(Box::default());
    let provider = StandIn::start(move |_| {
        first.get_or_init(|| clock.now());
        Reply::json(404, &json!({ "error": "not there" }))
    })
    .await;
    let mut plan = plan("unused");
    plan.kind = ContractKind::OpenApi(OpenApiPlan::of(path.to_owned()));
    let begun = clock.now();
    verify_at(&provider.url, &plan).await;
    let since = |at: RunTime| (at - begun).as_secs_f64();
    let first = *first.get().expect("a request");
    (since(first), since(clock.now()), provider.lines().len())
}

fn document(operations: usize) -> String {
    let mut text = "openapi: 3.0.3\ninfo: { title: large, version: 1.0.0 }\npaths:\n".to_owned();
    for index in 0..operations {
        let _ = write!(
            text,
            "  /things{index}/{{id}}:
    post:
      operationId: thing{index}
      parameters:
        - name: id
          in: path
          required: true
          schema: {{ type: integer, minimum: 1 }}
        - name: page
          in: query
          schema: {{ type: integer, minimum: 1, maximum: 100 }}
      requestBody:
        required: true
        content:
          application/json:
            schema: {{ $ref: \"#/components/schemas/Thing{index}\" }}
      responses:
        \"200\":
          description: The thing.
          content:
            application/json:
              schema: {{ $ref: \"#/components/schemas/Thing{index}\" }}
        \"404\": {{ description: Not there. }}
"
        );
    }
    text.push_str("components:\n  schemas:\n    Tree:\n      type: object\n      properties:\n        name: { type: string }\n        children: { type: array, items: { $ref: \"#/components/schemas/Tree\" } }\n");
    for index in 0..operations {
        let _ = write!(
            text,
            "    Thing{index}:
      type: object
      required: [name, at]
      properties:
        name: {{ type: string, minLength: 1, maxLength: 40 }}
        at: {{ type: string, format: date-time, nullable: true }}
        kind: {{ enum: [small, large] }}
        tree: {{ $ref: \"#/components/schemas/Tree\" }}
"
        );
    }
    text
}
