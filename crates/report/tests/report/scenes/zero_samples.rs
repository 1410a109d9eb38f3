use std::time::Duration;

use rtest_core::event::EventKind;
use rtest_core::plan::Stage;
use rtest_core::sample::{LoadTick, ScenarioTick};

use super::quickstart::skeleton;
use super::scene::{Scene, instant};

/// Load ran, and not one request was sent.
pub(super) fn zero_samples() -> Scene {
    let mut scene = skeleton("nothing was sent", "suites/quickstart.yaml");
    scene.header.faults.clear();
    scene.header.hypothesis.clear();
    scene.stage(Stage::Load, 1.5, 3.5);
    for second in 0..2_u32 {
        let from = instant(1.5) + Duration::from_secs(1) * second;
        let to = from + Duration::from_secs(1);
        scene.events.push(rtest_core::Event {
            at: to,
            kind: EventKind::LoadTick(Box::new(LoadTick {
                worker: 0,
                from,
                to,
                series: Vec::new(),
                checks: Vec::new(),
                scenarios: vec![ScenarioTick {
                    offered: 200,
                    ..Default::default()
                }],
                ..LoadTick::default()
            })),
        });
    }
    scene
}
