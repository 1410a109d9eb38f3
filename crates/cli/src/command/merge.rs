use rtest_core::clock::wall_clock;
use rtest_metrics::Verdict;
use rtest_metrics::record::{MergeError, MergeErrorKind, merge};

use crate::args::MergeArgs;
use crate::command::judge::{self, DEFAULT_OUT};
use crate::command::report;
use crate::exit::{Exit, Failure};
use crate::host;

/// Makes one run of the parts of one load, and judges it as a run.
pub(crate) fn execute(args: &MergeArgs) -> Result<Exit, Failure> {
    report::refuse_unwritable(&args.reports)?;
    let out = args.out.clone().unwrap_or_else(|| DEFAULT_OUT.into());
    let folder = out.join(host::run_id("merged", wall_clock()));
    let record = merge(&args.parts, &folder.join("record")).map_err(|error| failure(&error))?;
    let verdict = Verdict::of(&record);
    judge::show_verdict(&record, &verdict, Some(&folder), &args.reports)?;
    Ok(Exit::of(verdict.outcome, args.fail_on_inconclusive))
}

fn failure(error: &MergeError) -> Failure {
    let message = format!("error: {}", rtest_core::causes(error));
    Failure::usage(match error.kind {
        MergeErrorKind::Differs { .. } => format!(
            "{message}\nhint: parts are one command with the same --seed, and each its own --shard I/N"
        ),
        MergeErrorKind::Record(_) => format!(
            "{message}\nhint: name the parts' folders, as printed at their ends: reports/out/RUN-ID"
        ),
        _ => message,
    })
}
