use std::time::Duration;

use rtest_core::metric::{MetricSelector, builtin_metric};
use rtest_core::plan::ThresholdPlan;
use rtest_core::threshold::{Threshold, ThresholdError, ThresholdErrorKind};
use rtest_core::{Code, Diagnostic, nearest};

use crate::check::load::Metrics;
use crate::check::tags::Tags;
use crate::collection::{Named, OneOrMany};
use crate::diagnostics::Diagnostics;
use crate::file::Gate;
use crate::shape::Field;
use crate::spanned::Spanned;

/// Checks a load's thresholds.
pub(super) fn check(
    thresholds: &Named<OneOrMany<Gate>>,
    metrics: &Metrics,
    tags: &Tags,
    found: &mut Diagnostics,
) -> Vec<ThresholdPlan> {
    let mut checked: Vec<ThresholdPlan> = Vec::new();
    for entry in &thresholds.0 {
        let Some(selector) = selector(&entry.name, metrics, tags, found) else {
            continue;
        };
        for gate in entry.value.iter().flat_map(|value| &value.value.0) {
            let abort_after = abort_after(&gate.value, found);
            let Some(expression) = expression(gate) else {
                continue;
            };
            let kinds = |name: &str| metrics.kind(name);
            match Threshold::parse_with(selector.clone(), &expression.value, &kinds) {
                Ok(threshold) => {
                    if let Some(first) = checked.iter().find(|known| known.threshold == threshold) {
                        found.add(
                            Diagnostic::new(
                                Code::Duplicate,
                                format!("the threshold `{threshold}` is there twice"),
                            )
                            .at(&expression.span)
                            .note(format!("it is first at {}", first.span)),
                        );
                        continue;
                    }
                    checked.push(ThresholdPlan {
                        abort_after,
                        threshold,
                        span: expression.span.clone(),
                    });
                }
                Err(error) => found.add(diagnostic(error).at(&expression.span)),
            }
        }
    }
    checked
}

fn expression(gate: &Spanned<Gate>) -> Option<Spanned<String>> {
    match &gate.value {
        Gate::Expression(text) => Some(Spanned::new(text.clone(), gate.span.clone())),
        Gate::Keys(keys) => keys.threshold.spanned().cloned(),
    }
}

/// How long after the start a breach ends the load, where it does.
fn abort_after(gate: &Gate, found: &mut Diagnostics) -> Option<Duration> {
    let Gate::Keys(keys) = gate else {
        return None;
    };
    if matches!(keys.abort_on_fail.value(), Some(true)) {
        return Some(keys.delay_abort_eval.value().copied().unwrap_or_default());
    }
    if let (Some(key), Field::Absent | Field::Given(_)) =
        (keys.delay_abort_eval.key(), &keys.abort_on_fail)
    {
        found.add(
            Diagnostic::new(
                Code::Contradiction,
                "`delay_abort_eval` has no effect without `abort_on_fail: true`",
            )
            .at(key)
            .hint("add `abort_on_fail: true`, or remove the key"),
        );
    }
    None
}

/// The key of a threshold: a metric that exists, and tags that its samples carry. `None` also
/// where the metric may be one that could not be read.
fn selector(
    text: &Spanned<String>,
    metrics: &Metrics,
    tags: &Tags,
    found: &mut Diagnostics,
) -> Option<MetricSelector> {
    let selector = match MetricSelector::parse(&text.value) {
        Ok(selector) => selector,
        Err(message) => {
            found.add(
                Diagnostic::new(Code::BadThreshold, message)
                    .at(&text.span)
                    .hint("write a metric, or a part of it: `http_req_duration{endpoint:/users}`"),
            );
            return None;
        }
    };
    if let Some(refused) = metrics.services.refused(&selector.name) {
        found.add(refused.at(&text.span));
        return None;
    }
    if builtin_metric(&selector.name).is_none() && metrics.kind(&selector.name).is_none() {
        if metrics.is_complete() {
            found.add(unknown_metric(selector, metrics).at(&text.span));
        }
        return None;
    }
    tags.check(&selector, &text.span, found);
    Some(selector)
}

fn unknown_metric(selector: MetricSelector, metrics: &Metrics) -> Diagnostic {
    let own = nearest(&selector.name, metrics.names()).map(str::to_owned);
    // Core words the diagnostic of an unknown metric; any expression brings it out.
    let error = Threshold::parse(selector, "count>0").err();
    let diagnostic = error.map_or_else(
        || Diagnostic::new(Code::UnknownMetric, "there is no such metric"),
        diagnostic,
    );
    match own {
        Some(own) => diagnostic.hint(format!("did you mean `{own}`?")),
        None => diagnostic,
    }
}

/// A threshold in one line, as probes and guardrails have it: `http_req_failed rate<0.01`. `None`
/// also where the metric may be one of the suite's own that could not be read.
pub(super) fn line(
    text: &Spanned<String>,
    metrics: &Metrics,
    found: &mut Diagnostics,
) -> Option<Threshold> {
    let name = text.value.trim().split(['{', ' ']).next();
    if let Some(refused) = name.and_then(|name| metrics.services.refused(name)) {
        found.add(refused.at(&text.span));
        return None;
    }
    match Threshold::parse_line_with(&text.value, &|name| metrics.kind(name)) {
        Ok(threshold) => Some(threshold),
        Err(error) if error.code() == Code::UnknownMetric && !metrics.is_complete() => None,
        Err(error) => {
            found.add(diagnostic(error).at(&text.span));
            None
        }
    }
}

/// A threshold's error as a diagnostic, still without its place.
fn diagnostic(error: ThresholdError) -> Diagnostic {
    let code = match error.kind {
        ThresholdErrorKind::Syntax => Code::BadThreshold,
        ThresholdErrorKind::UnknownMetric => Code::UnknownMetric,
        ThresholdErrorKind::WrongAggregation => Code::WrongAggregation,
    };
    Diagnostic::new(code, error.message).hint(error.hint)
}
