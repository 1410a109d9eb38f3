use std::time::Duration;

use rtest_core::plan::{ExecutorPlan, Step};
use rtest_core::unit::Rate;
use rtest_core::{Code, Diagnostic};

use crate::check::Context;
use crate::check::load::{patience, ramp, schedule};
use crate::file::{Executor, Scenario};
use crate::scalar::Whole;
use crate::shape::Field;
use crate::spanned::Spanned;

/// No iteration starts later, where the suite says nothing; k6's default.
const MAX_DURATION: Duration = Duration::from_secs(600);

/// How long iterations of virtual users that are no longer wanted may take to end, where the
/// suite says nothing; k6's default.
const GRACEFUL_RAMP_DOWN: Duration = Duration::from_secs(30);

/// Checks when iterations start and how many run at once.
pub(super) fn check(
    keys: &Scenario,
    scenario: &Spanned<Scenario>,
    flow: &[Step],
    cx: &mut Context<'_>,
) -> Option<ExecutorPlan> {
    let executor = keys.executor.value()?.0;
    let arrivals = keys.arrivals.value().map(|it| it.0).unwrap_or_default();
    let max_vus = |enough: u32| or_default(&keys.max_vus, enough);
    match executor {
        Executor::ConstantVus => Some(ExecutorPlan::ConstantVus {
            vus: keys.vus.value()?.small(),
            duration: keys.duration.value()?.0,
        }),
        Executor::RampingVus => Some(ExecutorPlan::RampingVus {
            start_vus: or_default(&keys.start_vus, 1)?,
            stages: ramp::of_vus(keys, cx)?,
            graceful_ramp_down: match &keys.graceful_ramp_down {
                Field::Absent => GRACEFUL_RAMP_DOWN,
                given => *given.value()?,
            },
        }),
        Executor::SharedIterations => Some(ExecutorPlan::SharedIterations {
            vus: or_default(&keys.vus, 1)?,
            iterations: iterations(keys)?,
            max_duration: max_duration(keys)?,
        })
        .filter(|plan| enough_iterations(plan, scenario, cx)),
        Executor::PerVuIterations => Some(ExecutorPlan::PerVuIterations {
            vus: or_default(&keys.vus, 1)?,
            iterations: iterations(keys)?,
            max_duration: max_duration(keys)?,
        }),
        Executor::ConstantArrivalRate => {
            let rate = *keys.rate.value()?;
            Some(ExecutorPlan::ConstantArrivalRate {
                rate,
                duration: keys.duration.value()?.0,
                max_vus: max_vus(patience::enough_vus(rate.per_second(), flow))?,
                arrivals,
            })
        }
        Executor::RampingArrivalRate => {
            let start_rate = match &keys.start_rate {
                Field::Absent => NOTHING,
                given => given.value()?.0,
            };
            let stages = ramp::of_rate(keys, start_rate, cx)?;
            let targets = stages.iter().map(|stage| stage.target.per_second());
            let highest = targets.fold(start_rate.per_second(), f64::max);
            Some(ExecutorPlan::RampingArrivalRate {
                start_rate,
                stages,
                max_vus: max_vus(patience::enough_vus(highest, flow))?,
                arrivals,
            })
        }
        Executor::Replay => {
            let speed = match &keys.speed {
                Field::Absent => 1.0,
                given => given.value()?.0,
            };
            let schedule = schedule::check(keys.schedule.spanned()?, speed, cx)?;
            Some(ExecutorPlan::Replay {
                max_vus: max_vus(patience::enough_vus_for(&schedule, flow))?,
                schedule,
            })
        }
    }
}

/// k6's default of `start_rate`.
const NOTHING: Rate = Rate {
    count: 0.0,
    per: Duration::from_secs(1),
};

/// The number; `otherwise` where the key is not there.
fn or_default<const MIN: u64, const MAX: u64>(
    field: &Field<Whole<MIN, MAX>>,
    otherwise: u32,
) -> Option<u32> {
    match field {
        Field::Absent => Some(otherwise),
        given => Some(given.value()?.small()),
    }
}

fn iterations(keys: &Scenario) -> Option<u64> {
    match &keys.iterations {
        Field::Absent => Some(1),
        given => Some(given.value()?.0),
    }
}

fn max_duration(keys: &Scenario) -> Option<Duration> {
    match &keys.max_duration {
        Field::Absent => Some(MAX_DURATION),
        given => Some(given.value()?.0),
    }
}

/// As k6: virtual users that could never get an iteration are a mistake.
fn enough_iterations(
    plan: &ExecutorPlan,
    scenario: &Spanned<Scenario>,
    cx: &mut Context<'_>,
) -> bool {
    let ExecutorPlan::SharedIterations {
        vus, iterations, ..
    } = plan
    else {
        return true;
    };
    let enough = u64::from(*vus) <= *iterations;
    if !enough {
        let keys = &scenario.value;
        let place = keys.vus.spanned().map_or(&scenario.span, |vus| &vus.span);
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                format!("{vus} virtual users share {iterations} iterations: some never get one"),
            )
            .at(place)
            .hint("`iterations` is of all virtual users together; of each it is in `per-vu-iterations`"),
        );
    }
    enough
}
