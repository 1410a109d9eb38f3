mod found;
mod gates;
mod http;
mod request;
mod schedule;
mod secrets;

use std::sync::Arc;

use clap::{ArgMatches, CommandFactory as _};
use rtest_core::plan::{
    CasesPlan, Engine, HttpPlan, LoadPlan, Plan, ScenarioPlan, Stage, Step, StepKind, Target,
};
use rtest_core::unit::parse_duration;
use rtest_core::{Code, Diagnostic, HttpUrl, Seed, Span};

use crate::args::{Cli, LoadArgs};
use crate::command::judge::{self, Keep};
use crate::exit::{Exit, Failure};
use crate::reproduce;
use found::{Found, unit};

/// Runs a load without a file. `given` are the flags as they were typed, to be typed again.
pub(crate) fn execute(args: &LoadArgs, given: &ArgMatches) -> Result<Exit, Failure> {
    let plan = plan(args).map_err(|diagnostics| Failure::diagnostics(&diagnostics))?;
    let flags = Cli::command();
    let flags = flags.find_subcommand("load");
    let flags = flags.expect("`rtest load` was typed");
    let command = reproduce::command("rtest load", flags, given, plan.seed);
    let keep = args.output.out.clone().map_or(Keep::Nowhere, Keep::In);
    judge::execute(plan, command, keep, &args.output, &args.of_load)
}

/// The plan of the flags, as a suite would give it; every wrong flag at once.
fn plan(args: &LoadArgs) -> Result<Plan, Vec<Diagnostic>> {
    let mut found = Found::default();
    let plan = read(args, &mut found);
    found.or(plan)
}

fn read(args: &LoadArgs, found: &mut Found) -> Option<Plan> {
    let span = Span::of_flag("URL", &args.url);
    let url = HttpUrl::parse(&args.url).map_err(|error| {
        Diagnostic::new(Code::BadTarget, error.message)
            .at(&span)
            .hint(error.hint)
    });
    let url = found.keep(url);
    let executor = schedule::executor(&args.schedule, found);
    let graceful_stop = &args.schedule.graceful_stop;
    let graceful_stop = found.keep(unit("--graceful-stop", graceful_stop, parse_duration));
    let request = request::request(url.as_ref(), &args.request, found);
    let http = HttpPlan {
        auth: request::auth(&args.request, found),
        ..http::http(url.as_ref(), &args.connection, found)
    };
    let thresholds = gates::thresholds(&args.gates, found);

    let (url, request) = (url?, request?);
    let secrets = secrets::secrets(&request, &http);
    let scenario = ScenarioPlan {
        name: "default".to_owned(),
        engine: Engine::default(),
        executor: executor?,
        flow: vec![Step {
            kind: StepKind::Request(Box::new(request)),
            span: span.clone(),
        }],
        before: Vec::new(),
        after: Vec::new(),
        feeders: Vec::new(),
        tags: Vec::new(),
        start_time: Default::default(),
        graceful_stop: graceful_stop?,
        span,
    };
    let target = Target::Address {
        scheme: url.scheme,
        authority: url.authority,
        base_path: String::new(),
    };
    Some(Plan {
        name: "load".to_owned(),
        suite: Arc::from("command line"),
        suite_hash: 0,
        seed: args.output.seed.unwrap_or_else(Seed::fresh),
        stages: vec![Stage::Load],
        services: Vec::new(),
        sample: None,
        links: Vec::new(),
        cases: CasesPlan::default(),
        load: Some(LoadPlan {
            http,
            thresholds,
            pacing: args.schedule.pacing.unwrap_or_default(),
            shard: args.schedule.shard.unwrap_or_default(),
            ..LoadPlan::new(target, vec![scenario])
        }),
        chaos: None,
        contracts: Vec::new(),
        sims: Vec::new(),
        secrets,
    })
}

#[cfg(test)]
mod tests;
