use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::{
    CaseRequest, CaseStepKind, CheckPlan, RequestStep, SchemaPlan, SnapshotPlan,
};
use rtest_core::{Code, Diagnostic};

use crate::check::expectation::Expected;
use crate::check::load::{body, capture};
use crate::check::{Context, content, request};
use crate::file::{CaseExpect, CaseStep, StepKeys};
use crate::shape::Field;
use crate::spanned::Spanned;

/// How long a whole answer may take where the suite says nothing.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Checks a request. What it captures is in the scope afterwards.
pub(super) fn check(step: &CaseStep, cx: &mut Context<'_>) -> Option<CaseStepKind> {
    let keys = StepKeys::from(step);
    let headers = request::headers(&step.headers, cx);
    let query = body::fields(&step.query, cx);
    let body = body::body(&keys, cx);
    if let Some((_, path)) = step.request() {
        request::path(&path.value, cx);
    }
    let expect = expect(&step.expect, cx);
    let captures = capture::captures(&step.capture, cx);
    let (method, path) = step.request()?;
    let timeout = step.timeout.value().map_or(TIMEOUT, |timeout| timeout.0);
    let mut plan = RequestStep::new(method, path.value.value.clone(), timeout);
    if let Some(redirects) = step.redirects.value() {
        plan.redirects = redirects.small();
    }
    let (checks, schema, snapshot, at_most) = expect?;
    Some(CaseStepKind::Request(Box::new(CaseRequest {
        request: RequestStep {
            query: query?,
            headers,
            body: body?,
            captures: captures?,
            checks,
            ..plan
        },
        schema,
        snapshot,
        at_most,
    })))
}

type Expectations = (
    Vec<CheckPlan>,
    Option<SchemaPlan>,
    Option<SnapshotPlan>,
    Option<(Duration, rtest_core::Span)>,
);

fn expect(field: &Field<CaseExpect>, cx: &mut Context<'_>) -> Option<Expectations> {
    let entry = match field {
        Field::Absent => return Some((Vec::new(), None, None, None)),
        Field::Faulty(_) => return None,
        Field::Given(entry) => entry,
    };
    let expect = &entry.value.value;
    let expected = Expected::from(expect);
    let others = [
        expect.schema.key(),
        expect.snapshot.key(),
        expect.time.key(),
    ];
    if expected.is_empty() && others.iter().all(Option::is_none) {
        let message = "the expectation expects nothing";
        cx.found
            .add(Diagnostic::new(Code::BadExpectation, message).at(&entry.key));
    }
    let checks = expected.check(cx).into_iter();
    let checks = checks.map(|Spanned { value, span }| CheckPlan {
        name: value.to_string(),
        expectation: value,
        span,
    });
    let checks = checks.collect();
    let schema = expect.schema.spanned().map(|text| schema(text, cx));
    let snapshot = expect.snapshot.spanned().map(|name| snapshot(name, cx));
    let time = expect
        .time
        .entry()
        .map(|it| (it.value.value.0, it.whole.clone()));
    let schema = schema.map_or(Some(None), |schema| schema.map(Some));
    let snapshot = snapshot.map_or(Some(None), |snapshot| snapshot.map(Some));
    Some((checks, schema?, snapshot?, time))
}

fn schema(text: &Spanned<String>, cx: &mut Context<'_>) -> Option<SchemaPlan> {
    let bytes = content::bytes(text, cx)?;
    match serde_json::from_slice(&bytes) {
        Ok(schema) => Some(SchemaPlan {
            shown: text.value.clone(),
            schema: Arc::new(schema),
            span: text.span.clone(),
        }),
        Err(error) => {
            content::unusable(text, &format!("it is not JSON: {error}"), cx);
            None
        }
    }
}

fn snapshot(name: &Spanned<String>, cx: &mut Context<'_>) -> Option<SnapshotPlan> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    if name.value.is_empty() || name.value.starts_with('.') || !name.value.chars().all(is_plain) {
        let message = format!("`{}` cannot be the name of a snapshot", name.value);
        cx.found.add(
            Diagnostic::new(Code::OutOfRange, message)
                .at(&name.span)
                .hint("it becomes a file's name: letters, digits, `-`, `_` and `.`"),
        );
        return None;
    }
    Some(SnapshotPlan {
        path: cx
            .base
            .join("snapshots")
            .join(format!("{}.snap", name.value)),
        span: name.span.clone(),
    })
}

/// A case's request has its body as a load's has it; the rest is read from the case.
impl From<&CaseStep> for StepKeys {
    fn from(step: &CaseStep) -> Self {
        Self {
            get: step.get.clone(),
            post: step.post.clone(),
            put: step.put.clone(),
            patch: step.patch.clone(),
            delete: step.delete.clone(),
            head: step.head.clone(),
            options: step.options.clone(),
            think: Field::Absent,
            group: Field::Absent,
            condition: Field::Absent,
            repeat: Field::Absent,
            parallel: Field::Absent,
            choose: Field::Absent,
            contract: Field::Absent,
            provider: Field::Absent,
            sample: Field::Absent,
            states: Field::Absent,
            steps: Field::Absent,
            then: Field::Absent,
            otherwise: Field::Absent,
            name: Field::Absent,
            query: step.query.clone(),
            headers: step.headers.clone(),
            json: step.json.clone(),
            body: step.body.clone(),
            form: step.form.clone(),
            multipart: Field::Absent,
            file: step.file.clone(),
            auth: Field::Absent,
            redirects: step.redirects.clone(),
            timeout: step.timeout.clone(),
            capture: Field::Absent,
            measure: Field::Absent,
            check: Field::Absent,
            tags: Field::Absent,
        }
    }
}
