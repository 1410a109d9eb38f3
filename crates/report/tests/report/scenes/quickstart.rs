use rtest_core::event::{EventKind, InteractionOutcome};
use rtest_core::plan::Stage;
use rtest_core::sample::{ErrorKind, Outcome};

use super::scene::{Scene, interaction, span_in};
use crate::traffic::{Answer, Traffic, clean, noise};

pub(super) const SUITE: &str = r#"name: storefront quickstart
seed: 42
environment:
  services:
    catalog: { builtin: catalog }
    storefront: { builtin: storefront, depends_on: [catalog] }
load:
  target: storefront
  scenarios:
    browse:
      executor: constant-arrival-rate
      rate: 200/s
      duration: 20s
      flow:
        - get: /products/{{ iteration }}
          check: { status: 200, json: { $.price: { type: number } } }
        - get: /cart
          check: { status: 2xx }
  thresholds:
    http_req_duration: ["p(95)<300", "p(99)<800"]
    "http_req_duration{endpoint:/cart}": ["p(95)<300"]
    http_req_failed: ["rate<0.05"]
    checks: ["rate>0.9"]
chaos:
  hypothesis:
    - metric: "http_req_failed rate<0.01"
    - http: { get: /health, status: 200 }
  timeline:
    - { at: 5s, for: 5s, link: "storefront -> catalog", latency: { latency: 400ms, jitter: 50ms } }
    - { at: 12s, for: 4s, link: "storefront -> catalog", down: true }
contracts:
  - { pact: pacts, provider: storefront }
sim:
  - { program: sims/retry.mjs, seeds: 200 }
"#;

pub(super) const PACT: &str = r#"{
  "consumer": { "name": "web" },
  "provider": { "name": "storefront" },
  "interactions": [
    {
      "description": "a request for user 7",
      "providerStates": [{ "name": "user 7 exists" }],
      "request": { "method": "GET", "path": "/users/7" },
      "response": {
        "status": 200,
        "headers": { "Content-Type": "application/json" },
        "body": { "id": 7, "email": "surya@example.org" }
      }
    },
    {
      "description": "a request for the cart",
      "request": { "method": "GET", "path": "/cart" },
      "response": { "status": 200 }
    }
  ]
}
"#;

pub(super) const PACT_FILE: &str = "suites/pacts/web-storefront.json";

/// What the sample shop does: fast; at its deadline while the catalog is slow; errors, then its
/// fallback, while it is down.
pub(super) fn shop(due: f64, slot: u64) -> Answer {
    let product = slot % 10 < 7;
    let wobble = noise(slot);
    // A long tail: one in a hundred takes ten times as long.
    let base = 1_600.0
        + 900.0 * wobble
        + if slot % 97 == 3 {
            18_000.0 * wobble
        } else {
            0.0
        };
    let slow = (5.0..10.0).contains(&due) && product;
    let refused = (12.0..12.8).contains(&due) && product && slot.is_multiple_of(3);
    let (outcome, service) = if refused {
        (Outcome::Status(503), 900.0 + 300.0 * wobble)
    } else if slow && slot % 151 == 7 {
        (Outcome::Error(ErrorKind::Closed), 251_000.0)
    } else if slow {
        (Outcome::Status(200), 250_000.0 + 9_000.0 * wobble)
    } else {
        (Outcome::Status(200), base)
    };
    let good = outcome == Outcome::Status(200);
    Answer {
        step: u16::from(!product),
        outcome,
        lag_us: 40 + (120.0 * wobble) as u64,
        service_us: service as u64,
        checks: if product {
            vec![good, good]
        } else {
            vec![good]
        },
        example: match outcome {
            Outcome::Status(503) => {
                Some("503 Service Unavailable: {\"error\":\"catalog is down\"}".to_owned())
            }
            Outcome::Error(_) => {
                Some("connection closed before the answer was whole (0 bytes)".to_owned())
            }
            Outcome::Status(_) | Outcome::Expected(_) => None,
        },
    }
}

/// The environment, the gates and the faults of the suite, without what happens.
pub(super) fn skeleton(name: &str, file: &'static str) -> Scene {
    let mut scene = Scene::new(name, file, SUITE);
    scene.service("catalog", "builtin catalog", &[], (0.012, 0.131));
    scene.service(
        "storefront",
        "builtin storefront",
        &["catalog"],
        (0.134, 0.322),
    );
    scene.load(
        &[
            ("http_req_duration p(95)<300", "\"p(95)<300\""),
            ("http_req_duration p(99)<800", "\"p(99)<800\""),
            (
                "http_req_duration{endpoint:/cart} p(95)<300",
                "\"http_req_duration{endpoint:/cart}\"",
            ),
            ("http_req_failed rate<0.05", "\"rate<0.05\""),
            ("checks rate>0.9", "\"rate>0.9\""),
        ],
        &[
            (
                "GET /products/:id",
                &[
                    ("status 200", "status: 200, json"),
                    ("$.price is a number", "$.price"),
                ],
            ),
            ("GET /cart", &[("status 2xx", "status: 2xx")]),
        ],
    );
    scene.fault("latency", "latency 400ms ± 50ms", (5000, 5000), "{ at: 5s");
    scene.fault("down", "down", (12_000, 4000), "{ at: 12s");
    scene.metric_probe("http_req_failed rate<0.01", "http_req_failed rate<0.01");
    scene
}

pub(super) fn traffic() -> Traffic {
    Traffic {
        start: 1.5,
        seconds: 20.0,
        rate: 200.0,
        workers: 2,
        faults: vec![(5.003, 10.004), (12.002, 16.003)],
        proofs: vec![
            clean("proxy listens, no toxics"),
            clean("proxy listens, no toxics"),
        ],
        answer: Box::new(shop),
    }
}

/// Green, with a slow dependency and then a dead one.
pub(crate) fn quickstart() -> Scene {
    let mut scene = skeleton("storefront quickstart", "suites/quickstart.yaml");
    scene.contract("suites/pacts", "- { pact: pacts");
    scene.stage(Stage::Contracts, 0.33, 0.36);
    for (description, request) in [
        ("a request for user 7", "GET /users/7"),
        ("a request for the cart", "GET /cart"),
    ] {
        let span = span_in(PACT_FILE, PACT, &format!("\"{description}\""));
        scene.at(
            0.35,
            interaction(description, request, span, InteractionOutcome::Verified),
        );
    }
    scene.stage(Stage::Sim, 0.4, 1.3);
    scene.sim(1.25, Vec::new(), "sims/retry.mjs");
    scene.stage(Stage::Load, 1.5, 21.6);
    scene.stage(Stage::Chaos, 1.5, 21.6);
    scene.http_probe("http: { get: /health", (1.42, 21.7), (true, "status 200"));
    scene.traffic(&traffic());
    scene.at(
        21.8,
        EventKind::Note("storefront wrote 4 lines to its log".to_owned()),
    );
    scene
}
