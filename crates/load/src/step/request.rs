use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Uri};
use rtest_core::expectation::{Answer, Expectation, Unmet};
use rtest_core::plan::{Body, CheckPlan, RequestStep as Plan};

use super::text::{Holes, Text};
use crate::client;
use crate::context::ResolvedTarget;

/// Sent where the step names none.
const AGENT: &str = concat!("rtest/", env!("CARGO_PKG_VERSION"));

/// A request step, compiled.
#[derive(Debug)]
pub(crate) struct RequestStep {
    /// Index into the plan's flow.
    pub(crate) index: u16,
    /// What the answer is expected to be.
    pub(crate) checks: Vec<CheckPlan>,
    /// As far as it is known before the run: all of it, where nothing varies.
    known: Request,
    varying: Option<Varying>,
}

/// The parts of a request that differ from iteration to iteration.
#[derive(Debug)]
struct Varying {
    target: Text,
    headers: Vec<(HeaderName, Text)>,
    body: Option<Text>,
}

/// A request, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// In origin form, with its `host`.
    pub(crate) http: hyper::Request<Full<Bytes>>,
    /// From now to the last byte, connecting included.
    pub(crate) timeout: Duration,
    /// The same as bytes, where it is sent again and again.
    pub(crate) encoded: client::Encoded,
    /// Whether something will look at the headers of an answer that is a success.
    pub(crate) keep_headers: bool,
    /// Whether something will look at the answer's body.
    pub(crate) keep_body: bool,
    /// Whether sending it twice does no harm (RFC 9110, 9.2.2).
    pub(crate) idempotent: bool,
}

impl RequestStep {
    /// Works out what can be known before the run.
    ///
    /// # Errors
    /// In plain words, why the request can never be built.
    pub(crate) fn compile(
        index: u16,
        plan: &Plan,
        target: &ResolvedTarget,
        variables: &BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let method = Method::from_bytes(plan.method.as_bytes())
            .map_err(|_| format!("`{}` is not a method", plan.method))?;
        let mut headers = Vec::with_capacity(plan.headers.len());
        for (name, value) in &plan.headers {
            let parsed = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("`{name}` is not a header's name"))?;
            headers.push((parsed, Text::compile(value, variables)?));
        }
        let path = Text::compile(&plan.path, variables)?;
        let body = match &plan.body {
            Body::Empty => None,
            Body::Text(text) => Some(Text::compile(text, variables)?),
            _ => unreachable!("no suite can ask for it yet"),
        };

        // Filled as the first iteration would: what is wrong in every iteration is found now.
        let first = Holes {
            iteration: 0,
            vu: 1,
            variables,
        };
        let mut http = hyper::Request::new(Full::default());
        *http.uri_mut() = uri(target, &path.fill(first))?;
        *http.headers_mut() = header_map(target, &headers, first)?;
        if let Some(body) = &body {
            *http.body_mut() = Full::from(body.fill(first).into_owned());
        } else if [Method::POST, Method::PUT, Method::PATCH].contains(&method) {
            // Methods that are expected to have a body say that they have none (RFC 9110, 8.6).
            let length = http.headers_mut().entry(CONTENT_LENGTH);
            length.or_insert(HeaderValue::from_static("0"));
        }
        let fixed = path.is_fixed()
            && headers.iter().all(|(_, value)| value.is_fixed())
            && body.as_ref().is_none_or(Text::is_fixed);
        *http.method_mut() = method;
        let known = Request {
            encoded: if fixed {
                client::Encoded::new(&http)
            } else {
                client::Encoded::default()
            },
            timeout: plan.timeout,
            keep_headers: plan.checks.iter().any(looks_at_headers),
            keep_body: plan.checks.iter().any(looks_at_body),
            idempotent: http.method().is_idempotent(),
            http,
        };
        Ok(Self {
            index,
            checks: plan.checks.clone(),
            known,
            varying: (!fixed).then_some(Varying {
                target: path,
                headers,
                body,
            }),
        })
    }

    /// The request of one iteration.
    ///
    /// # Errors
    /// In plain words, why what came out is not a request.
    pub(crate) fn fill(
        &self,
        target: &ResolvedTarget,
        holes: Holes<'_>,
    ) -> Result<Cow<'_, Request>, String> {
        let Some(varying) = &self.varying else {
            return Ok(Cow::Borrowed(&self.known));
        };
        let mut request = self.known.clone();
        *request.http.uri_mut() = uri(target, &varying.target.fill(holes))?;
        if varying.headers.iter().any(|(_, value)| !value.is_fixed()) {
            *request.http.headers_mut() = header_map(target, &varying.headers, holes)?;
        }
        if let Some(body) = &varying.body {
            *request.http.body_mut() = Full::from(body.fill(holes).into_owned());
        }
        Ok(Cow::Owned(request))
    }

    /// Holds an answer against the step's checks, in order.
    pub(crate) fn check<'a>(
        &'a self,
        answer: &client::Answer,
    ) -> impl Iterator<Item = (&'a CheckPlan, Result<(), Unmet>)> {
        let headers: Vec<(String, String)> = if self.known.keep_headers {
            let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
            let headers = answer.headers.iter();
            headers
                .map(|(name, value)| (name.as_str().to_owned(), text(value)))
                .collect()
        } else {
            Vec::new()
        };
        let (status, body) = (answer.status, answer.body.clone());
        self.checks.iter().map(move |check| {
            let answer = Answer {
                status,
                headers: &headers,
                body: &body,
            };
            (check, check.expectation.meet(&answer))
        })
    }

    /// `GET /users/7`, for messages.
    pub(crate) fn describe(&self) -> String {
        let path = match &self.varying {
            Some(Varying {
                target: Text::Varying(template),
                ..
            }) => template.source().to_owned(),
            _ => self.known.http.uri().to_string(),
        };
        format!("{} {path}", self.known.http.method())
    }
}

fn uri(target: &ResolvedTarget, path: &str) -> Result<Uri, String> {
    let slash = if path.starts_with('/') { "" } else { "/" };
    let whole = format!("{}{slash}{path}", target.base_path);
    // What begins with a slash is all path to `Uri`: `//host` names no host.
    Uri::try_from(whole.as_str()).map_err(|error| format!("`{whole}` is not a path: {error}"))
}

fn header_map(
    target: &ResolvedTarget,
    headers: &[(HeaderName, Text)],
    holes: Holes<'_>,
) -> Result<HeaderMap, String> {
    let value = |name: &HeaderName, text: &str| {
        HeaderValue::from_bytes(text.as_bytes())
            .map_err(|_| format!("the value of header `{name}` holds a control character"))
    };
    let mut map = HeaderMap::with_capacity(headers.len() + 2);
    map.insert(HOST, value(&HOST, &target.authority)?);
    map.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    let mut given = HeaderMap::<()>::default();
    for (name, text) in headers {
        let filled = value(name, &text.fill(holes))?;
        // The step's first replaces ours; its own repeats stand side by side.
        if given.insert(name.clone(), ()).is_none() {
            map.insert(name.clone(), filled);
        } else {
            map.append(name.clone(), filled);
        }
    }
    Ok(map)
}

fn looks_at_body(check: &CheckPlan) -> bool {
    match check.expectation {
        Expectation::Json { .. } | Expectation::BodyContains(_) => true,
        Expectation::Status(_) | Expectation::Header { .. } => false,
    }
}

fn looks_at_headers(check: &CheckPlan) -> bool {
    matches!(check.expectation, Expectation::Header { .. })
}
