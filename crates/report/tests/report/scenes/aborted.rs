use rtest_core::event::EventKind;
use rtest_core::plan::Stage;
use rtest_core::sample::Outcome;

use super::scene::{Scene, instant};
use crate::traffic::{Answer, Traffic, noise};

const SUITE: &str = r#"name: ended by a threshold
load:
  target: storefront
  scenarios:
    browse:
      executor: constant-arrival-rate
      rate: 200/s
      duration: 20s
      flow:
        - get: /products/{{ iteration }}
  thresholds:
    http_req_failed: [{ threshold: "rate<0.05", abort: true }]
    http_req_duration: ["p(95)<300"]
"#;

/// The target breaks after two seconds; a second later the load is ended.
pub(super) fn aborted() -> Scene {
    let mut scene = Scene::new("ended by a threshold", "suites/aborted.yaml", SUITE);
    scene.load(
        &[
            ("http_req_failed rate<0.05", "{ threshold: \"rate<0.05\""),
            ("http_req_duration p(95)<300", "p(95)<300"),
        ],
        &[("GET /products/:iteration", &[])],
    );
    let load = scene.header.load.as_mut().expect("load");
    load.thresholds[0].abort_after_ms = Some(0);
    load.scenarios[0].ends_ms = Some(20_000);
    scene.stage(Stage::Load, 0.1, 4.2);
    scene.traffic(&Traffic {
        start: 0.15,
        seconds: 4.0,
        rate: 200.0,
        workers: 2,
        faults: Vec::new(),
        proofs: Vec::new(),
        answer: Box::new(|due, slot| {
            let broken = due >= 2.0;
            Answer {
                step: 0,
                outcome: Outcome::Status(if broken { 503 } else { 200 }),
                lag_us: 60,
                service_us: 2_000 + (noise(slot) * 2_000.0) as u64,
                checks: Vec::new(),
                example: broken.then(|| "GET /products/401: status 503".to_owned()),
            }
        }),
    });
    scene.events.push(rtest_core::Event {
        at: instant(3.15),
        kind: EventKind::LoadAborted {
            threshold: 0,
            observed: 0.3333,
        },
    });
    scene
}
