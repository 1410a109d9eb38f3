use std::fmt::Write as _;

use rtest_core::plan::{Engine, Plan};
use rtest_core::unit::format_duration;

use crate::args::RunArgs;
use crate::command::judge::{self, Keep, inputs};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::shell::quoted;

pub(crate) fn execute(args: &RunArgs) -> Result<Exit, Failure> {
    let suite = rtest_suite::load(&args.suite, &inputs())
        .map_err(|diagnostics| Failure::diagnostics(&diagnostics))?;
    let mut plan = suite
        .plan(args.output.seed, args.stage.as_deref())
        .map_err(|diagnostic| Failure::diagnostics(&[diagnostic]))?;
    if let Some(shard) = args.shard {
        let load = plan.load.as_mut();
        let load = load
            .ok_or_else(|| Failure::usage("error: --shard splits a load, and this run has none"))?;
        if args.output.seed.or(suite.seed()).is_none() {
            return Err(Failure::usage(
                "error: the parts of a load need the same seed\nhint: give each of them --seed N, or the suite `seed: N`",
            ));
        }
        let mut scenarios = load.scenarios.iter();
        if scenarios.any(|scenario| scenario.engine == Engine::Goose) {
            return Err(Failure::usage(
                "error: goose cannot run a part of a load\nhint: leave out --shard, or `engine: goose`",
            ));
        }
        load.shard = shard;
    }
    if args.dry_run {
        output::data(describe(&plan).as_bytes())?;
        return Ok(Exit::Passed);
    }
    let stage = args
        .stage
        .as_ref()
        .map(|stage| format!(" --stage {}", quoted(stage)))
        .unwrap_or_default();
    let shard = args
        .shard
        .map(|shard| format!(" --shard {}/{}", shard.index, shard.of))
        .unwrap_or_default();
    let command = format!(
        "rtest run {}{stage}{shard} --seed {}",
        quoted(&args.suite.display().to_string()),
        plan.seed
    );
    judge::execute(
        plan,
        command,
        Keep::asked_or_default(&args.output),
        &args.output,
    )
}

/// What would be run: phases, requests, fault timeline.
fn describe(plan: &Plan) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let mut line = |content: String| {
        let _ = writeln!(text, "{content}");
    };
    let stages: Vec<&str> = plan.stages.iter().map(|stage| stage.name()).collect();
    line(format!(
        "{}  seed {}  stages {}",
        plan.name,
        plan.seed,
        stages.join(", ")
    ));
    for service in &plan.services {
        let waits = match service.depends_on.as_slice() {
            [] => String::new(),
            names => format!("  after {}", names.join(", ")),
        };
        line(format!("service   {}{waits}", service.name));
    }
    for link in &plan.links {
        line(format!("link      {}  as {}", link.name, link.variable));
    }
    for contract in &plan.contracts {
        line(format!(
            "contract  {}  against {}",
            contract.source.display(),
            contract.provider
        ));
    }
    for sim in &plan.sims {
        line(format!("sim       {}  {} seeds", sim.shown, sim.seeds));
    }
    for scenario in plan.load.iter().flat_map(|load| &load.scenarios) {
        let requests = scenario.requests().len() as u64;
        let total = match scenario.executor.planned_iterations() {
            Some(iterations) => format!("{} requests", iterations * requests),
            None => "as many requests as the answers allow".to_owned(),
        };
        line(format!(
            "load      {}  {}  {} to {}  {total}",
            scenario.name,
            scenario.executor.name(),
            format_duration(scenario.start_time),
            format_duration(scenario.end()),
        ));
    }
    for gate in plan.load.iter().flat_map(|load| &load.thresholds) {
        line(format!("threshold {}", gate.threshold));
    }
    for fault in plan.chaos.iter().flat_map(|chaos| &chaos.timeline) {
        line(format!(
            "fault     {} to {}  {}  {}",
            format_duration(fault.at),
            format_duration(fault.at + fault.lasting),
            fault.on(),
            fault.describe(),
        ));
    }
    for probe in plan.chaos.iter().flat_map(|chaos| &chaos.hypothesis) {
        line(format!("probe     {}", probe.name));
    }
    text
}
