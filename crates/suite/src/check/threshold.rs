use rtest_core::metric::{MetricSelector, builtin_metric};
use rtest_core::plan::ThresholdPlan;
use rtest_core::threshold::{Threshold, ThresholdError, ThresholdErrorKind};
use rtest_core::{Code, Diagnostic};

use crate::check::tags::Tags;
use crate::collection::{Named, OneOrMany};
use crate::diagnostics::Diagnostics;
use crate::spanned::Spanned;

/// Checks a load's thresholds.
pub(super) fn check(
    thresholds: &Named<OneOrMany<String>>,
    tags: &Tags,
    found: &mut Diagnostics,
) -> Vec<ThresholdPlan> {
    let mut checked: Vec<ThresholdPlan> = Vec::new();
    for entry in &thresholds.0 {
        let Some(selector) = selector(&entry.name, tags, found) else {
            continue;
        };
        let expressions = entry.value.iter().flat_map(|value| &value.value.0);
        for expression in expressions {
            match Threshold::parse(selector.clone(), &expression.value) {
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
                        abort_after: None,
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

/// The key of a threshold: a metric that exists, and tags that its samples carry.
fn selector(
    text: &Spanned<String>,
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
    if builtin_metric(&selector.name).is_none() {
        // Core words the diagnostic of an unknown metric; any expression brings it out.
        if let Err(error) = Threshold::parse(selector, "count>0") {
            found.add(diagnostic(error).at(&text.span));
        }
        return None;
    }
    tags.check(&selector, &text.span, found);
    Some(selector)
}

/// A threshold's error as a diagnostic, still without its place.
pub(super) fn diagnostic(error: ThresholdError) -> Diagnostic {
    let code = match error.kind {
        ThresholdErrorKind::Syntax => Code::BadThreshold,
        ThresholdErrorKind::UnknownMetric => Code::UnknownMetric,
        ThresholdErrorKind::WrongAggregation => Code::WrongAggregation,
    };
    Diagnostic::new(code, error.message).hint(error.hint)
}
