use crate::args::ReaperArgs;
use crate::exit::{Exit, Failure};

pub(crate) fn execute(args: &ReaperArgs) -> Result<Exit, Failure> {
    match rtest_env::reap(&args.run_id) {
        Ok(()) => Ok(Exit::Passed),
        Err(error) => Err(Failure::internal(format!("error: the reaper: {error}"))),
    }
}
