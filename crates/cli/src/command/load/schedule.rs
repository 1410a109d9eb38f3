use std::time::Duration;

use rtest_core::Diagnostic;
use rtest_core::plan::{Arrivals, ExecutorPlan, RateStage, VuStage};
use rtest_core::unit::{Rate, parse_duration, parse_rate, parse_rate_from_zero};

use super::found::{Found, bad, positive, unit};
use crate::args::ScheduleArgs;

/// Virtual users of a closed model unless told otherwise.
const VUS: u32 = 10;
/// For how long unless told otherwise.
const DURATION: Duration = Duration::from_secs(10);
/// How long so many iterations may take, as in a suite.
const MAX_DURATION: Duration = Duration::from_secs(600);
/// Virtual users of an open model at most: one second's arrivals, between these bounds.
const MAX_VUS: std::ops::RangeInclusive<u32> = 50..=2000;
/// Virtual users at the start of a ramp, and how long one that is no longer wanted may go on, as
/// in a suite.
const START_VUS: u32 = 1;
const GRACEFUL_RAMP_DOWN: Duration = Duration::from_secs(30);
/// A ramp of the rate begins here, as in a suite.
const START_RATE: Rate = Rate {
    count: 0.0,
    per: Duration::from_secs(1),
};

/// When iterations start and how many run at once.
pub(super) fn executor(args: &ScheduleArgs, found: &mut Found) -> Option<ExecutorPlan> {
    let arrivals = if args.poisson {
        Arrivals::Poisson
    } else {
        Arrivals::Even
    };
    let rate = args.rate.as_deref();
    let rate = rate.map(|rate| found.keep(unit("--rate", rate, parse_rate)));
    let duration = args.duration.as_deref();
    let duration = duration.map(|duration| found.keep(positive("--duration", duration)));
    let executor = match (args.stages.as_slice(), rate) {
        ([], Some(rate)) => {
            let (rate, duration) = (rate?, duration.unwrap_or(Some(DURATION))?);
            let enough = || enough_vus(rate.per_second());
            ExecutorPlan::ConstantArrivalRate {
                rate,
                duration,
                max_vus: args.max_vus.unwrap_or_else(enough),
                arrivals,
            }
        }
        ([], None) => match args.iterations {
            Some(iterations) => ExecutorPlan::SharedIterations {
                vus: args
                    .vus
                    .unwrap_or_else(|| u32::try_from(iterations).map_or(VUS, |all| all.min(VUS))),
                iterations,
                max_duration: duration.unwrap_or(Some(MAX_DURATION))?,
            },
            None => ExecutorPlan::ConstantVus {
                vus: args.vus.unwrap_or(VUS),
                duration: duration.unwrap_or(Some(DURATION))?,
            },
        },
        (_, rate) => match Ramp::read(args, found)? {
            Ramp::Vus(stages) => ExecutorPlan::RampingVus {
                start_vus: args.vus.unwrap_or(START_VUS),
                stages,
                graceful_ramp_down: GRACEFUL_RAMP_DOWN,
            },
            Ramp::Rate(stages) => {
                let start_rate = rate.unwrap_or(Some(START_RATE))?;
                let rates = stages.iter().map(|stage| stage.target.per_second());
                let highest = rates.fold(start_rate.per_second(), f64::max);
                ExecutorPlan::RampingArrivalRate {
                    start_rate,
                    stages,
                    max_vus: args.max_vus.unwrap_or_else(|| enough_vus(highest)),
                    arrivals,
                }
            }
        },
    };
    if !executor.is_open() {
        refuse_open_flags(args, found);
    }
    Some(executor)
}

fn enough_vus(per_second: f64) -> u32 {
    (per_second.ceil() as u32).clamp(*MAX_VUS.start(), *MAX_VUS.end())
}

/// Flags that say something of a schedule, where there is none.
fn refuse_open_flags(args: &ScheduleArgs, found: &mut Found) {
    const HINT: &str = "add --rate 200/s, or --stage 30s:200/s";
    let pacing = args.pacing.map(|pacing| pacing.name().to_owned());
    let flags = [
        ("--max-vus", args.max_vus.map(|vus| vus.to_string())),
        ("--poisson", args.poisson.then(String::new)),
        ("--pacing", pacing),
    ];
    for (flag, value) in flags {
        if let Some(text) = value {
            let message = format!("{flag} means something for arrivals only");
            found.refuse(flag, &text, &message, HINT);
        }
    }
}

/// Stages, all of one kind.
enum Ramp {
    Vus(Vec<VuStage>),
    Rate(Vec<RateStage>),
}

impl Ramp {
    fn read(args: &ScheduleArgs, found: &mut Found) -> Option<Self> {
        let stages = found.keep_all(args.stages.iter().map(|stage| read_stage(stage)));
        if stages.len() < args.stages.len() {
            return None;
        }
        let (mut vus, mut rates) = (Vec::new(), Vec::new());
        for (duration, target) in stages {
            match target {
                Target::Vus(target) => vus.push(VuStage { duration, target }),
                Target::Rate(target) => rates.push(RateStage { duration, target }),
            }
        }
        let last = args.stages.last().map_or("", String::as_str);
        if !vus.is_empty() && !rates.is_empty() {
            let message = "stages lead either to virtual users or to rates";
            let hint = "write 30s:100 in all of them, or 30s:100/s";
            found.refuse("--stage", last, message, hint);
            return None;
        }
        let ramp = if rates.is_empty() {
            if let Some(rate) = &args.rate {
                let message = "stages of virtual users start from --vus";
                found.refuse(
                    "--rate",
                    rate,
                    message,
                    "write rates in the stages: 30s:200/s",
                );
            }
            Self::Vus(vus)
        } else {
            if let Some(vus) = args.vus {
                let message = "stages of a rate start from --rate";
                let hint = "the most virtual users are --max-vus";
                found.refuse("--vus", &vus.to_string(), message, hint);
            }
            Self::Rate(rates)
        };
        if ramp.duration().is_zero() {
            let hint = "write how long one takes: 30s:100";
            found.refuse("--stage", last, "the stages take no time", hint);
        }
        Some(ramp)
    }

    fn duration(&self) -> Duration {
        match self {
            Self::Vus(stages) => stages.iter().map(|stage| stage.duration).sum(),
            Self::Rate(stages) => stages.iter().map(|stage| stage.duration).sum(),
        }
    }
}

/// What a stage leads to.
#[derive(Clone, Copy)]
enum Target {
    Vus(u32),
    Rate(Rate),
}

/// `30s:100`, `30s:200/s`.
fn read_stage(text: &str) -> Result<(Duration, Target), Diagnostic> {
    const HINT: &str = "write DURATION:TARGET, as in 30s:100 (VUs) or 30s:200/s";
    let Some((duration, target)) = text.split_once(':') else {
        return Err(bad("--stage", text, format!("`{text}` is no stage"), HINT));
    };
    let duration = unit("--stage", duration, parse_duration)?;
    let target = if target.contains('/') {
        Target::Rate(unit("--stage", target, parse_rate_from_zero)?)
    } else {
        let vus = target.trim().parse().map_err(|_| {
            let message = format!("`{target}` is neither a number of VUs nor a rate");
            bad("--stage", text, message, HINT)
        })?;
        Target::Vus(vus)
    };
    Ok((duration, target))
}
