use rtest_core::plan::Stage;

use super::quickstart::{skeleton, traffic};
use super::scene::{Scene, instant};

/// Killed eight seconds in, in the middle of the first fault.
pub(crate) fn cut_off() -> Scene {
    let mut scene = skeleton("storefront, killed", "suites/quickstart.yaml");
    scene.stage(Stage::Load, 1.5, 21.6);
    scene.http_probe("http: { get: /health", (1.42, 21.7), (true, "status 200"));
    scene.traffic(&traffic());
    scene.events.retain(|event| event.at <= instant(9.6));
    scene.ending = None;
    scene
}
