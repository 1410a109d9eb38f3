use std::time::Duration;

use rtest_core::plan::{RateStage, VuStage};
use rtest_core::unit::Rate;
use rtest_core::{Code, Diagnostic};

use crate::check::Context;
use crate::file::{RampStage, RampTarget, Scenario};
use crate::spanned::Spanned;

/// All stages together at most.
const LONGEST: Duration = Duration::from_secs(365 * 86_400);

/// The stages of `ramping-vus`.
pub(super) fn of_vus(keys: &Scenario, cx: &mut Context<'_>) -> Option<Vec<VuStage>> {
    let Ramp {
        stages,
        is_complete,
    } = Ramp::of(keys, cx)?;
    let plans: Vec<VuStage> = stages
        .iter()
        .filter_map(|(duration, target)| match target.value {
            RampTarget::Vus(target) => Some(VuStage {
                duration: *duration,
                target,
            }),
            RampTarget::Rate(_) => {
                cx.found.add(
                    Diagnostic::new(
                        Code::BadUnit,
                        "`ramping-vus` goes from virtual users to virtual users, not to a rate",
                    )
                    .at(&target.span)
                    .hint("write a whole number; rates are of `ramping-arrival-rate`"),
                );
                None
            }
        })
        .collect();
    if !is_complete || plans.len() < stages.len() {
        return None;
    }
    let start = keys.start_vus.value().map_or(1, |vus| vus.small());
    let anybody = start > 0 || plans.iter().any(|stage| stage.target > 0);
    if !anybody {
        fault_of_stages(keys, "there is never a virtual user", cx);
    }
    anybody.then_some(plans)
}

/// The stages of `ramping-arrival-rate`, from this rate.
pub(super) fn of_rate(
    keys: &Scenario,
    start: Rate,
    cx: &mut Context<'_>,
) -> Option<Vec<RateStage>> {
    let Ramp {
        stages,
        is_complete,
    } = Ramp::of(keys, cx)?;
    let plans: Vec<RateStage> = stages
        .iter()
        .filter_map(|(duration, target)| match target.value {
            RampTarget::Rate(target) => Some(RateStage {
                duration: *duration,
                target,
            }),
            RampTarget::Vus(number) => {
                cx.found.add(
                    Diagnostic::new(Code::BadUnit, format!("`{number}` has no unit"))
                        .at(&target.span)
                        .hint(format!("did you mean `{number}/s`?")),
                );
                None
            }
        })
        .collect();
    if !is_complete || plans.len() < stages.len() {
        return None;
    }
    let anything = start.count > 0.0 || plans.iter().any(|stage| stage.target.count > 0.0);
    if !anything {
        fault_of_stages(keys, "the rate is always zero", cx);
    }
    anything.then_some(plans)
}

/// The stages that could be read, as they are written.
struct Ramp {
    stages: Vec<(Duration, Spanned<RampTarget>)>,
    /// Whether that is all of them.
    is_complete: bool,
}

impl Ramp {
    /// `None` where they can be no executor's.
    fn of(keys: &Scenario, cx: &mut Context<'_>) -> Option<Self> {
        let list = keys.stages.value()?;
        let read = |stage: &Spanned<RampStage>| {
            let target = stage.value.target.spanned()?;
            Some((*stage.value.duration.value()?, target.clone()))
        };
        let stages: Vec<_> = list.items.iter().filter_map(read).collect();
        let is_complete = list.is_complete && stages.len() == list.items.len();
        let length: Duration = stages.iter().map(|(duration, _)| *duration).sum();
        let fault = if length > LONGEST {
            "the stages take more than a year"
        } else if is_complete && length.is_zero() {
            "the stages take no time at all"
        } else {
            return Some(Self {
                stages,
                is_complete,
            });
        };
        fault_of_stages(keys, fault, cx);
        None
    }
}

fn fault_of_stages(keys: &Scenario, message: &str, cx: &mut Context<'_>) {
    if let Some(key) = keys.stages.key() {
        cx.found
            .add(Diagnostic::new(Code::OutOfRange, message).at(key));
    }
}
