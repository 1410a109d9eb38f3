use clap::ArgMatches;
use clap::parser::ValueSource;
use rtest_core::plan::ContractKind;
use serde_json::{Map, Value, json};

use super::broker;
use super::last_failed::last_failed;
use crate::args::{OfLoadArgs, VerifyArgs};
use crate::command::judge::{self, Keep};
use crate::exit::{Exit, Failure};

/// Verifies contracts; the run's folder is kept, for `--last-failed` and reports.
pub(super) fn execute(args: &VerifyArgs, given: &ArgMatches) -> Result<Exit, Failure> {
    let keys = keys(args)?;
    let contract = |key: &str, value: Value| {
        let mut keys = keys.clone();
        keys.insert(key.to_owned(), value);
        Value::Object(keys)
    };
    let kind = match args.spring_cloud_contract {
        true => "spring_cloud_contract",
        false => "pact",
    };
    let sources = args.sources.iter();
    let mut contracts: Vec<Value> = sources
        .map(|source| contract(kind, source.as_str().into()))
        .collect();
    // A variable that stands in every shell of a team adds nothing to files that were asked for.
    let is_asked = given.value_source("broker_url") == Some(ValueSource::CommandLine);
    if is_asked || contracts.is_empty() {
        let broker = broker::keys(&args.broker)?.map(|broker| contract("broker", broker));
        contracts.extend(broker);
    }
    let mut plan = super::plan(contracts, &args.output)?;
    if args.filter.last_failed {
        let only = last_failed(&args.output)?;
        for contract in &mut plan.contracts {
            let select = match &mut contract.kind {
                ContractKind::Pact(pacts) => &mut pacts.select,
                ContractKind::SpringCloudContract(spring) => &mut spring.select,
                ContractKind::OpenApi(_) => continue,
            };
            select.only = Some(only.clone());
        }
    }
    let command = super::again("verify", given, &plan);
    let keep = Keep::asked_or_default(&args.output);
    judge::execute(plan, command, keep, &args.output, &OfLoadArgs::default())
}

/// The keys of each contract, but for where it is.
fn keys(args: &VerifyArgs) -> Result<Map<String, Value>, Failure> {
    let mut keys = super::provider(&args.provider, &args.reach)?;
    let mut set = |key: &str, value: Value| {
        keys.insert(key.to_owned(), value);
    };
    if let Some(states) = &args.states.states {
        set("states", states.display().to_string().into());
    }
    if let Some(url) = &args.states.state_change_url {
        let teardown = args.states.state_change_teardown;
        set("state_change", json!({ "url": url, "teardown": teardown }));
    }
    if let Some(jobs) = args.jobs {
        set("jobs", jobs.into());
    }
    if let Some(path) = &args.messages {
        set("messages", path.as_str().into());
    }
    let filter = &args.filter;
    let mut only = Map::new();
    if !filter.consumers.is_empty() {
        only.insert("consumer".to_owned(), filter.consumers.clone().into());
    }
    if let Some(description) = &filter.description {
        only.insert("description".to_owned(), description.as_str().into());
    }
    let state = if filter.no_state {
        Some("")
    } else {
        filter.state.as_deref()
    };
    if let Some(state) = state {
        only.insert("state".to_owned(), state.into());
    }
    if !only.is_empty() {
        set("filter", only.into());
    }
    Ok(keys)
}
