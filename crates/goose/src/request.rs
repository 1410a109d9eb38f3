use std::time::Duration;

use goose::goose::GooseMethod;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Client, Method, RequestBuilder, Url};
use rtest_core::expectation::Expectation;
use rtest_core::plan::{Body as BodyPlan, CapturePlan, CheckPlan, Extractor, RequestStep as Plan};
use rtest_core::{Span, Template};
use rtest_load::{Encoding, ResolvedTarget};

use crate::values::Values;

/// A request step, with what can be known before the run worked out.
#[derive(Debug)]
pub(crate) struct RequestStep {
    /// Index into `ScenarioPlan::requests`.
    pub(crate) index: u16,
    /// The endpoint's name.
    pub(crate) endpoint: String,
    /// `GET /users/{{ id }}`, for messages.
    pub(crate) name: String,
    /// What the answer is expected to be.
    pub(crate) checks: Vec<CheckPlan>,
    /// What is taken from the answer.
    pub(crate) captures: Vec<CapturePlan>,
    /// Redirects that are followed at most.
    pub(crate) redirects: u32,
    /// From now to the last byte, connecting included.
    pub(crate) timeout: Duration,
    /// Whether something looks at the headers of the answer.
    pub(crate) looks_at_headers: bool,
    /// Whether something looks at its body.
    pub(crate) looks_at_body: bool,
    /// Its entry in the suite.
    pub(crate) span: Span,
    method: Method,
    /// `http://host:port/base`.
    base: String,
    path: Template,
    query: Vec<(String, Template)>,
    headers: Vec<(HeaderName, Template)>,
    body: BodyPlan,
}

/// A request, ready to be sent.
#[derive(Debug)]
pub(crate) struct Filled {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Body>,
    /// Bytes of the body.
    pub(crate) length: u64,
}

impl RequestStep {
    /// Whether one of its checks asks for answers of this status.
    pub(crate) fn asks_for(&self, status: u16) -> bool {
        self.checks.iter().any(|check| check.asks_for(status))
    }

    /// # Errors
    /// In plain words, why there can be no such request.
    pub(crate) fn compile(
        index: u16,
        plan: &Plan,
        span: &Span,
        target: &ResolvedTarget,
    ) -> Result<Self, String> {
        let method = Method::from_bytes(plan.method.as_bytes())
            .map_err(|_| format!("`{}` is not a method", plan.method))?;
        let mut headers = Vec::with_capacity(plan.headers.len());
        for (name, value) in &plan.headers {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("`{name}` is not a header's name"))?;
            headers.push((name, value.clone()));
        }
        let checks = plan.checks.iter().map(|check| &check.expectation);
        let captures = plan.captures.iter().map(|capture| &capture.from);
        Ok(Self {
            index,
            endpoint: plan.endpoint.clone(),
            name: format!("{method} {}", plan.path),
            looks_at_headers: checks
                .clone()
                .any(|check| matches!(check, Expectation::Header { .. }))
                || captures
                    .clone()
                    .any(|from| matches!(from, Extractor::Header { .. })),
            looks_at_body: checks.clone().any(|check| {
                matches!(
                    check,
                    Expectation::Json { .. } | Expectation::BodyContains(_)
                )
            }) || captures
                .clone()
                .any(|from| matches!(from, Extractor::Json(_) | Extractor::Regex(_))),
            checks: plan.checks.clone(),
            captures: plan.captures.clone(),
            redirects: plan.redirects,
            timeout: plan.timeout,
            span: span.clone(),
            method,
            base: format!(
                "{}://{}{}",
                target.origin.scheme.name(),
                target.authority,
                target.base_path
            ),
            path: plan.path.clone(),
            query: plan.query.clone(),
            headers,
            body: plan.body.clone(),
        })
    }

    /// The request of one iteration.
    ///
    /// # Errors
    /// In plain words, why there is none this time.
    pub(crate) fn fill(&self, values: &Values<'_>) -> Result<Filled, String> {
        let mut headers = HeaderMap::with_capacity(self.headers.len() + 1);
        for (at, (name, value)) in self.headers.iter().enumerate() {
            let text = fill(values, value, Encoding::Plain)?;
            let value = HeaderValue::from_bytes(text.as_bytes())
                .map_err(|_| format!("the value of header `{name}` holds a control character"))?;
            if self.headers[..at].iter().any(|(before, _)| before == name) {
                headers.append(name.clone(), value);
            } else {
                headers.insert(name.clone(), value);
            }
        }
        let (content_type, body) = self.body(values)?;
        if let Some(content_type) = content_type {
            let content_type = HeaderValue::from_static(content_type);
            headers.entry(CONTENT_TYPE).or_insert(content_type);
        }
        let wants_body = [Method::POST, Method::PUT, Method::PATCH].contains(&self.method);
        if body.is_none() && wants_body {
            // That there is none is said (RFC 9110, 8.6).
            let nothing = HeaderValue::from_static("0");
            headers.entry(CONTENT_LENGTH).or_insert(nothing);
        }
        Ok(Filled {
            method: self.method.clone(),
            url: self.url(values)?,
            headers,
            length: body.as_ref().map_or(0, |body| body.len() as u64),
            body: body.map(Body::from),
        })
    }

    fn url(&self, values: &Values<'_>) -> Result<Url, String> {
        let mut path = fill(values, &self.path, Encoding::Path)?;
        if !path.starts_with('/') {
            path.insert(0, '/');
        }
        if !self.query.is_empty() {
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str(&parameters(&self.query, Encoding::Query, values)?);
        }
        if path.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(format!("`{path}` is not a path: it holds a space"));
        }
        let whole = format!("{}{path}", self.base);
        Url::parse(&whole).map_err(|error| format!("`{whole}` is not a URL: {error}"))
    }

    /// With the `content-type` that its kind brings.
    fn body(&self, values: &Values<'_>) -> Result<(Option<&'static str>, Option<Vec<u8>>), String> {
        Ok(match &self.body {
            BodyPlan::Empty => (None, None),
            BodyPlan::Text(text) => (
                None,
                Some(fill(values, text, Encoding::Plain)?.into_bytes()),
            ),
            BodyPlan::Json(json) => {
                let text = fill(values, json, Encoding::Json)?;
                (Some("application/json"), Some(text.into_bytes()))
            }
            BodyPlan::Form(fields) => {
                let text = parameters(fields, Encoding::Form, values)?;
                let form = "application/x-www-form-urlencoded";
                (Some(form), Some(text.into_bytes()))
            }
            BodyPlan::File(bytes) => (None, Some(bytes.to_vec())),
            BodyPlan::Multipart(_) => return Err("goose has no multipart bodies".to_owned()),
        })
    }

    /// As goose names the method.
    ///
    /// # Errors
    /// In plain words: it has no such method.
    pub(crate) fn goose_method(&self) -> Result<GooseMethod, String> {
        goose::goose::goose_method_from_method(self.method.clone())
            .map_err(|_| format!("goose has no method `{}`", self.method))
    }
}

impl Filled {
    /// The request, to be sent by a client.
    pub(crate) fn builder(self, client: &Client, timeout: Duration) -> RequestBuilder {
        let builder = client
            .request(self.method, self.url)
            .headers(self.headers)
            .timeout(timeout);
        match self.body {
            Some(body) => builder.body(body),
            None => builder,
        }
    }
}

fn fill(values: &Values<'_>, template: &Template, encoding: Encoding) -> Result<String, String> {
    let filled = values.fill(template, encoding);
    filled.map_err(|empty| empty.to_string())
}

/// `name=value&…`, each encoded.
fn parameters(
    fields: &[(String, Template)],
    encoding: Encoding,
    values: &Values<'_>,
) -> Result<String, String> {
    let mut out = String::new();
    for (name, value) in fields {
        if !out.is_empty() {
            out.push('&');
        }
        encoding.write(name, &mut out);
        out.push('=');
        let filled = values.fill_into(&mut out, value, encoding);
        filled.map_err(|empty| empty.to_string())?;
    }
    Ok(out)
}
