use rtest_metrics::{Ending, Outcome, RunRecord, Verdict};

use crate::visible::one_line;

/// Probes that are named in a sentence.
const NAMED: usize = 3;

/// Why there is no plain pass or fail, in whole sentences; `None` where there is.
pub(crate) fn why(record: &RunRecord, verdict: &Verdict) -> Option<String> {
    Some(match (&record.ending, verdict.outcome) {
        (Ending::EnvironmentFailed(message), _) if !record.nothing_ran() => format!(
            "The run could not go on at {}; nothing was judged. What follows is what was seen until \
             then.\n\n{message}",
            record.last
        ),
        (Ending::EnvironmentFailed(message), _) => {
            format!("The environment did not come up.\n\n{message}")
        }
        (Ending::Interrupted, _) => format!(
            "Stopped from outside at {}. What follows is what was seen until then.",
            record.last
        ),
        (Ending::CutOff, _) => format!(
            "The record ends at {}: rtest was killed. What follows is what was seen until then.",
            record.last
        ),
        (Ending::Whole, outcome) if record.tripped.is_some() && outcome != Outcome::Invalid => {
            tripped(record)?
        }
        (Ending::Whole, outcome) if record.aborted.is_some() && outcome != Outcome::Invalid => {
            aborted(record)?
        }
        (Ending::Whole, Outcome::Invalid) => {
            "The load numbers say nothing about the target; the generator's gates say why."
                .to_owned()
        }
        (Ending::Whole, Outcome::Failed) if verdict.bad_baseline().next().is_some() => {
            bad_baseline(verdict)
        }
        (Ending::Whole, Outcome::Inconclusive) => {
            "No gate failed, but some rest on too few samples to say that they hold.".to_owned()
        }
        (Ending::Whole, _) => {
            let shard = record.header.shard.as_ref()?;
            format!(
                "This is part {shard} of a load.\nIts thresholds and checks are judged when all \
                 parts are merged: `rtest merge`."
            )
        }
    })
}

/// What was not as it is meant to be before anything was broken, and what follows from that.
fn bad_baseline(verdict: &Verdict) -> String {
    let mut probes: Vec<_> = verdict.bad_baseline().take(NAMED).map(one_line).collect();
    if verdict.bad_baseline().nth(NAMED).is_some() {
        probes.push("…".into());
    }
    format!(
        "The steady state did not hold before anything was broken: {}.\nSo what failed later is not \
         shown to be the faults' doing. Mend the system, or the hypothesis, first;\n\
         `rtest chaos run SUITE --dry-run` asks the probes and breaks nothing.",
        probes.join(", ")
    )
}

/// Which threshold ended the load.
fn aborted(record: &RunRecord) -> Option<String> {
    let abort = record.aborted.as_ref()?;
    let load = record.header.load.as_ref()?;
    let threshold = load.thresholds.get(usize::from(abort.threshold))?;
    Some(format!(
        "The threshold `{}` ended the load at {}.\nWhat follows is what was seen until then.",
        threshold.threshold, abort.at
    ))
}

/// Which guardrail ended the drill.
fn tripped(record: &RunRecord) -> Option<String> {
    let (at, index, observed) = record.tripped.as_ref()?;
    let guardrail = record.header.guardrails.get(usize::from(*index))?;
    Some(format!(
        "The guardrail `{}` ended the drill and its load at {at}: {observed}.\nWhat was broken was \
         mended. What follows is what was seen until then.",
        guardrail.name
    ))
}
