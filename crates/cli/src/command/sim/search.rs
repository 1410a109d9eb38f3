use std::fmt::Write as _;

use rtest_runtime::{
    Chance, FindingKind, Found, ProgramOptions, RuntimeError, Search, SearchOptions, Strategy,
    run_program, search,
};

use super::{command, exit_of, trace};
use crate::args::{SimArgs, SimStrategy};
use crate::exit::{Exit, Failure};
use crate::output;

/// Findings that are shown in full; the others in one line.
const MOST_SHOWN: usize = 3;

/// Searches a program, and says on stdout what is wrong with it.
pub(super) fn execute(args: &SimArgs, program: ProgramOptions, runs: u32) -> Result<Exit, Failure> {
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
    let found = search(&args.program, &options, &|| false).map_err(|error| failure(&error))?;
    output::data(render(args, &options, &found).as_bytes())?;
    write_trace(args, &options, &found)?;
    if !found.deterministic {
        return Err(Failure::internal(
            "error: one schedule run twice did not give the same bytes",
        ));
    }
    Ok(match found.found.as_slice() {
        [] => Exit::Passed,
        _ => Exit::Failed,
    })
}

fn failure(error: &RuntimeError) -> Failure {
    Failure {
        exit: exit_of(&error.kind),
        message: format!("error: {error}"),
    }
}

/// The trace of the first finding, or of the first run where there is none.
fn write_trace(args: &SimArgs, options: &SearchOptions, search: &Search) -> Result<(), Failure> {
    let Some(path) = &args.trace else {
        return Ok(());
    };
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
    trace::write(&outcome.trace, path)
}

fn schedule_of(found: &Found) -> Option<&rtest_runtime::Schedule> {
    match (&found.shrunk, &found.first) {
        (Some(shrunk), _) => Some(&shrunk.schedule),
        (None, Some(first)) => Some(&first.schedule),
        (None, None) => None,
    }
}

fn render(args: &SimArgs, options: &SearchOptions, search: &Search) -> String {
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
        "{}: {} runs ({}, {seeds}), {} failed, {}",
        args.program.display(),
        search.runs,
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
    let _ = writeln!(out, "   {}", shown.message);
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
    let _ = writeln!(
        out,
        "   configuration: seed {seed}, {}, {machine}",
        options.strategy.name()
    );
    if let Some(shrunk) = &found.shrunk {
        let _ = writeln!(
            out,
            "   {}",
            match shrunk.forced.len() {
                0 => "needs no stall: an idle machine shows it under this seed".to_owned(),
                count => format!(
                    "needs {count} of {} choices of chance{}:",
                    first.schedule.choices.len(),
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
