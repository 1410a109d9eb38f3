use std::time::Duration;

use rtest_core::plan::{Body, CheckPlan, RequestStep, Step as StepPlan, StepKind, Think};
use rtest_core::{Code, Diagnostic, Span, Template};

use crate::check::expectation::Expected;
use crate::check::template::{self, Scope};
use crate::check::{Context, request, tags};
use crate::file::Step;
use crate::shape::Field;
use crate::spanned::Spanned;

/// A pause takes none of a request's keys.
const ONLY_OF_REQUESTS: &str = "only a request has it; this step is a pause";

/// Checks one step of a flow. `timeout` is the load's.
pub(super) fn step(
    step: &Spanned<Step>,
    timeout: Duration,
    cx: &mut Context<'_>,
) -> Option<StepPlan> {
    if let Some(think) = step.value.think.entry() {
        refuse_request_keys(&step.value, cx);
        return Some(StepPlan {
            kind: StepKind::Think(Think::Constant(think.value.value)),
            span: think.whole.clone(),
        });
    }
    let request = self::request(&step.value, timeout, cx);
    let (_, path) = step.value.request()?;
    Some(StepPlan {
        kind: StepKind::Request(Box::new(request?)),
        span: path.whole.clone(),
    })
}

fn refuse_request_keys(step: &Step, cx: &mut Context<'_>) {
    let keys: [(&str, Option<&Span>); 7] = [
        ("name", step.name.key()),
        ("headers", step.headers.key()),
        ("json", step.json.key()),
        ("body", step.body.key()),
        ("check", step.check.key()),
        ("tags", step.tags.key()),
        ("timeout", step.timeout.key()),
    ];
    for (key, span) in keys {
        if let Some(span) = span {
            cx.found.add(
                Diagnostic::new(Code::UnknownKey, format!("`think` has no `{key}`"))
                    .at(span)
                    .label(ONLY_OF_REQUESTS),
            );
        }
    }
}

fn request(step: &Step, timeout: Duration, cx: &mut Context<'_>) -> Option<RequestStep> {
    let mut headers = request::headers(&step.headers, cx);
    let body = body(step, &mut headers, cx);
    let checks = checks(step, cx);
    let tags = tags::own(&step.tags, cx.found);
    let (method, path) = step.request()?;
    request::path(&path.value, cx);
    Some(RequestStep {
        endpoint: match step.name.value() {
            Some(name) => name.clone(),
            None => path.value.value.endpoint_name(),
        },
        headers,
        body: body?,
        checks,
        tags,
        ..RequestStep::new(
            method,
            path.value.value.clone(),
            step.timeout.value().map_or(timeout, |timeout| timeout.0),
        )
    })
}

/// The body; one from `json` brings its content type along.
fn body(step: &Step, headers: &mut Vec<(String, Template)>, cx: &mut Context<'_>) -> Option<Body> {
    if let (Some(json), Some(body)) = (step.json.key(), step.body.key()) {
        cx.found.add(
            Diagnostic::new(Code::NotExactlyOne, "a request has both `json` and `body`")
                .at(if json.line > body.line { json } else { body })
                .hint("keep one of them"),
        );
    }
    match (&step.json, &step.body) {
        (Field::Absent, Field::Absent) => Some(Body::Empty),
        (Field::Absent, Field::Given(text)) => {
            template::check(&text.value.value, &text.value.span, Scope::Flow, cx);
            Some(Body::Text(text.value.value.clone()))
        }
        (Field::Given(json), _) => {
            let template = json_template(&json.value.value.0, cx)?;
            let has_type = headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
            if !has_type {
                let json = Template::parse("application/json").expect("a text without holes");
                headers.push(("content-type".to_owned(), json));
            }
            Some(Body::Text(template))
        }
        (Field::Faulty(_), _) | (Field::Absent, Field::Faulty(_)) => None,
    }
}

/// The JSON text. Holes stand within its strings, so filling them leaves it JSON as long as what
/// fills them needs no escaping; everything that fills holes here is a number or an address.
fn json_template(node: &crate::node::Node, cx: &mut Context<'_>) -> Option<Template> {
    let mut fine = true;
    node.texts(&mut |text, span| match Template::parse(text) {
        Ok(template) => template::check(&template, span, Scope::Flow, cx),
        Err(error) => {
            fine = false;
            cx.found
                .add(Diagnostic::new(Code::UnknownVariable, error.to_string()).at(span));
        }
    });
    let mut text = String::new();
    node.write_json(&mut text);
    fine.then(|| Template::parse(&text).ok()).flatten()
}

fn checks(step: &Step, cx: &mut Context<'_>) -> Vec<CheckPlan> {
    let Some(check) = step.check.entry() else {
        return Vec::new();
    };
    let expected = Expected::from(&check.value.value);
    if expected.is_empty() {
        cx.found
            .add(Diagnostic::new(Code::BadExpectation, "the check expects nothing").at(&check.key));
    }
    expected
        .check(cx)
        .into_iter()
        .map(|Spanned { value, span }| CheckPlan {
            name: value.to_string(),
            expectation: value,
            span,
        })
        .collect()
}
