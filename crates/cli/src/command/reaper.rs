use crate::args::ReaperArgs;
use crate::exit::{Exit, Failure};

pub(crate) fn execute(args: &ReaperArgs) -> Result<Exit, Failure> {
    rtest_env::reap(&args.run_id);
    Ok(Exit::Passed)
}
