use rtest_core::event::EventKind;
use rtest_core::plan::Stage;
use rtest_core::sample::{ErrorKind, Outcome};

use super::scene::Scene;
use crate::traffic::{Answer, Traffic, noise};

const SUITE: &str = r#"name: more than this machine can send
load:
  target: http://shop.test
  scenarios:
    browse:
      executor: constant-arrival-rate
      rate: 400/s
      duration: 5s
      flow:
        - get: /products/{{ iteration }}
  thresholds:
    http_req_duration: ["p(95)<300"]
"#;

/// The generator is at its end: a worker never rests, the local ports run out.
pub(super) fn starved() -> Scene {
    let name = "more than this machine can send";
    let mut scene = Scene::new(name, "suites/starved.yaml", SUITE);
    scene.load(
        &[("http_req_duration p(95)<300", "p(95)<300")],
        &[("GET /products/:iteration", &[])],
    );
    let load = scene.header.load.as_mut().expect("load");
    load.scenarios[0].ends_ms = Some(5_000);
    scene.stage(Stage::Load, 0.1, 6.5);
    scene.traffic(&Traffic {
        start: 0.15,
        seconds: 5.0,
        rate: 400.0,
        workers: 1,
        faults: Vec::new(),
        proofs: Vec::new(),
        answer: Box::new(|due, slot| {
            let no_port = slot % 50 == 49;
            Answer {
                step: 0,
                outcome: if no_port {
                    Outcome::Error(ErrorKind::LocalPorts)
                } else {
                    Outcome::Status(200)
                },
                // It falls behind, and further behind.
                lag_us: (due * 200_000.0) as u64,
                service_us: 2_000 + (noise(slot) * 2_000.0) as u64,
                checks: Vec::new(),
                example: no_port.then(|| {
                    "GET /products/49: no local port was left for the connection".to_owned()
                }),
            }
        }),
    });
    for event in &mut scene.events {
        if let EventKind::GeneratorHealth(health) = &mut event.kind {
            health.busiest_worker = 0.98;
            health.waited_for_core = 0.12;
            health.local_ports = 28_230;
            health.local_ports_limit = 28_232;
        }
    }
    scene
}
