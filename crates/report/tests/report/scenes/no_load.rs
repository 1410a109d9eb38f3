use rtest_core::plan::Stage;

use super::quickstart::SUITE;
use super::scene::Scene;

/// Programs alone, all well: no environment, no load.
pub(super) fn no_load() -> Scene {
    let mut scene = Scene::new("sims", "suites/quickstart.yaml", SUITE);
    scene.stage(Stage::Sim, 0.01, 0.84);
    scene.sim(0.83, Vec::new(), "sims/retry.mjs");
    scene
}
