//! How long steps take at the longest, and how many virtual users that keeps busy.

use std::time::Duration;

use rtest_core::plan::{Repeat, Step, StepKind};

/// Virtual users of an open model at most, where the suite says nothing.
const MAX_VUS: u32 = 1000;

/// Virtual users that keep the rate even when every request takes its whole timeout (Little's
/// law), but at most [`MAX_VUS`].
pub(super) fn enough_vus(per_second: f64, flow: &[Step]) -> u32 {
    let busy = (per_second * longest(flow)).ceil();
    busy.clamp(1.0, f64::from(MAX_VUS)) as u32
}

/// Virtual users that start every arrival of a schedule when it is due, even when every request
/// takes its whole timeout, but at most [`MAX_VUS`].
pub(super) fn enough_vus_for(schedule: &[Duration], flow: &[Step]) -> u32 {
    let longest = longest(flow);
    let mut first = 0;
    let mut most = 1;
    for (index, instant) in schedule.iter().enumerate() {
        while (*instant - schedule[first]).as_secs_f64() > longest {
            first += 1;
        }
        most = most.max(index - first + 1);
    }
    u32::try_from(most).map_or(MAX_VUS, |most| most.min(MAX_VUS))
}

/// Seconds.
fn longest(steps: &[Step]) -> f64 {
    steps.iter().map(|step| longest_step(&step.kind)).sum()
}

fn longest_step(step: &StepKind) -> f64 {
    match step {
        StepKind::Request(request) => request.timeout.as_secs_f64(),
        // How many interactions there are is not known before they are read.
        StepKind::Contract(contract) => contract.timeout.as_secs_f64(),
        StepKind::Think(pause) => pause.longest().as_secs_f64(),
        StepKind::Group { steps, .. } => longest(steps),
        StepKind::If {
            then, otherwise, ..
        } => longest(then).max(longest(otherwise)),
        StepKind::Loop { repeat, steps } => {
            let times = match repeat {
                Repeat::Times(times) => *times,
                Repeat::While { at_most, .. } => *at_most,
            };
            f64::from(times) * longest(steps)
        }
        StepKind::Parallel(steps) => steps
            .iter()
            .map(|step| longest_step(&step.kind))
            .fold(0.0, f64::max),
        StepKind::Choose(choices) => choices
            .iter()
            .map(|choice| longest(&choice.steps))
            .fold(0.0, f64::max),
    }
}
