use std::sync::Arc;

use rtest_core::event::{EventKind, SimFailure, SimResult};
use rtest_core::plan::SimPlan;
use rtest_core::{Clock, Diagnostic, Seed};
use rtest_runtime::{ProgramOptions, run_seeds};
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
    let options = ProgramOptions::new(seed);
    let mut result = SimResult {
        sim: index,
        program: sim.shown.clone(),
        seeds_run: 0,
        seeds_failed: 0,
        failures: Vec::new(),
        deterministic: true,
        trace_hash: String::new(),
        virtual_time: std::time::Duration::ZERO,
        took: std::time::Duration::ZERO,
    };
    match run_seeds(&sim.program, seed, sim.seeds, &options, &|| {
        cancel.is_cancelled()
    }) {
        Ok(seeds) => {
            result.seeds_run = seeds.seeds_run;
            result.seeds_failed = seeds.seeds_failed;
            result.failures = seeds.failures;
            result.deterministic = seeds.deterministic;
            result.trace_hash = seeds.trace_hash;
            result.virtual_time = seeds.virtual_time;
        }
        // Under no seed could it be run at all.
        Err(error) => {
            result.seeds_failed = sim.seeds;
            result.failures.push(SimFailure {
                seed: seed.value(),
                exit_code: 1,
                message: error.to_string(),
            });
        }
    }
    result.took = clock.now() - began;
    result
}
