use std::collections::BTreeMap;
use std::path::Path;

use rtest_chaos::experiment::{self, Status};
use rtest_core::clock::wall_clock;
use tokio_util::sync::CancellationToken;

use crate::args::ChaosRunArgs;
use crate::command::judge::{DEFAULT_OUT, inputs};
use crate::exit::{Exit, Failure};
use crate::signals::Signals;
use crate::{host, output};

/// Whether the file is an experiment of the Chaos Toolkit: those are JSON, and suites are YAML.
pub(super) fn is_one(path: &Path) -> bool {
    path.extension()
        .is_some_and(|it| it.eq_ignore_ascii_case("json"))
}

/// Runs an experiment of the Chaos Toolkit, and writes its journal.
pub(super) fn execute(args: &ChaosRunArgs) -> Result<Exit, Failure> {
    refuse_what_is_of_suites(args)?;
    let shown = args.suite.display();
    let text = std::fs::read_to_string(&args.suite)
        .map_err(|error| Failure::usage(format!("error: {shown} cannot be read: {error}")))?;
    let variables: BTreeMap<String, String> = inputs().variables;
    let allowed = args.allow.iter().cloned().collect();
    let experiment = experiment::read(&text, &variables, &allowed).map_err(|wrong| {
        let wrong: Vec<String> = wrong
            .iter()
            .map(|one| format!("error: {shown}: {one}"))
            .collect();
        Failure::usage(format!("{}\n\nnothing was started", wrong.join("\n")))
    })?;
    let started = wall_clock();
    let journal_path = args.journal_path.clone().unwrap_or_else(|| {
        let out = args
            .output
            .out
            .clone()
            .unwrap_or_else(|| DEFAULT_OUT.into());
        out.join(host::run_id(&experiment.title, started))
            .join("journal.json")
    });
    make_room(&journal_path)?;
    let quiet = args.output.quiet;
    let tell = move |line: &str| {
        if !quiet {
            output::say(line);
        }
    };
    let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::from)?;
    let (journal, status, interrupted) = runtime.block_on(async {
        let cancel = CancellationToken::new();
        let signals = Signals::watch(cancel.clone(), || {
            output::say("stopping: rollbacks are carried out (again to end at once)");
        })
        .map_err(anyhow::Error::from)?;
        tell(&format!("experiment  {}", experiment.title));
        let node = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let ran = experiment::run(&experiment, node.trim(), args.dry_run, &cancel, &tell).await;
        Ok::<_, Failure>((ran.0, ran.1, signals.exit()))
    })?;
    std::fs::write(&journal_path, journal.to_json()).map_err(|error| Failure {
        exit: Exit::Environment,
        message: format!("error: {}: {error}", journal_path.display()),
    })?;
    output::data(format!("{}  {}\n", status.name(), experiment.title).as_bytes())?;
    output::say(&format!("    journal  {}", journal_path.display()));
    Ok(match status {
        Status::Completed => Exit::Passed,
        Status::Failed | Status::Deviated => Exit::Failed,
        Status::Interrupted => interrupted,
    })
}

/// An experiment has a journal, and no reports; no samples, and no load to steer.
fn refuse_what_is_of_suites(args: &ChaosRunArgs) -> Result<(), Failure> {
    let given = [
        ("--report", !args.output.reports.is_empty()),
        ("--fail-on-inconclusive", args.of_load.fail_on_inconclusive),
        ("--control", args.of_load.control.is_some()),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((flag, _)) => Err(Failure::usage(format!(
            "error: {flag} is of suites, and this is an experiment\n\
             hint: an experiment writes a journal; --journal-path says where"
        ))),
        None => Ok(()),
    }
}

/// Sees, before anything is done, that the journal can be written.
fn make_room(path: &Path) -> Result<(), Failure> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), std::fs::create_dir_all);
    made.map_err(|error| Failure {
        exit: Exit::Environment,
        message: format!("error: {}: {error}", path.display()),
    })
}
