use rtest_core::plan::{GuardrailsPlan, Plan, ProbeKind, Stage};

use super::experiment;
use crate::args::ChaosRunArgs;
use crate::command::judge::{self, Keep, inputs};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::shell::quoted;

/// Runs the drill of a suite. A dry run asks its probes, and breaks nothing.
pub(super) fn execute(args: &ChaosRunArgs) -> Result<Exit, Failure> {
    if experiment::is_one(&args.suite) {
        return experiment::execute(args);
    }
    if args.journal_path.is_some() || !args.allow.is_empty() {
        return Err(Failure::usage(
            "error: --journal-path and --allow are of experiments (.json)\nhint: a suite says whom it may reach under `chaos.guardrails.allow`",
        ));
    }
    let suite = rtest_suite::load(&args.suite, &inputs())
        .map_err(|diagnostics| Failure::diagnostics(&diagnostics))?;
    let mut plan = suite
        .plan(args.output.seed, None)
        .map_err(|diagnostic| Failure::diagnostics(&[diagnostic]))?;
    if plan.chaos.is_none() {
        return Err(Failure::usage(format!(
            "error: the suite `{}` has no `chaos`\nhint: `rtest run` runs what it has",
            args.suite.display()
        )));
    }
    only_the_drill(&mut plan);
    let dry_run = if args.dry_run {
        output::say(&without_faults(&mut plan));
        " --dry-run"
    } else {
        ""
    };
    let command = format!(
        "rtest chaos run {}{dry_run} --seed {}",
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

fn only_the_drill(plan: &mut Plan) {
    plan.contracts.clear();
    plan.sims.clear();
    plan.stages
        .retain(|stage| matches!(stage, Stage::Load | Stage::Chaos));
}

/// Leaves the environment and the probes that ask. Says what will not be done.
fn without_faults(plan: &mut Plan) -> String {
    plan.load = None;
    plan.stages.retain(|stage| *stage == Stage::Chaos);
    let Some(chaos) = &mut plan.chaos else {
        return String::new();
    };
    let faults = chaos.timeline.len();
    chaos.timeline.clear();
    chaos.guardrails = GuardrailsPlan::default();
    let all = chaos.hypothesis.len();
    chaos
        .hypothesis
        .retain(|probe| !matches!(probe.kind, ProbeKind::Metric(_)));
    for probe in &mut chaos.hypothesis {
        probe.continuously = None;
    }
    let faults = match faults {
        1 => "1 fault is not injected".to_owned(),
        faults => format!("{faults} faults are not injected"),
    };
    match all - chaos.hypothesis.len() {
        0 => format!("dry run: {faults}, and no load is sent"),
        metrics => format!(
            "dry run: {faults}, no load is sent, and {metrics} of {all} probes are of its metrics and \
             not read"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dry_run_keeps_what_asks_and_nothing_that_breaks_or_loads() {
        let path = std::path::Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/suites/quickstart.yaml"
        ));
        let suite = rtest_suite::load(path, &rtest_suite::Inputs::default()).expect("shipped");
        let mut plan = suite.plan(None, None).expect("everything");
        only_the_drill(&mut plan);
        assert_eq!(plan.stages, [Stage::Load, Stage::Chaos]);
        let said = without_faults(&mut plan);
        assert!(said.contains("2 faults are not injected"), "{said}");
        assert!(said.contains("1 of 5 probes"), "{said}");
        assert_eq!(plan.stages, [Stage::Chaos]);
        assert!(plan.load.is_none());
        let chaos = plan.chaos.expect("a drill");
        assert!(chaos.timeline.is_empty());
        assert_eq!(chaos.hypothesis.len(), 4);
    }

    #[test]
    fn a_dry_run_says_nothing_of_metrics_that_nobody_asks_for() {
        let suite = "
name: one
environment: { services: { catalog: { builtin: catalog } } }
load:
  target: catalog
  scenarios:
    browse: { executor: constant-arrival-rate, rate: 1/s, duration: 9s, flow: [{ get: / }] }
chaos:
  hypothesis: [{ http: { get: / } }]
  timeline: [{ at: 1s, for: 1s, service: catalog, pause: true }]
";
        let inputs = rtest_suite::Inputs::default();
        let suite = rtest_suite::check(suite, "one.yaml", std::path::Path::new("."), &inputs);
        let mut plan = suite.expect("valid").plan(None, None).expect("everything");
        assert_eq!(
            without_faults(&mut plan),
            "dry run: 1 fault is not injected, and no load is sent"
        );
    }
}
