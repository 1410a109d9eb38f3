use rtest_core::event::ServiceState;
use rtest_metrics::record::EntryKind;

use super::quickstart::skeleton;
use super::scene::{Scene, service};

/// The second service ends before it is ready.
pub(crate) fn environment_failed() -> Scene {
    let mut scene = skeleton("a service that does not start", "suites/quickstart.yaml");
    let not_ready = |event: &rtest_core::Event| event.at < super::scene::instant(0.3);
    scene.events.retain(not_ready);
    scene.at(
        0.21,
        service(
            "storefront",
            ServiceState::Exited {
                status: "exit status: 1".to_owned(),
                log_tail: vec!["Error: CATALOG_URL is not set".to_owned()],
            },
        ),
    );
    scene.ending = Some(EntryKind::EnvironmentFailed {
        message: "error[RT0401]: `storefront` ended before it was ready: exit status: 1\n  \
                  --> suites/quickstart.yaml:6:5\n\
                  6 |     storefront: { builtin: storefront, depends_on: [catalog] }\n    \
                  |     ^^^^^^^^^^^\n  | Error: CATALOG_URL is not set"
            .to_owned(),
    });
    scene
}
