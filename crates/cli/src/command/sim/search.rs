use std::fmt::Write as _;
use std::sync::Arc;

use rtest_report::number::count;
use rtest_runtime::{
    Chance, FindingKind, Found, ProgramOptions, RuntimeError, Search, SearchOptions, Strategy,
    run_program, search_watched,
};
use tokio_util::sync::CancellationToken;

use super::progress::Progress;
use super::trace::TraceFile;
use super::{command, exit_of};
use crate::args::{SimArgs, SimStrategy};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::signals::Signals;

/// Findings that are shown in full; the others in one line.
const MOST_SHOWN: usize = 3;

/// Searches a program, and says on stdout what is wrong with it.
pub(super) fn execute(args: &SimArgs, program: ProgramOptions, runs: u32) -> Result<Exit, Failure> {
    let trace = TraceFile::of(args)?;
    let options = SearchOptions {
        program,
        runs,
        strategy: match args.search.strategy {
            SimStrategy::Random => Strategy::Random,
            SimStrategy::Pct => Strategy::Pct {
                depth: args.search.depth,
            },
            SimStrategy::Exhaustive => Strategy::Exhaustive {
                forced: args.search.forced,
            },
        },
        shrink: true,
    };
    let (found, interrupted) = watched(args, &options)?;
    output::data(render(args, &options, &found, interrupted.is_some()).as_bytes())?;
    if let Some(trace) = trace {
        write_trace(trace, args, &options, &found)?;
    }
    if !found.deterministic {
        return Err(Failure::internal(
            "error: one schedule run twice did not give the same bytes",
        ));
    }
    Ok(match (interrupted, found.found.as_slice()) {
        (Some(exit), _) => exit,
        (None, []) => Exit::Passed,
        (None, _) => Exit::Failed,
    })
}

/// The search, with its progress on stderr, and how the process ends where it was interrupted.
fn watched(args: &SimArgs, options: &SearchOptions) -> Result<(Search, Option<Exit>), Failure> {
    // The search has threads of its own; this one waits for signals and tells how far it is.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    let (cancel, over) = (CancellationToken::new(), CancellationToken::new());
    let progress = Arc::new(Progress::new(options.runs, cancel.clone()));
    let teller = {
        let (progress, over) = (Arc::clone(&progress), over.clone());
        runtime.spawn(async move { progress.tell(over).await })
    };
    let signals = {
        let _inside = runtime.enter();
        Signals::watch(cancel.clone(), || ()).map_err(anyhow::Error::from)?
    };
    let found = search_watched(&args.program, options, &*progress);
    over.cancel();
    runtime.block_on(teller).map_err(anyhow::Error::from)?;
    let interrupted = cancel.is_cancelled().then(|| signals.exit());
    Ok((found.map_err(|error| failure(&error))?, interrupted))
}

fn failure(error: &RuntimeError) -> Failure {
    Failure {
        exit: exit_of(&error.kind),
        message: format!("error: {error}"),
    }
}

/// The trace of the first finding, or of the first run where there is none.
fn write_trace(
    trace: TraceFile,
    args: &SimArgs,
    options: &SearchOptions,
    search: &Search,
) -> Result<(), Failure> {
    let first = search.found.iter().find_map(schedule_of);
    let mut run = ProgramOptions {
        trace: true,
        ..options.program.clone()
    };
    if let Some(schedule) = first {
        run.seed = schedule.seed;
        run.chance = Chance::Forced(schedule.choices.clone());
    }
    let outcome = match run_program(&args.program, &run) {
        Ok(outcome) => outcome,
        Err(error) => match error.outcome {
            Some(outcome) => *outcome,
            None => return Err(failure(&error)),
        },
    };
    trace.write(&outcome, args, &run)
}

fn schedule_of(found: &Found) -> Option<&rtest_runtime::Schedule> {
    match (&found.shrunk, &found.first) {
        (Some(shrunk), _) => Some(&shrunk.schedule),
        (None, Some(first)) => Some(&first.schedule),
        (None, None) => None,
    }
}

fn render(args: &SimArgs, options: &SearchOptions, search: &Search, interrupted: bool) -> String {
    let mut out = String::new();
    let first = options.program.seed;
    let last = first
        .value()
        .wrapping_add(u64::from(search.runs.max(1) - 1));
    let seeds = match options.strategy {
        Strategy::Exhaustive { .. } => format!("seed {first}"),
        _ => format!("seeds {first} to {last}"),
    };
    let _ = writeln!(
        out,
        "{}: {} ({}, {seeds}), {} failed, {}",
        args.program.display(),
        if interrupted {
            let (ran, asked_for) = (count(search.runs.into()), count(options.runs.into()));
            format!("interrupted after {ran} of {asked_for} runs")
        } else {
            format!("{} runs", search.runs)
        },
        options.strategy.name(),
        search.failed,
        match search.found.len() {
            0 => "nothing found".to_owned(),
            1 => "1 finding".to_owned(),
            count => format!("{count} findings"),
        }
    );
    let _ = writeln!(out, "coverage: {}", search.coverage);
    for (index, found) in search.found.iter().enumerate() {
        if index < MOST_SHOWN {
            let _ = write!(out, "\n{}. ", index + 1);
            render_found(&mut out, args, options, search, found);
        } else {
            let _ = writeln!(out, "\n{}. {}", index + 1, found.finding);
            if let Some(schedule) = schedule_of(found) {
                let _ = writeln!(
                    out,
                    "   replay: {}",
                    command(args, &format!("--replay {schedule}"))
                );
            }
        }
    }
    out
}

fn render_found(
    out: &mut String,
    args: &SimArgs,
    options: &SearchOptions,
    search: &Search,
    found: &Found,
) {
    let shown = found
        .shrunk
        .as_ref()
        .map_or(&found.finding, |shrunk| &shrunk.finding);
    let _ = writeln!(out, "{}", shown.kind.name());
    for line in shown.message.lines() {
        let _ = writeln!(out, "   {line}");
    }
    if let Some(place) = &shown.place {
        let _ = writeln!(out, "   at {place}");
    }
    let Some(first) = &found.first else {
        debug_assert_eq!(found.finding.kind, FindingKind::Sometimes);
        return;
    };
    let seed = first.schedule.seed;
    let _ = writeln!(
        out,
        "   in {} of {} runs, first under seed {seed}",
        found.runs, search.runs
    );
    let is_calm = (found.shrunk.as_ref()).is_some_and(|shrunk| shrunk.forced.is_empty());
    let machine = match (first.swarm, options.strategy) {
        (Some(swarm), _) => swarm.to_string(),
        (None, Strategy::Pct { depth }) => format!(
            "depth {depth}: idle machine but for {} stalls of one length",
            depth.saturating_sub(1)
        ),
        (None, _) => format!(
            "idle machine but for {} forced choices at most",
            args.search.forced
        ),
    };
    // What the seed drew is of no matter to what an idle machine shows too.
    if !is_calm {
        let _ = writeln!(
            out,
            "   configuration: seed {seed}, {}, {machine}",
            options.strategy.name()
        );
    }
    if let Some(shrunk) = &found.shrunk {
        let _ = writeln!(
            out,
            "   {}",
            match shrunk.forced.len() {
                0 => "needs no stall: an idle machine shows it under this seed".to_owned(),
                count => format!(
                    "needs {count} of {} choices of chance{}{}:",
                    shrunk.from,
                    if shrunk.schedule.seed == seed {
                        String::new()
                    } else {
                        format!(", those of seed {}", shrunk.schedule.seed)
                    },
                    if shrunk.minimal {
                        ""
                    } else {
                        " (or fewer: the runs for shrinking are used up)"
                    }
                ),
            }
        );
        for forced in &shrunk.forced {
            let _ = writeln!(out, "     {forced}");
        }
    }
    if let Some(schedule) = schedule_of(found) {
        let _ = writeln!(
            out,
            "   replay: {}",
            command(args, &format!("--replay {schedule}"))
        );
    }
    if matches!(options.strategy, Strategy::Random) {
        let _ = writeln!(
            out,
            "   as found: {}",
            command(args, &format!("--seed {seed}"))
        );
    }
}
