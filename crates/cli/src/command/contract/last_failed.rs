use std::fs;
use std::path::{Path, PathBuf};

use rtest_core::plan::InteractionKey;
use rtest_metrics::RunRecord;
use rtest_metrics::record::{InteractionStatus, read};

use super::NAME;
use crate::args::OutputArgs;
use crate::command::judge::DEFAULT_OUT;
use crate::exit::Failure;

/// The interactions that the last run did not verify.
///
/// # Errors
/// There was no run, or it verified all of them.
pub(super) fn last_failed(output: &OutputArgs) -> Result<Vec<InteractionKey>, Failure> {
    let out = output.out.clone().unwrap_or_else(|| DEFAULT_OUT.into());
    let Some((folder, record)) = newest(&out) else {
        return Err(Failure::usage(format!(
            "error: no run of `rtest contract verify` is recorded in {}\nhint: leave out --last-failed",
            out.display()
        )));
    };
    let failed = record.interactions.iter().filter(|interaction| {
        !matches!(
            interaction.status,
            InteractionStatus::Verified | InteractionStatus::Skipped
        )
    });
    let failed: Vec<InteractionKey> = failed
        .map(|interaction| InteractionKey {
            consumer: interaction.consumer.clone(),
            description: interaction.description.clone(),
            states: interaction.states.clone(),
        })
        .collect();
    if failed.is_empty() {
        return Err(Failure::usage(format!(
            "error: nothing failed in the last run, {}\nhint: leave out --last-failed",
            folder.display()
        )));
    }
    Ok(failed)
}

/// The newest run that tried interactions.
fn newest(out: &Path) -> Option<(PathBuf, RunRecord)> {
    let entries = fs::read_dir(out).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    // Ids begin with the time, so the newest is the last.
    folders.sort();
    folders.into_iter().rev().find_map(|folder| {
        let record = read(&folder.join("record")).ok()?;
        let is_ours = record.header.name == NAME && !record.interactions.is_empty();
        is_ours.then_some((folder, record))
    })
}
