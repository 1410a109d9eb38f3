use std::borrow::Cow;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName,
    HeaderValue, USER_AGENT,
};
use hyper::{Method, Uri};
use rtest_core::Span;
use rtest_core::expectation::Expectation;
use rtest_core::plan::{CheckPlan, Cookies, InteractionPlan, RequestStep as Plan};

use super::body::{Body, parameters};
use super::capture::Capture;
use super::dice::Dice;
use super::encoding::Encoding;
use super::extract::Part;
use super::measure::Measure;
use super::scope::Scope;
use super::text::Text;
use super::values::Values;
use crate::basis::Basis;
use crate::client::Encoded;
use crate::origin::Origin;
use crate::session::{ACCEPTED, Auth, Login, Proof};

/// Sent where the step names none.
const AGENT: &str = concat!("rtest/", env!("CARGO_PKG_VERSION"));

/// A request step, compiled.
#[derive(Debug)]
pub(crate) struct RequestStep {
    /// Index into `ScenarioPlan::requests`.
    pub(crate) index: u16,
    /// What the answer is expected to be.
    pub(crate) checks: Vec<CheckPlan>,
    /// What is taken from the answer.
    pub(crate) captures: Vec<Capture>,
    /// What the answer adds to the suite's own metrics.
    pub(crate) measures: Vec<Measure>,
    /// The interaction of a contract that it is, where it is one.
    interaction: Option<Box<Interaction>>,
    /// Its entry in the suite.
    pub(crate) span: Span,
    /// `GET /users/{{ id }}`, for messages.
    pub(crate) name: String,
    /// As far as it is known before the run: all of it, where nothing varies.
    known: Request,
    varying: Option<Box<Varying>>,
}

/// What of the answers is held against a contract.
#[derive(Debug)]
struct Interaction {
    plan: InteractionPlan,
    /// The request whose answer is: all of that is kept.
    looked_into: Request,
}

/// The parts of a request that differ from iteration to iteration.
#[derive(Debug)]
struct Varying {
    target: Option<Target>,
    /// All values of each header of which one varies.
    headers: Vec<(HeaderName, Vec<Text>)>,
    body: Option<Body>,
    auth: Option<Auth<Text>>,
}

/// A request, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// In origin form, with its `host`.
    pub(crate) http: hyper::Request<Full<Bytes>>,
    /// Where it goes, where that is not the target.
    pub(crate) origin: Option<Rc<Origin>>,
    /// From now to the last byte, connecting included.
    pub(crate) timeout: Duration,
    /// The same as bytes, where it is sent again and again.
    pub(crate) encoded: Encoded,
    /// Whether something will look at the headers of an answer that is a success.
    pub(crate) keep_headers: bool,
    /// Whether something will look at the answer's body.
    pub(crate) keep_body: bool,
    /// Whether sending it twice does no harm (RFC 9110, 9.2.2).
    pub(crate) idempotent: bool,
    /// Redirects that are followed at most.
    pub(crate) redirects: u32,
    /// What a challenge of the target is answered with.
    pub(crate) login: Option<Login>,
}

impl Request {
    /// The same with another message.
    pub(crate) fn altered(&self, alter: impl FnOnce(&mut hyper::Request<Full<Bytes>>)) -> Self {
        let mut altered = Self {
            encoded: Encoded::default(),
            ..self.clone()
        };
        alter(&mut altered.http);
        altered
    }

    /// Proves who sends it, unless it does so itself.
    fn prove<'a>(&mut self, auth: &'a Auth<Text>, values: &'a Values) -> Result<(), String> {
        match auth.fill(|text| text.fill(values).map_err(|empty| empty.to_string()))? {
            Proof::Header(value) => {
                self.http.headers_mut().insert(AUTHORIZATION, value);
            }
            Proof::Login(login) => self.login = Some(login),
        }
        Ok(())
    }
}

impl RequestStep {
    /// Works out what can be known before the run. `shows_body`: whether messages show the body of
    /// an answer that was not wanted.
    ///
    /// # Errors
    /// In plain words, why the request can never be built.
    pub(crate) fn compile(
        index: u16,
        plan: &Plan,
        span: &Span,
        basis: &Basis,
        scope: &Scope<'_>,
        shows_body: bool,
    ) -> Result<Self, String> {
        let method = Method::from_bytes(plan.method.as_bytes())
            .map_err(|_| format!("`{}` is not a method", plan.method))?;
        let target = Target::compile(plan, &basis.target.base_path, scope)?;
        let mut headers = Header::compile_all(&plan.headers, scope)?;
        let body = Body::compile(&plan.body, scope)?;
        if let Some(body) = &body {
            bring_content_type(&mut headers, body)?;
        }
        let names = |name| headers.iter().any(|header| header.name == name);
        let auth = plan.auth.as_ref().or(basis.http.auth.as_ref());
        let auth = auth
            .filter(|_| !names(AUTHORIZATION))
            .map(|auth| Auth::compile(auth, |text| Text::compile(text, Encoding::Plain, scope)));
        let auth = auth.transpose()?;
        let captures = plan.captures.iter();
        let captures: Vec<Capture> = captures
            .map(|capture| Capture::compile(capture, scope))
            .collect::<Result<_, _>>()?;
        let measures = plan.measures.iter();
        let measures: Vec<Measure> = measures
            .map(|measure| Measure::compile(measure, &basis.metrics, scope))
            .collect::<Result<_, _>>()?;

        // Filled as a first iteration could: what is wrong in every iteration is found now.
        let sample = scope.sample();
        let mut http = hyper::Request::new(Full::default());
        *http.uri_mut() = target.fill(&sample)?;
        *http.headers_mut() = header_map(&basis.target.authority, &headers, &sample)?;
        if let Some(body) = &body {
            *http.body_mut() = Full::from(body.fill(&sample)?);
        } else if [Method::POST, Method::PUT, Method::PATCH].contains(&method) {
            // Methods that are expected to have a body say that they have none (RFC 9110, 8.6).
            let length = http.headers_mut().entry(CONTENT_LENGTH);
            length.or_insert(HeaderValue::from_static("0"));
        }
        if basis.http.compression {
            let accepted = http.headers_mut().entry(ACCEPT_ENCODING);
            accepted.or_insert(ACCEPTED);
        }
        let name = match target.is_fixed() {
            true => format!("{method} {}", http.uri()),
            false => format!("{method} {}", plan.path),
        };
        *http.method_mut() = method;
        // Whatever looks at answers, by where it looks.
        let checked = plan.checks.iter().filter_map(looks_at);
        let captured = captures.iter().map(|capture| capture.from.looks_at());
        let measured = measures.iter().filter_map(Measure::looks_at);
        let looked_at: Vec<Part> = checked.chain(captured).chain(measured).collect();
        let keeps_cookies = basis.http.cookies != Cookies::Off;
        let mut known = Request {
            encoded: Encoded::default(),
            timeout: plan.timeout,
            keep_headers: keeps_cookies
                || basis.http.compression
                || looked_at.contains(&Part::Headers),
            keep_body: shows_body || looked_at.contains(&Part::Body),
            idempotent: http.method().is_idempotent(),
            http,
            origin: None,
            redirects: plan.redirects,
            login: None,
        };
        if let Some(auth) = &auth {
            known.prove(auth, &sample)?;
        }
        let varying = Varying::of(target, headers, body, auth);
        // A clone of a request has no bytes of its own yet.
        let encoded = |http| match varying {
            None => Encoded::new(http),
            Some(_) => Encoded::default(),
        };
        known.encoded = encoded(&known.http);
        let interaction = plan.interaction.as_ref().map(|plan| {
            Box::new(Interaction {
                plan: plan.clone(),
                looked_into: Request {
                    encoded: encoded(&known.http),
                    keep_headers: true,
                    keep_body: true,
                    ..known.clone()
                },
            })
        });
        Ok(Self {
            index,
            checks: plan.checks.clone(),
            captures,
            measures,
            interaction,
            span: span.clone(),
            name,
            known,
            varying,
        })
    }

    /// The request of one iteration, whose answer is held against the contract or not.
    ///
    /// # Errors
    /// In plain words, why there is none this time.
    pub(crate) fn fill(
        &self,
        values: &Values,
        is_sampled: bool,
    ) -> Result<Cow<'_, Request>, String> {
        let sampled = self.interaction.as_ref().filter(|_| is_sampled);
        let known = sampled.map_or(&self.known, |it| &it.looked_into);
        let Some(varying) = &self.varying else {
            return Ok(Cow::Borrowed(known));
        };
        let mut request = known.clone();
        if let Some(target) = &varying.target {
            *request.http.uri_mut() = target.fill(values)?;
        }
        for (name, texts) in &varying.headers {
            put(request.http.headers_mut(), name, texts, values)?;
        }
        if let Some(body) = &varying.body {
            *request.http.body_mut() = Full::from(body.fill(values)?);
        }
        if let Some(auth) = &varying.auth {
            request.prove(auth, values)?;
        }
        Ok(Cow::Owned(request))
    }

    /// The interaction of a contract that it is, where it is one.
    pub(crate) fn interaction(&self) -> Option<&InteractionPlan> {
        self.interaction.as_ref().map(|it| &it.plan)
    }

    /// Whether this answer is held against a contract.
    pub(crate) fn is_sampled(&self, dice: &mut Dice) -> bool {
        self.interaction()
            .is_some_and(|interaction| dice.falls_within(interaction.sample))
    }

    /// Whether one of its checks, or the contract, asks for answers of this status.
    pub(crate) fn asks_for(&self, status: u16) -> bool {
        self.checks.iter().any(|check| check.asks_for(status))
            || self
                .interaction()
                .is_some_and(|interaction| interaction.judge.expects(status))
    }

    /// Whether anything but a contract looks at its answers beyond their outcome.
    pub(crate) fn looks_at_answer(&self) -> bool {
        !(self.checks.is_empty() && self.captures.is_empty() && self.measures.is_empty())
    }
}

impl Varying {
    /// What varies of these; nothing where nothing does.
    fn of(
        target: Target,
        headers: Vec<Header>,
        body: Option<Body>,
        auth: Option<Auth<Text>>,
    ) -> Option<Box<Self>> {
        let varies = |header: &Header| !header.values.iter().all(Text::is_fixed);
        let varying = Self {
            target: (!target.is_fixed()).then_some(target),
            headers: headers
                .into_iter()
                .filter(varies)
                .map(|header| (header.name, header.values))
                .collect(),
            body: body.filter(|body| !body.is_fixed()),
            auth: auth.filter(|auth| !auth.texts().all(Text::is_fixed)),
        };
        let varies = varying.target.is_some()
            || !varying.headers.is_empty()
            || varying.body.is_some()
            || varying.auth.is_some();
        varies.then(|| Box::new(varying))
    }
}

/// What a request asks for: path and query.
#[derive(Debug)]
struct Target {
    base_path: String,
    path: Text,
    query: Option<Text>,
}

impl Target {
    fn compile(plan: &Plan, base_path: &str, scope: &Scope<'_>) -> Result<Self, String> {
        let query = match plan.query.as_slice() {
            [] => None,
            query => Some(parameters(query, Encoding::Query, scope)?),
        };
        Ok(Self {
            base_path: base_path.to_owned(),
            path: Text::compile(&plan.path, Encoding::Path, scope)?,
            query,
        })
    }

    fn fill(&self, values: &Values) -> Result<Uri, String> {
        let mut whole = self.base_path.clone();
        let base = whole.len();
        let filled = self.path.fill_into(&mut whole, values);
        filled.map_err(|empty| empty.to_string())?;
        if !whole[base..].starts_with('/') {
            whole.insert(base, '/');
        }
        if let Some(query) = &self.query {
            whole.push(if whole[base..].contains('?') {
                '&'
            } else {
                '?'
            });
            let filled = query.fill_into(&mut whole, values);
            filled.map_err(|empty| empty.to_string())?;
        }
        let whole = Bytes::from(whole);
        // What begins with a slash is all path to `Uri`: `//host` names no host.
        Uri::from_maybe_shared(whole.clone()).map_err(|error| {
            let whole = String::from_utf8_lossy(&whole);
            format!("`{whole}` is not a path: {error}")
        })
    }

    fn is_fixed(&self) -> bool {
        self.path.is_fixed() && self.query.as_ref().is_none_or(Text::is_fixed)
    }
}

/// A header of the step's own, with all its values.
#[derive(Debug)]
struct Header {
    name: HeaderName,
    values: Vec<Text>,
}

impl Header {
    /// The headers in the order in which each is first written.
    fn compile_all(
        plan: &[(String, rtest_core::Template)],
        scope: &Scope<'_>,
    ) -> Result<Vec<Self>, String> {
        let mut headers: Vec<Self> = Vec::with_capacity(plan.len());
        for (name, value) in plan {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("`{name}` is not a header's name"))?;
            let value = Text::compile(value, Encoding::Plain, scope)?;
            match headers.iter_mut().find(|header| header.name == name) {
                Some(header) => header.values.push(value),
                None => headers.push(Self {
                    name,
                    values: vec![value],
                }),
            }
        }
        Ok(headers)
    }
}

fn header_map(authority: &str, headers: &[Header], values: &Values) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::with_capacity(headers.len() + 3);
    map.insert(HOST, header_value(&HOST, authority)?);
    map.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    for header in headers {
        put(&mut map, &header.name, &header.values, values)?;
    }
    Ok(map)
}

/// Puts the values of a header in the place of those that are there.
fn put(
    map: &mut HeaderMap,
    name: &HeaderName,
    texts: &[Text],
    values: &Values,
) -> Result<(), String> {
    for (index, text) in texts.iter().enumerate() {
        let text = text.fill(values).map_err(|empty| empty.to_string())?;
        let value = header_value(name, &text)?;
        if index == 0 {
            map.insert(name.clone(), value);
        } else {
            map.append(name.clone(), value);
        }
    }
    Ok(())
}

fn header_value(name: &HeaderName, text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| format!("the value of header `{name}` holds a control character"))
}

/// Adds the type that a body brings, unless the step names one. One that the step names for a
/// multipart body is given the boundary.
fn bring_content_type(headers: &mut Vec<Header>, body: &Body) -> Result<(), String> {
    let Some(brought) = &body.content_type else {
        return Ok(());
    };
    let own = headers
        .iter_mut()
        .find(|header| header.name == CONTENT_TYPE);
    match (own, &body.boundary) {
        (None, _) => headers.push(Header {
            name: CONTENT_TYPE,
            values: vec![Text::Fixed(brought.as_str().into())],
        }),
        (Some(_), None) => {}
        (Some(own), Some(boundary)) => match own.values.as_mut_slice() {
            [Text::Fixed(own)] if !own.contains("boundary=") => {
                *own = format!("{own}; boundary={boundary}").into();
            }
            _ => {
                return Err(
                    "the `content-type` of a multipart body is one fixed text without \
                            a boundary, which is added to it"
                        .to_owned(),
                );
            }
        },
    }
    Ok(())
}

/// Where in the answer a check looks beyond its status.
fn looks_at(check: &CheckPlan) -> Option<Part> {
    match check.expectation {
        Expectation::Json { .. } | Expectation::BodyContains(_) => Some(Part::Body),
        Expectation::Header { .. } => Some(Part::Headers),
        Expectation::Status(_) => None,
    }
}
