//! Sending a request, and reading its answer up to a bound.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::{Client, Method, redirect};
use rtest_core::plan::{Body, RequestStep};
use rtest_core::unit::format_duration;
use rtest_core::{Clock, UnknownVariable, Variables, causes};

use crate::cookies::Cookies;

/// Bytes of a body at most.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What fills a hole in a path is one segment of it, or one value of its query.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'/')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Clients that share the cookies of a case; one case has them at a time.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    /// By how many redirects each follows.
    following: BTreeMap<u32, Client>,
    pub(crate) cookies: Arc<Cookies>,
}

/// A request, its holes filled.
#[derive(Clone, Debug)]
pub(crate) struct Filled {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    redirects: u32,
    timeout: Duration,
}

/// An answer that came in full.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) took: Duration,
}

impl Filled {
    pub(crate) fn new(
        plan: &RequestStep,
        base: &str,
        variables: &Variables,
    ) -> Result<Self, UnknownVariable> {
        let encode = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
        let path = variables.render_encoded(&plan.path, encode)?;
        let mut url = format!("{base}{path}");
        if !plan.query.is_empty() {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&form(&plan.query, variables)?);
        }
        let mut headers = Vec::new();
        for (name, value) in &plan.headers {
            headers.push((name.clone(), variables.render(value)?.into_owned()));
        }
        let (body, of_type) = body(&plan.body, variables)?;
        let says_type = |(name, _): &(String, String)| name.eq_ignore_ascii_case("content-type");
        if let Some(of_type) = of_type
            && !headers.iter().any(says_type)
        {
            headers.push(("content-type".to_owned(), of_type.to_owned()));
        }
        Ok(Self {
            method: plan.method.clone(),
            url,
            headers,
            body,
            redirects: plan.redirects,
            timeout: plan.timeout,
        })
    }
}

type Fields = [(String, rtest_core::Template)];

fn form(fields: &Fields, variables: &Variables) -> Result<String, UnknownVariable> {
    let mut encoded = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        encoded.append_pair(name, &variables.render(value)?);
    }
    Ok(encoded.finish())
}

fn body(
    body: &Body,
    variables: &Variables,
) -> Result<(Vec<u8>, Option<&'static str>), UnknownVariable> {
    Ok(match body {
        // The suite offers no parts to cases.
        Body::Empty | Body::Multipart(_) => (Vec::new(), None),
        Body::Text(text) => (variables.render(text)?.into_owned().into_bytes(), None),
        Body::Json(json) => (
            variables.render_json(json)?.into_bytes(),
            Some("application/json"),
        ),
        Body::Form(fields) => (
            form(fields, variables)?.into_bytes(),
            Some("application/x-www-form-urlencoded"),
        ),
        Body::File(bytes) => (bytes.to_vec(), None),
    })
}

impl Clients {
    fn following(&mut self, redirects: u32) -> Result<Client, String> {
        if let Some(client) = self.following.get(&redirects) {
            return Ok(client.clone());
        }
        let policy = match redirects {
            0 => redirect::Policy::none(),
            most => redirect::Policy::limited(most as usize),
        };
        // A connection that a restarted service has left behind would fail the next request.
        let built = Client::builder()
            .redirect(policy)
            .pool_max_idle_per_host(0)
            .no_proxy()
            .cookie_provider(Arc::clone(&self.cookies))
            .build();
        let client = built.map_err(|error| causes(&error))?;
        self.following.insert(redirects, client.clone());
        Ok(client)
    }

    /// Sends the request.
    ///
    /// # Errors
    /// There is no answer, or no whole one: why.
    pub(crate) async fn send(
        &mut self,
        filled: &Filled,
        clock: &dyn Clock,
    ) -> Result<Answered, String> {
        let client = self.following(filled.redirects)?;
        let method = Method::from_bytes(filled.method.as_bytes());
        let method = method.map_err(|error| causes(&error))?;
        let mut request = client.request(method, &filled.url);
        for (name, value) in &filled.headers {
            request = request.header(name, value);
        }
        if !filled.body.is_empty() {
            request = request.body(filled.body.clone());
        }
        let begun = clock.now();
        let answered = async {
            let mut response = request
                .send()
                .await
                .map_err(|error| causes(&error.without_url()))?;
            let status = response.status().as_u16();
            let headers = response.headers().iter().map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            });
            let headers = headers.collect();
            let mut body = Vec::new();
            let broken = |error: reqwest::Error| {
                let why = causes(&error.without_url());
                format!("the answer (status {status}) broke off: {why}")
            };
            while let Some(chunk) = response.chunk().await.map_err(broken)? {
                if body.len() + chunk.len() > MOST_BYTES {
                    return Err(format!(
                        "the answer (status {status}) has more than {} MiB",
                        MOST_BYTES >> 20
                    ));
                }
                body.extend_from_slice(&chunk);
            }
            Ok((status, headers, body))
        };
        let answered = tokio::time::timeout(filled.timeout, answered).await;
        let (status, headers, body) = answered.unwrap_or_else(|_| {
            Err(format!(
                "no whole answer within {}",
                format_duration(filled.timeout)
            ))
        })?;
        Ok(Answered {
            status,
            headers,
            body,
            took: clock.now().since(begun),
        })
    }
}
