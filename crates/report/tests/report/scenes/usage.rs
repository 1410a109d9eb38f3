use rtest_core::event::{EventKind, ServiceImage, ServiceState};
use rtest_core::plan::Stage;
use rtest_core::sample::Outcome;
use rtest_core::usage::{Quantity, Reading, UsageTick};

use super::scene::{Scene, service};
use crate::traffic::{Answer, Traffic, clean, noise};

const SUITE: &str = r#"name: what orders use
environment:
  services:
    db: { container: "postgres:15", env: { POSTGRES_PASSWORD: test } }
    cache: { container: "redis:7" }
    api: { process: { command: [node, server.js] }, depends_on: [db, cache] }
load:
  target: api
  scenarios:
    browse:
      executor: constant-arrival-rate
      rate: 200/s
      duration: 12s
      flow: [{ get: /orders }]
  thresholds:
    service.db.connections: ["max<50"]
    service.api.cpu: ["avg<80%"]
    service.api.memory: ["max<256MB"]
chaos:
  timeline:
    - { at: 4s, for: 4s, service: cache, kill: true }
"#;

/// When the load begins.
const START: f64 = 3.0;

/// While the cache is down the database has to do its work, and runs out of connections.
pub(super) fn usage() -> Scene {
    let mut scene = Scene::new("what orders use", "suites/orders.yaml", SUITE);
    for (name, preparing) in [("db", 0.1), ("cache", 0.1), ("api", 2.2)] {
        scene.at(preparing, service(name, ServiceState::Preparing));
    }
    for (name, image, digest) in [
        ("db", "postgres:15", Some("postgres@sha256:5d1f6a")),
        ("cache", "redis:7", None),
    ] {
        let image = ServiceImage {
            name: image.to_owned(),
            id: format!("sha256:{}", "0123456789abcdef".repeat(4)),
            digest: digest.map(str::to_owned),
        };
        let service = name.to_owned();
        scene.at(0.2, EventKind::ServiceImage { service, image });
    }
    scene.service("db", "container postgres:15", &[], (0.9, 2.2));
    scene.service("cache", "container redis:7", &[], (0.4, 0.5));
    scene.service(
        "api",
        "process node server.js",
        &["db", "cache"],
        (2.2, 2.7),
    );
    scene.load(
        &[
            ("service.db.connections max<50", "\"max<50\""),
            ("service.api.cpu avg<0.8", "\"avg<80%\""),
            ("service.api.memory max<256000000", "\"max<256MB\""),
        ],
        &[("GET /orders", &[])],
    );
    scene.fault("kill", "killed", (4000, 4000), "- { at: 4s");
    scene.stage(Stage::Load, START, 15.1);
    scene.stage(Stage::Chaos, START, 15.1);
    scene.traffic(&Traffic {
        start: START,
        seconds: 12.0,
        rate: 100.0,
        workers: 1,
        faults: vec![(4.0, 8.0)],
        proofs: vec![clean("ready again after 100ms")],
        answer: Box::new(|due, slot| {
            let service = if is_down(due) { 21_000.0 } else { 4_000.0 };
            Answer {
                step: 0,
                outcome: Outcome::Status(200),
                lag_us: 60,
                service_us: (service + noise(slot) * 2_000.0) as u64,
                checks: Vec::new(),
                example: None,
            }
        }),
    });
    scene.at(START + 4.0, service("cache", ServiceState::Stopped));
    scene.at(START + 7.8, service("cache", ServiceState::Preparing));
    scene.at(START + 7.9, service("cache", ServiceState::Starting));
    for tenth in 0..146_u64 {
        let at = 0.5 + tenth as f64 / 10.0;
        scene.at(at, EventKind::Usage(used(at - START, tenth)));
    }
    scene.at(START + 11.0, service("cache", ServiceState::OutOfMemory));
    let exited = ServiceState::Exited {
        status: "exit code 137, out of memory".to_owned(),
        log_tail: vec!["# Background saving started".to_owned()],
    };
    scene.at(START + 11.0, service("cache", exited));
    scene
}

/// Whether the cache is, at so many seconds of load.
fn is_down(due: f64) -> bool {
    (4.0..8.0).contains(&due)
}

/// What is seen at so many seconds of load.
fn used(due: f64, tenth: u64) -> UsageTick {
    let loaded = (0.0..12.0).contains(&due);
    let busy = match (loaded, is_down(due)) {
        (false, _) => 0.02,
        (true, false) => 0.3,
        (true, true) => 0.7,
    };
    let jitter = 0.9 + 0.2 * noise(tenth);
    let shares = |share: f64| (share * jitter * 1e3).round() / 1e3;
    let bytes = |mega: f64| (mega * 1e6 * jitter).round();
    let mut services = Vec::new();
    if due > -2.0 {
        let connections = if is_down(due) { 62.0 } else { 20.0 };
        let mut db = vec![
            Reading::new(Quantity::Cpu, shares(busy)),
            Reading::new(Quantity::Memory, bytes(64.0)),
            Reading::new(Quantity::NetworkIn, bytes(0.02)),
            Reading::new(Quantity::NetworkOut, bytes(0.1)),
        ];
        if tenth.is_multiple_of(5) {
            let waiting = if is_down(due) { 9.0 } else { 0.0 };
            db.push(Reading::new(Quantity::Connections, connections));
            db.push(Reading::new(Quantity::ConnectionsWaiting, waiting));
        }
        services.push(("db".to_owned(), db));
    }
    if !is_down(due) && due < 11.0 {
        let cache = [
            Reading::new(Quantity::Cpu, shares(busy / 4.0)),
            Reading::new(Quantity::CpuThrottled, shares(busy / 2.0)),
            Reading::new(Quantity::Memory, bytes(12.0 + due.max(0.0) * 4.0)),
        ];
        services.push(("cache".to_owned(), cache.into()));
    }
    if due > -0.8 {
        let api = [
            Reading::new(Quantity::Cpu, shares(busy * 1.5)),
            Reading::new(Quantity::Memory, bytes(110.0)),
        ];
        services.push(("api".to_owned(), api.into()));
    }
    UsageTick {
        rtest: vec![
            Reading::new(Quantity::Cpu, shares(busy / 3.0)),
            Reading::new(Quantity::Memory, bytes(38.0)),
        ],
        services,
    }
}
