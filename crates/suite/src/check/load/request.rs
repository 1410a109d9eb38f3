use rtest_core::plan::{CheckPlan, RequestStep};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::expectation::Expected;
use crate::check::load::flow::Walk;
use crate::check::load::{auth, body, capture};
use crate::check::{request, tags};
use crate::file::StepKeys;
use crate::shape::Field;
use crate::spanned::Spanned;

impl Walk<'_, '_> {
    /// Checks a request. What it captures is in the scope afterwards.
    pub(super) fn request(&mut self, step: &StepKeys) -> Option<RequestStep> {
        let headers = request::headers(&step.headers, self.cx);
        let query = body::fields(&step.query, self.cx);
        let body = body::body(step, self.cx);
        let auth = self.auth(step);
        let request = step.request();
        if let Some((_, path)) = request {
            request::path(&path.value, self.cx);
        }
        let checks = self.checks(step);
        let captures = capture::captures(&step.capture, self.cx);
        let measures = capture::measures(&step.measure, self.around.metrics, self.cx);
        self.refuse_measures(step.measure.key());
        let tags = tags::own(&step.tags, self.cx.found);
        let (method, path) = request?;
        let path = path.value.value.clone();
        let timeout = step.timeout.value().map(|timeout| timeout.0);
        let mut plan = RequestStep::new(method, path, timeout.unwrap_or(self.around.timeout));
        plan.endpoint = match step.name.value() {
            Some(name) => name.clone(),
            None => plan.path.endpoint_name(),
        };
        if let Some(redirects) = step.redirects.value() {
            plan.redirects = redirects.small();
        }
        Some(RequestStep {
            query: query?,
            headers,
            body: body?,
            auth: auth?,
            captures: captures?,
            measures: measures?,
            checks,
            tags,
            ..plan
        })
    }

    /// Its own authentication, if it has one. Where it has none, the load's must have all that
    /// it needs here.
    fn auth(&mut self, step: &StepKeys) -> Option<Option<rtest_core::plan::AuthPlan>> {
        let headers = step.headers.value().map(|named| named.0.as_slice());
        let header = headers
            .unwrap_or_default()
            .iter()
            .find(|entry| entry.name.value.eq_ignore_ascii_case("authorization"));
        if step.auth.is_absent() {
            let http = self.around.load.http.value();
            if let (None, Some(auth)) = (header, http.and_then(|http| http.auth.value())) {
                auth::check_holes(auth, self.cx);
            }
            return Some(None);
        }
        if let (Some(header), Some(key)) = (header, step.auth.key()) {
            self.cx.found.add(
                Diagnostic::new(
                    Code::Contradiction,
                    "the request has both `auth` and an `authorization` header",
                )
                .at(key)
                .note(format!("the header is at {}", header.name.span))
                .hint("keep one of them"),
            );
        }
        let auth = step.auth.value()?;
        auth::check_holes(auth, self.cx);
        auth::plan(auth).map(Some)
    }

    fn refuse_measures(&mut self, key: Option<&Span>) {
        if let (Some(key), Some(section)) = (key, self.section.outside_results()) {
            self.cx.found.add(
                Diagnostic::new(
                    Code::UnknownKey,
                    format!("`measure` has no effect in `{section}`"),
                )
                .at(key)
                .label("what it does is not in the results")
                .hint("measure in a `flow`"),
            );
        }
    }

    fn checks(&mut self, step: &StepKeys) -> Vec<CheckPlan> {
        let Field::Given(check) = &step.check else {
            return Vec::new();
        };
        let expected = Expected::from(&check.value.value);
        if expected.is_empty() {
            self.cx.found.add(
                Diagnostic::new(Code::BadExpectation, "the check expects nothing").at(&check.key),
            );
        }
        expected
            .check(self.cx)
            .into_iter()
            .map(|Spanned { value, span }| CheckPlan {
                name: value.to_string(),
                expectation: value,
                span,
            })
            .collect()
    }
}
