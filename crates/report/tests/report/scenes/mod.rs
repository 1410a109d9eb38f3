//! Runs made by hand.

mod aborted;
mod canary;
mod cases;
mod contracts_only;
mod cut_off;
mod environment_failed;
mod goose;
mod hostile;
mod journey;
mod no_load;
mod quickstart;
mod resilience;
mod scene;
mod starved;
mod usage;
mod zero_samples;

pub(crate) use canary::canary;
pub(crate) use contracts_only::contracts_only;
pub(crate) use cut_off::cut_off;
pub(crate) use environment_failed::environment_failed;
pub(crate) use hostile::{HOSTILE, hostile};
pub(crate) use journey::journey;
pub(crate) use quickstart::quickstart;
pub(crate) use scene::Scene;

/// Rendered as they are.
pub(crate) fn all() -> Vec<(&'static str, Scene)> {
    vec![
        ("cases", cases::cases()),
        ("contracts-only", contracts_only()),
        ("no-load", no_load::no_load()),
        ("zero-samples", zero_samples::zero_samples()),
        ("environment-failed", environment_failed()),
        ("hostile", hostile()),
        ("journey", journey()),
        ("aborted", aborted::aborted()),
        ("starved", starved::starved()),
        ("goose", goose::goose()),
        ("resilience", resilience::resilience()),
        ("usage", usage::usage()),
    ]
}

/// Recorded into `fixtures/records` where that folder has no run of the name yet.
pub(crate) fn recorded() -> Vec<(&'static str, Scene)> {
    vec![
        ("quickstart", quickstart()),
        ("canary", canary()),
        ("cut-off", cut_off()),
    ]
}
