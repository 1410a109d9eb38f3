use rtest_core::expectation::{Answer, Expectation, StatusMatch};
use rtest_core::plan::{CapturePlan, CaseRequest, Extractor, SchemaPlan};
use rtest_core::unit::format_duration;
use rtest_core::{Difference, Span, UnknownVariable};
use serde_json::Value;

use super::{Bench, Done};
use crate::exchange;
use crate::fill::Fill as _;
use crate::http::{Answered, Filled};
use crate::snapshot;

/// Errors of a schema that are shown.
const MOST_ERRORS: usize = 10;

pub(super) async fn take(
    bench: &mut Bench<'_>,
    plan: &CaseRequest,
    span: &Span,
) -> Result<Done, UnknownVariable> {
    let base = bench.target.unwrap_or_default();
    let filled = Filled::new(&plan.request, base, &bench.variables)?;
    let sent = exchange::request(&filled.method, &filled.url, &filled.headers, &filled.body);
    let clock = bench.context.clock.as_ref();
    let answered = match bench.clients.send(&filled, clock).await {
        Ok(answered) => answered,
        Err(why) => {
            let mut done = Done::failed("an answer", why, span);
            done.exchange = sent;
            return Ok(done);
        }
    };
    let mut differences = unmet(bench, plan, &answered, span)?;
    if differences.is_empty() {
        differences = capture(bench, &plan.request.captures, &answered);
    }
    let first = format!("{} after {}", answered.status, millis(answered.took));
    let came = exchange::answer(&first, &answered.headers, &answered.body);
    Ok(Done {
        differences,
        exchange: format!("{sent}\n\n{came}"),
    })
}

/// What was expected of the answer, and is not so.
fn unmet(
    bench: &Bench<'_>,
    plan: &CaseRequest,
    answered: &Answered,
    span: &Span,
) -> Result<Vec<Difference>, UnknownVariable> {
    let answer = Answer {
        status: answered.status,
        headers: &answered.headers,
        body: &answered.body,
    };
    let mut differences = Vec::new();
    let mut differs = |expected: String, actual: String, span: &Span| {
        differences.push(Difference {
            expected,
            actual,
            span: span.clone(),
        });
    };
    let checks = &plan.request.checks;
    let says_status = checks
        .iter()
        .any(|it| matches!(it.expectation, Expectation::Status(_)));
    let fine = [2, 3].map(StatusMatch::Class);
    if !says_status && !fine.iter().any(|class| class.fits(answered.status)) {
        let actual = format!("status {}", answered.status);
        differs("status 2xx or 3xx".to_owned(), actual, span);
    }
    for check in checks {
        let expectation = bench.variables.fill_expectation(&check.expectation)?;
        if let Err(unmet) = expectation.meet(&answer) {
            differs(unmet.expected, unmet.actual, &check.span);
        }
    }
    if let Some((at_most, span)) = &plan.at_most
        && answered.took > *at_most
    {
        let expected = format!("an answer within {}", format_duration(*at_most));
        differs(expected, millis(answered.took), span);
    }
    if let Some(schema) = &plan.schema {
        differences.extend(invalid(schema, &answered.body));
    }
    // A snapshot of a wrong answer is never written.
    if let (Some(snapshot), true) = (&plan.snapshot, differences.is_empty()) {
        let update = bench.update_snapshots;
        differences.extend(snapshot::compare(snapshot, &answered.body, update));
    }
    Ok(differences)
}

/// Where a body is not valid under a schema.
fn invalid(plan: &SchemaPlan, body: &[u8]) -> Vec<Difference> {
    let differs = |at: &str, actual: String| Difference {
        expected: format!("{at} valid under {}", plan.shown),
        actual,
        span: plan.span.clone(),
    };
    let validator = match jsonschema::validator_for(&plan.schema) {
        Ok(validator) => validator,
        Err(error) => return vec![differs("a body", format!("the schema is none: {error}"))],
    };
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        let actual = rtest_core::expectation::excerpt(body);
        return vec![differs(
            "a body",
            format!("a body that is not JSON: {actual}"),
        )];
    };
    let errors = validator.iter_errors(&value).take(MOST_ERRORS);
    errors
        .map(|error| {
            let at = error.instance_path().to_string().replace('/', ".");
            differs(&format!("${at}"), error.to_string())
        })
        .collect()
}

/// Takes what later steps need; what is not there is a difference.
fn capture(
    bench: &mut Bench<'_>,
    captures: &[CapturePlan],
    answered: &Answered,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    for plan in captures {
        let found = extract(&plan.from, answered);
        let value = found.or_else(|| plan.default.clone().map(Value::String));
        match value {
            Some(value) => bench.variables.set(&plan.name, value),
            None => differences.push(Difference {
                expected: format!("something to capture as `{}`", plan.name),
                actual: "nothing there".to_owned(),
                span: plan.span.clone(),
            }),
        }
    }
    differences
}

fn extract(from: &Extractor, answered: &Answered) -> Option<Value> {
    let matched = |regex: &regex::Regex, text: &str| {
        let captures = regex.captures(text)?;
        let group = captures.get(1).or_else(|| captures.get(0))?;
        Some(Value::from(group.as_str()))
    };
    match from {
        Extractor::Json(path) => {
            let body: Value = serde_json::from_slice(&answered.body).ok()?;
            path.query(&body).first().cloned()
        }
        Extractor::Header { name, regex } => {
            let mut headers = answered.headers.iter();
            let (_, value) = headers.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
            match regex {
                Some(regex) => matched(regex, value),
                None => Some(value.as_str().into()),
            }
        }
        Extractor::Regex(regex) => matched(regex, &String::from_utf8_lossy(&answered.body)),
        // The suite offers no selectors to cases.
        Extractor::Css { .. } => None,
    }
}

fn millis(took: std::time::Duration) -> String {
    format!("{} ms", took.as_millis())
}
