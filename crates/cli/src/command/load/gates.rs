use std::time::Duration;

use rtest_core::plan::ThresholdPlan;
use rtest_core::threshold::Threshold;
use rtest_core::unit::parse_duration;
use rtest_core::{Code, Diagnostic, Span};

use super::found::{Found, unit};
use crate::args::GateArgs;

/// What the numbers must be.
pub(super) fn thresholds(args: &GateArgs, found: &mut Found) -> Vec<ThresholdPlan> {
    let abort = args.abort_on_fail.as_deref();
    let abort_after =
        abort.and_then(|after| found.keep(unit("--abort-on-fail", after, parse_duration)));
    let mut kept: Vec<ThresholdPlan> = Vec::new();
    for text in &args.thresholds {
        let read = threshold(text, abort_after).and_then(|gate| {
            if kept.iter().any(|other| other.threshold == gate.threshold) {
                let message = format!("the threshold `{}` is there twice", gate.threshold);
                Err(Diagnostic::new(Code::Duplicate, message).at(&gate.span))
            } else {
                Ok(gate)
            }
        });
        kept.extend(found.keep(read));
    }
    kept
}

fn threshold(text: &str, abort_after: Option<Duration>) -> Result<ThresholdPlan, Diagnostic> {
    let span = Span::of_flag("--threshold", text);
    match Threshold::parse_line(text) {
        Ok(threshold) => match unknown_tag(&threshold) {
            Some((tag, known)) => Err(Diagnostic::new(
                Code::UnknownTag,
                format!("no sample of this run carries the tag `{tag}`"),
            )
            .at(&span)
            .hint(format!("tags are {}", known.join(", ")))),
            None => Ok(ThresholdPlan {
                threshold,
                abort_after,
                span,
            }),
        },
        Err(error) => Err(Diagnostic::new(error.code(), error.message)
            .at(&span)
            .hint(error.hint)),
    }
}

/// Tags that requests of a run without a file carry.
const OF_REQUESTS: &[&str] = &["scenario", "endpoint", "method", "status", "error"];
/// And its checks.
const OF_CHECKS: &[&str] = &["scenario", "endpoint", "method", "check"];
/// And its iterations.
const OF_ITERATIONS: &[&str] = &["scenario"];

/// A tag that nothing carries would make a gate that cannot fail.
fn unknown_tag(threshold: &Threshold) -> Option<(&str, &'static [&'static str])> {
    let name = threshold.metric.name.as_str();
    let known = match name {
        "checks" => OF_CHECKS,
        "schedule_lag" => OF_REQUESTS,
        _ if name.starts_with("http_") || name.starts_with("data_") => OF_REQUESTS,
        _ => OF_ITERATIONS,
    };
    let mut names = threshold.metric.tags.iter().map(|(name, _)| name.as_str());
    let unknown = names.find(|name| !known.contains(name))?;
    Some((unknown, known))
}
