use std::path::Path;

use rtest_core::Seed;

use super::chooser::Chance;
use crate::error::{RuntimeError, RuntimeErrorKind};
use crate::program::{ProgramOptions, ProgramOutcome, run_here};

/// What a program exits with to a search that it ran into a limit under.
const LIMIT_EXIT_CODE: i32 = 70;

/// Runs a program under one schedule, on a thread of `on_own_stacks`. One that runs into a limit
/// has an outcome like any other, with that as a finding.
///
/// # Errors
/// When it cannot be run at all, or uses what the runtime does not have.
pub(crate) fn run_once(
    path: &Path,
    options: &ProgramOptions,
    seed: Seed,
    chance: Chance,
) -> Result<ProgramOutcome, RuntimeError> {
    let options = ProgramOptions {
        seed,
        chance,
        ..options.clone()
    };
    match run_here(path, &options) {
        Err(RuntimeError {
            kind: RuntimeErrorKind::Budget(_),
            outcome: Some(outcome),
            ..
        }) => Ok(ProgramOutcome {
            exit_code: LIMIT_EXIT_CODE,
            ..*outcome
        }),
        other => other,
    }
}
