use rtest_core::plan::{
    ChaosPlan, LoadPlan, Resilience, ResiliencePlan, ScenarioPlan, Step, StepKind,
};
use rtest_core::{Code, Diagnostic, Span, Template};

use crate::check::Context;
use crate::file::Expect;
use crate::shape::suggestion;
use crate::spanned::Spanned;

/// What is expected of the system under a fault, in the order in which reports show it.
pub(super) fn check(
    expect: &Spanned<Expect>,
    scenarios: &[ScenarioPlan],
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
            refuse_unknown(check, scenarios, cx);
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
    plans
        .into_iter()
        .map(|(expected, span)| ResiliencePlan {
            expected,
            span: span.clone(),
        })
        .collect()
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
