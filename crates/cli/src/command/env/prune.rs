use crate::exit::{Exit, Failure};
use crate::output;

/// Removes what runs that are gone have left in the engine.
pub(super) fn execute() -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::from)?;
    let pruned = runtime.block_on(rtest_env::prune());
    let pruned = pruned.map_err(|failure| Failure {
        exit: Exit::Environment,
        message: format!("error: {failure}"),
    })?;
    output::data(
        format!(
            "removed what {} run(s) had left, and {} image(s) that were built\n",
            pruned.runs, pruned.images
        )
        .as_bytes(),
    )?;
    if pruned.left > 0 {
        return Err(Failure {
            exit: Exit::Environment,
            message: format!("error: {} thing(s) could not be removed", pruned.left),
        });
    }
    Ok(Exit::Passed)
}
