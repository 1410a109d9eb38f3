use std::fmt::Write as _;

use rtest_core::plan::{Engine, Plan, Shard};
use rtest_core::unit::format_duration;

use crate::args::{RunArgs, SuiteArgs};
use crate::command::env;
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
    select(&mut plan, args)?;
    if let Some(shard) = args.shard {
        divide(
            &mut plan,
            shard,
            args.output.seed.or(suite.seed()).is_some(),
        )?;
    }
    if args.dry_run {
        output::data(describe(&plan).as_bytes())?;
        return Ok(Exit::Passed);
    }
    if args.attach {
        let of = SuiteArgs {
            suite: args.suite.clone(),
            out: args.output.out.clone(),
        };
        env::attach(&mut plan, &of)?;
    }
    let attach = if args.attach { " --attach" } else { "" };
    let stage = args
        .stage
        .as_ref()
        .map(|stage| format!(" --stage {}", quoted(stage)))
        .unwrap_or_default();
    let shard = args
        .shard
        .map(|shard| format!(" --shard {}/{}", shard.index, shard.of))
        .unwrap_or_default();
    let only: String = [("--case", &args.cases), ("--tag", &args.tags)]
        .iter()
        .flat_map(|(flag, values)| {
            values
                .iter()
                .map(move |it| format!(" {flag} {}", quoted(it)))
        })
        .collect();
    let jobs = args.jobs;
    let jobs = jobs.map_or_else(String::new, |jobs| format!(" --jobs {jobs}"));
    let command = format!(
        "rtest run {}{attach}{stage}{only}{jobs}{shard} --seed {}",
        quoted(&args.suite.display().to_string()),
        plan.seed
    );
    judge::execute(
        plan,
        command,
        Keep::asked_or_default(&args.output),
        &args.output,
        &args.of_load,
    )
}

/// Leaves the cases that are asked for.
fn select(plan: &mut Plan, args: &RunArgs) -> Result<(), Failure> {
    plan.cases.update_snapshots = args.update_snapshots;
    plan.cases.jobs = args.jobs.unwrap_or(plan.cases.jobs);
    if args.cases.is_empty() && args.tags.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = plan.cases.cases.iter().map(|it| it.name.clone()).collect();
    plan.cases.cases.retain(|case| {
        let is_named = args.cases.is_empty() || args.cases.iter().any(|it| fits(it, &case.name));
        let is_tagged = args.tags.is_empty() || args.tags.iter().any(|it| case.tags.contains(it));
        is_named && is_tagged
    });
    if plan.cases.cases.is_empty() {
        let known = if names.is_empty() {
            "there are no `cases` in what is run".to_owned()
        } else {
            format!("there are: {}", names.join(", "))
        };
        return Err(Failure::usage(format!(
            "error: no case fits --case and --tag\nhint: {known}"
        )));
    }
    Ok(())
}

/// Whether a text fits a pattern in which `*` is anything.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            let mut ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.any(|at| fits(after, &rest[at..]))
        }),
    }
}

/// Leaves one part: every n-th case, and that share of the load.
fn divide(plan: &mut Plan, shard: Shard, has_seed: bool) -> Result<(), Failure> {
    let cases = std::mem::take(&mut plan.cases.cases);
    let has_cases = !cases.is_empty();
    let turns = (0..shard.of).cycle().zip(cases);
    let own = turns.filter(|(turn, _)| *turn == shard.index);
    plan.cases.cases = own.map(|(_, case)| case).collect();
    let Some(load) = plan.load.as_mut() else {
        if has_cases {
            return Ok(());
        }
        return Err(Failure::usage(
            "error: --shard splits a load or cases, and this run has neither",
        ));
    };
    if has_cases {
        return Err(Failure::usage(
            "error: the parts of a load are merged, and cases are not\nhint: run them by a stage of their own",
        ));
    }
    if !has_seed {
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
    Ok(())
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
    let jobs = plan.cases.jobs;
    for case in &plan.cases.cases {
        let beside = match case.concurrent {
            true if jobs > 1 => format!("  beside others, {jobs} at a time"),
            _ => String::new(),
        };
        line(format!(
            "case      {}  {} steps{beside}",
            case.name,
            case.steps.len()
        ));
    }
    for contract in &plan.contracts {
        line(format!(
            "contract  {}  against {}",
            contract.kind, contract.provider
        ));
    }
    for sim in &plan.sims {
        line(format!(
            "sim       {}  {} seeds  {}",
            sim.shown,
            sim.seeds,
            sim.strategy.name()
        ));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_anything() {
        for (pattern, text) in [
            ("*", ""),
            ("creates*", "creates user"),
            ("*user*", "creates user in db"),
            ("a*b*c", "aXbYc"),
            ("é*", "éa"),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("creates", "creates user"),
            ("*db", "db 2"),
            ("a*b*c", "acb"),
        ] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
