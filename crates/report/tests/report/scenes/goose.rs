use rtest_core::plan::Stage;
use rtest_core::sample::Outcome;

use super::scene::Scene;
use crate::traffic::{Answer, Traffic, noise};

const SUITE: &str = r#"name: a journey under goose
load:
  target: http://shop.test
  scenarios:
    browse:
      engine: goose
      executor: constant-vus
      vus: 20
      duration: 5s
      flow:
        - get: /products/{{ iteration }}
  thresholds:
    http_req_duration: ["p(95)<300"]
"#;

/// Another engine has sent the requests: what that means for their times stands in every report.
pub(super) fn goose() -> Scene {
    let mut scene = Scene::new("a journey under goose", "suites/goose.yaml", SUITE);
    scene.load(
        &[("http_req_duration p(95)<300", "p(95)<300")],
        &[("GET /products/:iteration", &[])],
    );
    let load = scene.header.load.as_mut().expect("load");
    let scenario = &mut load.scenarios[0];
    scenario.engine = Some("goose".to_owned());
    scenario.executor = "constant-vus".to_owned();
    scenario.open = false;
    scenario.description = "20 VUs for 5s".to_owned();
    scenario.ends_ms = Some(5_000);
    scene.stage(Stage::Load, 0.1, 5.4);
    scene.traffic(&Traffic {
        start: 0.15,
        seconds: 5.0,
        rate: 400.0,
        workers: 1,
        faults: Vec::new(),
        proofs: Vec::new(),
        answer: Box::new(|_, slot| Answer {
            step: 0,
            outcome: Outcome::Status(200),
            lag_us: 0,
            service_us: 2_000 + (noise(slot) * 2_000.0) as u64,
            checks: Vec::new(),
            example: None,
        }),
    });
    scene
}
