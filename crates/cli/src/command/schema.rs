use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn execute() -> Result<Exit, Failure> {
    let schema = serde_json::to_string_pretty(&rtest_suite::json_schema())
        .map_err(|error| Failure::internal(error.to_string()))?;
    output::data(format!("{schema}\n").as_bytes())?;
    Ok(Exit::Passed)
}
