//! Contracts without a suite: the flags become one, whose keys are theirs. A stub needs none.

mod broker;
mod last_failed;
mod openapi;
mod stub;
mod typed;
mod verify;

use std::path::Path;

use clap::{ArgMatches, CommandFactory as _};
use rtest_core::plan::{ContractKind, Plan, StatesPlace};
use rtest_core::{Code, Diagnostic, HttpUrl, Span};
use serde_json::{Map, Value, json};

use crate::args::{Cli, ContractAction, ContractArgs, OutputArgs, ReachArgs};
use crate::command::judge::inputs;
use crate::exit::{Exit, Failure};
use crate::reproduce;

/// What the suite of a command is called.
const NAME: &str = "contract";

pub(crate) fn execute(args: &ContractArgs, given: &ArgMatches) -> Result<Exit, Failure> {
    let typed = |name| given.subcommand_matches(name).expect("it was typed");
    match &args.action {
        ContractAction::Verify(args) => verify::execute(args, typed("verify")),
        ContractAction::Openapi(args) => openapi::execute(args, typed("openapi")),
        ContractAction::Stub(args) => stub::execute(args),
    }
}

/// The plan of a suite that has these contracts.
fn plan(contracts: Vec<Value>, output: &OutputArgs) -> Result<Plan, Failure> {
    let mut suite = json!({ "name": NAME, "contracts": contracts });
    literal(&mut suite);
    let text = format!("{suite:#}");
    let told = |found: Vec<Diagnostic>| {
        let typed = found.into_iter().map(|it| typed::diagnostic(it, &text));
        Failure::diagnostics(&typed.collect::<Vec<_>>())
    };
    let suite =
        rtest_suite::check(&text, typed::COMMAND_LINE, Path::new("."), &inputs()).map_err(told)?;
    let mut plan = suite
        .plan(output.seed, None)
        .map_err(|diagnostic| told(vec![diagnostic]))?;
    for contract in &mut plan.contracts {
        contract.span = typed::typed(&contract.span, &text);
        if let ContractKind::Pact(pacts) = &mut contract.kind
            && pacts.states.place == StatesPlace::Entry
        {
            pacts.states.place = StatesPlace::Flag("--states");
        }
    }
    Ok(plan)
}

/// What was typed stands for itself: in a suite `${` would be filled in.
fn literal(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.replace("${", "$${"),
        Value::Array(items) => items.iter_mut().for_each(literal),
        Value::Object(fields) => fields.values_mut().for_each(literal),
        _ => {}
    }
}

/// The keys that every contract has.
fn provider(name: &str, args: &ReachArgs) -> Result<Map<String, Value>, Failure> {
    let mut headers = Map::new();
    for header in &args.headers {
        let Some((name, value)) = header.split_once(':') else {
            return Err(Failure::usage(format!(
                "error: `--header {header}` is not a header\nhint: write 'Name: value'"
            )));
        };
        headers.insert(name.trim().to_owned(), value.trim().into());
    }
    // A suite takes a service's name there as well.
    HttpUrl::parse(&args.provider_url).map_err(|error| {
        Failure::diagnostics(&[Diagnostic::new(Code::BadTarget, error.message)
            .at(&Span::of_flag("--provider-url", &args.provider_url))
            .hint(error.hint)])
    })?;
    let mut keys = Map::new();
    keys.insert("provider".to_owned(), name.into());
    keys.insert("target".to_owned(), args.provider_url.as_str().into());
    if !headers.is_empty() {
        keys.insert("headers".to_owned(), headers.into());
    }
    let mut tls = Map::new();
    for (key, value) in [("ca", &args.ca), ("cert", &args.cert), ("key", &args.key)] {
        if let Some(value) = value {
            tls.insert(key.to_owned(), value.as_str().into());
        }
    }
    if args.insecure {
        tls.insert("insecure".to_owned(), true.into());
    }
    if !tls.is_empty() {
        keys.insert("tls".to_owned(), tls.into());
    }
    Ok(keys)
}

/// What makes the same run again.
fn again(name: &str, given: &ArgMatches, plan: &Plan) -> String {
    let flags = Cli::command();
    let flags = flags
        .find_subcommand("contract")
        .and_then(|flags| flags.find_subcommand(name));
    let flags = flags.expect("it was typed");
    reproduce::command(&format!("rtest contract {name}"), flags, given, plan.seed)
}
