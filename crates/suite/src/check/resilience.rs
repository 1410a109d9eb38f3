use rtest_core::plan::{
    ChaosPlan, LoadPlan, Resilience, ResiliencePlan, ScenarioPlan, Step, StepKind,
};
use rtest_core::{Code, Diagnostic, Span, Template};

use crate::check::Context;
use crate::check::gauge::{Gauges, Source};
use crate::check::load::Driven;
use crate::file::{DeadLetters, Expect};
use crate::scalar::Whole;
use crate::shape::{Entry, suggestion};
use crate::spanned::Spanned;

/// What is expected of the system under a fault, in the order in which reports show it.
pub(super) fn check(
    expect: &Spanned<Expect>,
    driven: &Driven,
    gauges: &mut Gauges,
    cx: &mut Context<'_>,
) -> Vec<ResiliencePlan> {
    let expect = &expect.value;
    let mut plans = Vec::new();
    if let Some(entry) = expect.deadline.entry()
        && let Some(within) = entry.value.value.within.value()
    {
        plans.push((Resilience::Deadline { within: within.0 }, &entry.whole));
    }
    if let Some(entry) = expect.retries.entry()
        && let Some(most) = entry.value.value.max_per_request.value()
    {
        let retries = &entry.value.value;
        let is_asked = |asked: Option<&bool>| asked.copied().unwrap_or_default();
        let expected = Resilience::Retries {
            max_per_request: most.small(),
            backoff: is_asked(retries.backoff.value()),
            jitter: is_asked(retries.jitter.value()),
            unsafe_too: is_asked(retries.unsafe_too.value()),
        };
        plans.push((expected, &entry.whole));
    }
    if let Some(entry) = expect.breaker.entry()
        && let Some(opens) = entry.value.value.opens_within.value()
    {
        let expected = Resilience::Breaker {
            opens_within: opens.0,
            closes_within: entry
                .value
                .value
                .closes_within
                .value()
                .map(|closes| closes.0),
        };
        plans.push((expected, &entry.whole));
    }
    if let Some(entry) = expect.shed.entry()
        && let Some(within) = entry.value.value.within.value()
    {
        let status = entry.value.value.status.value();
        let expected = Resilience::Shed {
            status: status.map_or(503, |status| u16::try_from(status.0).unwrap_or(503)),
            within: within.0,
        };
        plans.push((expected, &entry.whole));
    }
    if let Some(entry) = expect.fallback.entry()
        && let Some(rate) = entry.value.value.rate.value()
    {
        let check = entry.value.value.check.spanned();
        if let Some(check) = check {
            refuse_unknown(check, &driven.scenarios, cx);
        }
        let expected = Resilience::Fallback {
            rate: rate.0,
            check: check.map(|check| check.value.clone()),
        };
        plans.push((expected, &entry.whole));
    }
    if let Some(entry) = expect.recovery.entry()
        && let Some(within) = entry.value.value.within.value()
    {
        plans.push((Resilience::Recovery { within: within.0 }, &entry.whole));
    }
    if let Some(entry) = expect.detect.entry()
        && let Some(within) = entry.value.value.within.value()
    {
        let by = entry.value.value.probe.value();
        let expected = Resilience::Detect {
            within: within.0,
            by: by.and_then(|by| gauges.probe(by, driven, cx)),
        };
        plans.push((expected, &entry.whole));
    }
    if let Some(entry) = expect.backlog.entry() {
        let backlog = &entry.value.value;
        let source = Source {
            http: &backlog.http,
            sql: &backlog.sql,
            command: &backlog.command,
        };
        let length = match backlog.metric.spanned() {
            Some(metric) => gauges.sampled(metric, driven, cx),
            None => gauges.number(&source, driven, cx),
        };
        if let (Some(length), Some(max)) = (length, backlog.max.value()) {
            let expected = Resilience::Backlog {
                length,
                max: max.0 as f64,
                drains_within: backlog.drains_within.value().map(|within| within.0),
            };
            plans.push((expected, &entry.whole));
        }
    }
    if let Some(entry) = expect.dead_letters.entry()
        && let Some(expected) = dead_letters(entry, driven, gauges, cx)
    {
        plans.push((expected, &entry.whole));
    }
    plans
        .into_iter()
        .map(|(expected, span)| ResiliencePlan {
            expected,
            span: span.clone(),
        })
        .collect()
}

fn dead_letters(
    entry: &Entry<DeadLetters>,
    driven: &Driven,
    gauges: &mut Gauges,
    cx: &mut Context<'_>,
) -> Option<Resilience> {
    let letters = &entry.value.value;
    let bound = |bound: Option<&Whole<0, 1_000_000_000_000>>| bound.map(|bound| bound.0 as f64);
    let (min, max) = (bound(letters.min.value()), bound(letters.max.value()));
    if letters.min.is_absent() && letters.max.is_absent() {
        cx.found.add(
            Diagnostic::new(Code::MissingKey, "dead letters need `min`, `max` or both")
                .at(&entry.whole)
                .hint("`max: 0` says that nothing may be put aside"),
        );
    }
    if min > max && max.is_some() {
        cx.found
            .add(Diagnostic::new(Code::Contradiction, "`min` is more than `max`").at(&entry.whole));
    }
    let source = Source {
        http: &letters.http,
        sql: &letters.sql,
        command: &letters.command,
    };
    let count = gauges.number(&source, driven, cx)?;
    Some(Resilience::DeadLetters { count, min, max })
}

/// Whoever is refused is not seen: what is read from attempts would be read from none.
pub(super) fn refuse_unseen(expect: &[ResiliencePlan], down: &Span, cx: &mut Context<'_>) {
    for plan in expect.iter().filter(|plan| plan.expected.needs_attempts()) {
        let word = plan.expected.word();
        cx.found.add(
            Diagnostic::new(
                Code::Contradiction,
                format!(
                    "`{word}` cannot be judged under `down`: a port that refuses sees no attempt"
                ),
            )
            .at(&plan.span)
            .note(format!("the link is `down` at {down}"))
            .hint(
                "use `reset: true`, which resets each connection when its first request was read",
            ),
        );
    }
}

/// By what the attempts that serve a request can be told from all others; the first is sent where a
/// request has none of them.
const NAMES: [&str; 3] = ["x-request-id", "x-correlation-id", "traceparent"];

/// Where something is expected of retries, requests say which they are: a service that passes that
/// on shows how often it tries again for each.
pub(super) fn name_requests(load: &mut LoadPlan, chaos: &ChaosPlan) {
    let counts = |plan: &ResiliencePlan| matches!(plan.expected, Resilience::Retries { .. });
    let mut expected = chaos.timeline.iter().flat_map(|fault| &fault.expect);
    if expected.any(counts) {
        for scenario in &mut load.scenarios {
            name_steps(&mut scenario.flow, &scenario.name, &mut 0);
        }
    }
}

fn name_steps(steps: &mut [Step], scenario: &str, number: &mut u32) {
    for step in steps {
        if let StepKind::Request(request) = &mut step.kind {
            *number += 1;
            let is_name = |(name, _): &(String, Template)| {
                NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
            };
            let name: String = scenario
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            let id = Template::parse(&format!("{name}-{{{{ iteration }}}}-{number}"));
            if let (false, Ok(id)) = (request.headers.iter().any(is_name), id) {
                request.headers.push((NAMES[0].to_owned(), id));
            }
        }
        for children in step.kind.children_mut() {
            name_steps(children, scenario, number);
        }
    }
}

/// A check that no flow has is never met.
fn refuse_unknown(check: &Spanned<String>, scenarios: &[ScenarioPlan], cx: &mut Context<'_>) {
    let requests = scenarios.iter().flat_map(ScenarioPlan::requests);
    let names: Vec<&str> = requests
        .flat_map(|request| &request.request.checks)
        .map(|check| check.name.as_str())
        .collect();
    if names.contains(&check.value.as_str()) {
        return;
    }
    let unknown = Diagnostic::new(
        Code::UnknownCheck,
        format!("no request of the load has a check `{}`", check.value),
    )
    .at(&check.span);
    cx.found
        .add(match suggestion(&check.value, names, "the checks are") {
            Some(hint) => unknown.hint(hint),
            None => unknown.hint("give a request of the flow a `check`"),
        });
}
