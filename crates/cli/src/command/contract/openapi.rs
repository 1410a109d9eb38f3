use clap::ArgMatches;
use serde_json::Value;

use crate::args::{OfLoadArgs, OpenApiArgs};
use crate::command::judge::{self, Keep};
use crate::exit::{Exit, Failure};

/// Verifies that a provider keeps to its document; the run's folder is kept, for reports.
pub(super) fn execute(args: &OpenApiArgs, given: &ArgMatches) -> Result<Exit, Failure> {
    let url = args.reach.provider_url.as_str();
    let address = url.split_once("://").map_or(url, |(_, address)| address);
    let provider = args.provider.as_deref().unwrap_or(address);
    let mut keys = super::provider(provider, &args.reach)?;
    keys.insert("openapi".to_owned(), args.document.as_str().into());
    if let Some(examples) = args.examples {
        keys.insert("examples".to_owned(), examples.into());
    }
    for (key, values) in [
        ("checks", &args.checks),
        ("exclude_checks", &args.exclude_checks),
        ("operations", &args.operations),
    ] {
        if !values.is_empty() {
            keys.insert(key.to_owned(), values.clone().into());
        }
    }
    let plan = super::plan(vec![Value::Object(keys)], &args.output)?;
    let command = super::again("openapi", given, &plan);
    judge::execute(
        plan,
        command,
        Keep::asked_or_default(&args.output),
        &args.output,
        &OfLoadArgs::default(),
    )
}
