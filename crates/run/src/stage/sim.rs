use std::sync::Arc;

use rtest_core::event::{EventKind, SimFailure, SimResult};
use rtest_core::plan::{SimPlan, SimStrategy, SimWorld};
use rtest_core::unit::format_size;
use rtest_core::{Clock, Diagnostic, Seed};
use rtest_runtime::{
    Coverage, Found, Limits, MOST_FAILURES, ProgramOptions, Search, SearchOptions, Strategy, search,
};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::StageContext;

/// Runs each program under its seeds, the run's seed first.
pub(crate) async fn run(context: &StageContext<'_>) -> Result<(), Diagnostic> {
    for (index, sim) in context.plan.sims.iter().enumerate() {
        let (sim, seed) = (sim.clone(), context.plan.seed);
        let (clock, cancel) = (Arc::clone(&context.clock), context.cancel.clone());
        let index = u16::try_from(index).unwrap_or(u16::MAX);
        let work = spawn_blocking(move || explore(index, &sim, seed, &*clock, &cancel));
        let result = work
            .await
            .expect("a program's failure is a result, not a panic");
        context.events.emit(EventKind::Sim(Box::new(result)));
        if context.cancel.is_cancelled() {
            break;
        }
    }
    Ok(())
}

fn explore(
    index: u16,
    sim: &SimPlan,
    seed: Seed,
    clock: &dyn Clock,
    cancel: &CancellationToken,
) -> SimResult {
    let began = clock.now();
    let options = SearchOptions {
        program: ProgramOptions {
            leaks: sim.leaks,
            unhandled_rejections: sim.unhandled_rejections,
            world: sim.world.clone(),
            limits: Limits {
                memory: (sim.memory_bytes).map_or(Limits::MEMORY, |bytes| bytes as usize),
                ..Limits::default()
            },
            ..ProgramOptions::new(seed)
        },
        runs: sim.seeds,
        strategy: match sim.strategy {
            SimStrategy::Random => Strategy::Random,
            SimStrategy::Pct { depth } => Strategy::Pct { depth },
            SimStrategy::Exhaustive { forced } => Strategy::Exhaustive { forced },
        },
        shrink: true,
    };
    let mut result = match search(&sim.program, &options, &|| cancel.is_cancelled()) {
        Ok(search) => result_of(&search, sim),
        // Under no seed could it be run at all.
        Err(error) => SimResult {
            seeds_failed: sim.seeds,
            failures: vec![SimFailure {
                seed: seed.value(),
                exit_code: 1,
                message: error.to_string(),
                ..SimFailure::default()
            }],
            deterministic: true,
            ..SimResult::default()
        },
    };
    result.sim = index;
    result.program.clone_from(&sim.shown);
    result.took = clock.now() - began;
    result
}

fn result_of(search: &Search, sim: &SimPlan) -> SimResult {
    SimResult {
        seeds_run: search.runs,
        seeds_failed: search.failed,
        failures: (search.found.iter())
            .take(MOST_FAILURES)
            .map(|found| failure_of(found, search, sim))
            .collect(),
        coverage: match search.coverage {
            Coverage::Drawn => None,
            coverage => Some(coverage.to_string()),
        },
        complete: matches!(search.coverage, Coverage::Complete { all: true, .. }),
        deterministic: search.deterministic,
        trace_hash: search.trace_hash.clone(),
        virtual_time: search.virtual_time,
        ..SimResult::default()
    }
}

fn failure_of(found: &Found, search: &Search, sim: &SimPlan) -> SimFailure {
    let shrunk = found.shrunk.as_ref();
    let finding = shrunk.map_or(&found.finding, |shrunk| &shrunk.finding);
    let first = found.first.as_ref();
    let mut flags = if sim.leaks { " --leaks" } else { "" }.to_owned();
    if let Some(mode) = sim.unhandled_rejections {
        flags.push_str(&format!(" --unhandled-rejections {}", mode.name()));
    }
    if let Some(bytes) = sim.memory_bytes {
        flags.push_str(&format!(" --memory {}", format_size(bytes)));
    }
    if sim.world != SimWorld::default() {
        // A path with a space needs its quotes where the command is pasted.
        let span = &sim.span;
        let is_plain = !span
            .file
            .contains(|c: char| c.is_whitespace() || "'\"$`\\".contains(c));
        let file = if is_plain {
            span.file.to_string()
        } else {
            format!("'{}'", span.file.replace('\'', r"'\''"))
        };
        flags.push_str(&format!(" --world {file}:{}", span.line));
    }
    let schedule = shrunk
        .map(|shrunk| &shrunk.schedule)
        .or(first.map(|first| &first.schedule));
    SimFailure {
        seed: first
            .map_or(search.first_seed, |first| first.schedule.seed)
            .value(),
        exit_code: first.map_or(0, |first| first.exit_code),
        message: finding.line(),
        kind: finding.kind.name().to_owned(),
        place: finding.place.clone(),
        runs: found.runs,
        forced: shrunk
            .map_or(&[][..], |shrunk| &shrunk.forced)
            .iter()
            .map(ToString::to_string)
            .collect(),
        replay: Some(match schedule {
            Some(schedule) => format!("--replay {schedule}{flags}"),
            None => format!(
                "--seed {} --seeds {}{flags}",
                search.first_seed, search.runs
            ),
        }),
    }
}
