use std::collections::BTreeMap;
use std::time::Duration;

use rtest_core::event::EventKind;
use rtest_core::plan::Stage;
use rtest_core::sample::Outcome;
use rtest_core::traffic::LinkTick;
use rtest_metrics::record::{ExpectEntry, ExpectHeader, GaugeEntry};

use super::scene::{Scene, instant};
use crate::traffic::{Answer, Traffic, clean, noise};

const SUITE: &str = r#"name: what the shop does
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
      duration: 12s
      flow:
        - get: /products/{{ iteration }}
  thresholds:
    http_req_failed: ["rate<0.05"]
chaos:
  timeline:
    - at: 3s
      for: 4s
      link: "storefront -> catalog"
      latency: { latency: 400ms }
      expect:
        deadline: { within: 100ms }
        breaker: { opens_within: 1s }
        recovery: { within: 2s }
        detect: { within: 1s }
        backlog: { http: { get: /queue, json: $.depth }, max: 100, drains_within: 2s }
        dead_letters: { http: { get: /queue, json: $.dead_letters }, max: 3 }
"#;

/// When the load begins.
const START: f64 = 1.5;

/// It waits no longer than it should and is well again afterwards; but it never stops asking.
pub(super) fn resilience() -> Scene {
    let mut scene = Scene::new("what the shop does", "suites/resilience.yaml", SUITE);
    let up = |at: f64| (at, at + 0.1);
    scene.service("catalog", "builtin catalog", &[], up(0.01));
    scene.service("storefront", "builtin storefront", &["catalog"], up(0.13));
    scene.load(
        &[("http_req_failed rate<0.05", "rate<0.05")],
        &[("GET /products/:iteration", &[])],
    );
    scene.fault("latency", "latency 400ms", (3000, 4000), "- at: 3s");
    let expected = [
        ("deadline:", ExpectEntry::Deadline { within_ms: 100.0 }),
        (
            "breaker:",
            ExpectEntry::Breaker {
                opens_within_ms: 1000.0,
                closes_within_ms: None,
            },
        ),
        ("recovery:", ExpectEntry::Recovery { within_ms: 2000.0 }),
        (
            "detect:",
            ExpectEntry::Detect {
                within_ms: 1000.0,
                by: None,
            },
        ),
        (
            "backlog:",
            ExpectEntry::Backlog {
                length: gauge(0, "GET /queue $.depth"),
                max: 100.0,
                drains_within_ms: Some(2000.0),
            },
        ),
        (
            "dead_letters:",
            ExpectEntry::DeadLetters {
                count: gauge(1, "GET /queue $.dead_letters"),
                min: None,
                max: Some(3.0),
            },
        ),
    ];
    let expect = expected.map(|(needle, expected)| ExpectHeader {
        expected,
        span: scene.span(needle),
    });
    scene.header.faults[0].expect = expect.into();
    scene.stage(Stage::Load, START, 13.6);
    scene.stage(Stage::Chaos, START, 13.6);
    scene.traffic(&Traffic {
        start: START,
        seconds: 12.0,
        rate: 200.0,
        workers: 2,
        faults: vec![(3.0, 7.0)],
        proofs: vec![clean("listens, no toxics")],
        answer: Box::new(|due, slot| {
            let slow = (3.0..7.0).contains(&due);
            let service = if slow { 101_000.0 } else { 2_000.0 };
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
    for tenth in 0..120 {
        let from = instant(START) + Duration::from_millis(tenth * 100);
        let mut tick = LinkTick {
            from,
            to: from + Duration::from_millis(100),
            began: 20,
            ..LinkTick::default()
        };
        if (30..70).contains(&tenth) {
            tick.ends.given_up = 20;
            tick.waited_ms = BTreeMap::from([(101, 19), (104, 1)]);
        } else {
            tick.ends.answered = 20;
            tick.waited_ms = BTreeMap::from([(2, 20)]);
        }
        let told = START + 0.1 * (tenth + 1) as f64;
        scene.at(told, EventKind::LinkTick(Box::new(tick)));
        // It grows by two in each tenth of a second, and is worked off three times as fast.
        let length = match tenth {
            30..70 => (tenth - 30) * 2,
            70..84 => 80 - (tenth - 70) * 6,
            _ => 0,
        };
        let dead = if tenth < 50 { 0 } else { 4 };
        for (gauge, value) in [(0, length), (1, dead)] {
            let reading = Ok(value as f64);
            scene.at(told, EventKind::GaugeRead { gauge, reading });
        }
    }
    scene
}

fn gauge(index: u16, name: &str) -> GaugeEntry {
    GaugeEntry {
        index,
        name: name.to_owned(),
    }
}
