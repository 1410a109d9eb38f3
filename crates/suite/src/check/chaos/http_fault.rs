//! What happens to requests on a link.

use std::time::Duration;

use rtest_core::plan::{AnswerPlan, DelayPlan, HttpAction, HttpFaultPlan, HttpMatchPlan};
use rtest_core::unit::{parse_percentage, parse_size};
use rtest_core::{Code, Diagnostic, Span};

use super::recorded::recorded;
use super::target::jitter_fits;
use crate::check::Context;
use crate::check::unit::read;
use crate::check::{request, template};
use crate::collection::Named;
use crate::file::{HttpAnswer, HttpDelay, HttpFault, HttpMatch};
use crate::shape::{Entry, Field};
use crate::spanned::Spanned;

pub(super) fn http_fault(keys: &HttpFault, cx: &mut Context<'_>) -> Option<HttpFaultPlan> {
    let matching = match keys.matching.value() {
        Some(matching) => self::matching(matching, cx),
        None => Some(HttpMatchPlan::default()),
    };
    let percentage = read(
        &keys.percentage,
        |text| parse_percentage(text, "requests"),
        cx,
    );
    let action = action(keys, cx);
    Some(HttpFaultPlan {
        matching: matching?,
        percentage: percentage?.unwrap_or(100.0),
        first: keys.first.value().map(|first| first.0),
        every: keys.every.value().map(|every| every.0),
        action: action?,
    })
}

fn matching(keys: &HttpMatch, cx: &mut Context<'_>) -> Option<HttpMatchPlan> {
    let methods = keys.method.value().map(|methods| methods.0.as_slice());
    let methods = methods.unwrap_or_default().iter();
    if let Some(path) = keys.path.spanned()
        && !path.value.starts_with(['/', '*'])
    {
        cx.found.add(
            Diagnostic::new(Code::OutOfRange, "a path begins with `/`, or with `*`")
                .at(&path.span)
                .hint("write `/products/:id`, `/img/**` or `**.png`"),
        );
        return None;
    }
    let mut headers = Vec::new();
    for (name, value) in given(&keys.headers) {
        request::answer_header_name(name, cx.found);
        headers.push((name.value.clone(), value.value.clone()));
    }
    Some(HttpMatchPlan {
        methods: methods.map(|method| method.value.clone()).collect(),
        path: keys.path.value().cloned(),
        headers,
    })
}

fn action(keys: &HttpFault, cx: &mut Context<'_>) -> Option<HttpAction> {
    if let Some(abort) = keys.abort.entry() {
        Some(HttpAction::Abort(answer(&abort.value.value, cx)))
    } else if let Some(delay) = keys.delay.entry() {
        self::delay(&delay.value.value, cx).map(HttpAction::Delay)
    } else if let Some(replace) = keys.replace.entry() {
        replacement(replace, cx).map(HttpAction::Replace)
    } else if let Some(truncate) = keys.truncate.entry() {
        let after = read(&truncate.value.value.after, parse_size, cx)?;
        Some(HttpAction::Truncate {
            after_bytes: after?,
        })
    } else {
        let host = keys.host.spanned()?;
        request::header_value(&host.value, &host.span, cx.found);
        let has_hole = template::refuse(&host.value, &host.span, cx);
        if host.value.is_empty() {
            cx.found
                .add(Diagnostic::new(Code::OutOfRange, "a host has a name").at(&host.span));
        }
        (!has_hole).then(|| HttpAction::Host(host.value.clone()))
    }
}

fn replacement(entry: &Entry<HttpAnswer>, cx: &mut Context<'_>) -> Option<AnswerPlan> {
    let keys = &entry.value.value;
    if keys.status.is_absent() && keys.headers.is_absent() && keys.body.is_absent() {
        cx.found.add(
            Diagnostic::new(Code::MissingKey, "nothing of the answer is replaced")
                .at(&entry.whole)
                .hint("give it a `status`, `headers` or a `body`"),
        );
        return None;
    }
    Some(answer(keys, cx))
}

fn answer(keys: &HttpAnswer, cx: &mut Context<'_>) -> AnswerPlan {
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in given(&keys.headers) {
        let known: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        request::header_name(name, &known, cx.found);
        request::header_value(&value.value, &value.span, cx.found);
        headers.push((name.value.clone(), value.value.clone()));
    }
    if let Some(body) = keys.body.spanned() {
        template::refuse(&body.value, &body.span, cx);
    }
    let status = keys.status.value();
    AnswerPlan {
        status: status.and_then(|status| u16::try_from(status.0).ok()),
        headers,
        body: keys.body.value().cloned(),
    }
}

/// Names and values that could be read.
fn given<T, const MIN: usize>(
    field: &Field<Named<T, MIN>>,
) -> impl Iterator<Item = (&Spanned<String>, &Spanned<T>)> {
    let entries = field.value().map(|named| named.0.as_slice());
    let entries = entries.unwrap_or_default().iter();
    entries.filter_map(|entry| entry.given())
}

fn delay(keys: &HttpDelay, cx: &mut Context<'_>) -> Option<DelayPlan> {
    let or_none = |field: &Field<Duration>| field.value().copied().unwrap_or_default();
    if let Some(latency) = keys.latency.value() {
        jitter_fits(&keys.jitter, latency.0, cx).then(|| DelayPlan::Uniform {
            latency: latency.0,
            jitter: or_none(&keys.jitter),
        })
    } else if let Some(mean) = keys.mean.value() {
        Some(DelayPlan::Normal {
            mean: mean.0,
            deviation: or_none(&keys.deviation),
        })
    } else if let Some(scale) = keys.scale.value() {
        Some(DelayPlan::Pareto {
            scale: scale.0,
            shape: keys.shape.value().map_or(1.0, |shape| shape.0),
        })
    } else if let Some(file) = keys.recorded.spanned() {
        recorded(file, &keys.unit, &keys.tag, cx)
    } else {
        percentiles(&keys.percentiles, cx).map(DelayPlan::Percentiles)
    }
}

/// Percentiles with their values, in rising order.
pub(in crate::check) fn percentiles(
    field: &Field<Named<Duration, 1>>,
    cx: &mut Context<'_>,
) -> Option<Vec<(f64, Duration)>> {
    let mut list = Vec::new();
    for (name, value) in given(field) {
        list.push((percentile(name, cx)?, value.value));
    }
    rising(list, field.key()?, cx)
}

fn percentile(name: &Spanned<String>, cx: &mut Context<'_>) -> Option<f64> {
    let number = name.value.parse().ok();
    let percentile = number.filter(|number| (0.0..=100.0).contains(number));
    if percentile.is_none() {
        let message = format!("`{}` is not a percentile", name.value);
        cx.found.add(
            Diagnostic::new(Code::OutOfRange, message)
                .at(&name.span)
                .hint("percentiles are numbers from 0 to 100: `{ 50: 1ms, 99.9: 30ms }`"),
        );
    }
    percentile
}

fn rising(
    mut list: Vec<(f64, Duration)>,
    span: &Span,
    cx: &mut Context<'_>,
) -> Option<Vec<(f64, Duration)>> {
    list.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let rises = list.is_sorted_by(|(a, one), (b, other)| a < b && one <= other);
    if !rises {
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                "a higher percentile has a value that is at least as high",
            )
            .at(span),
        );
    }
    rises.then_some(list)
}
