use reqwest::Request;
use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderName, HeaderValue};

use super::body::{self, Body};
use super::folder::Folder;
use super::listed::Listed;
use super::matcher::Matchers;
use super::multipart::Multipart;
use super::named::{Kind, Named, java};
use super::part::{Fault, Keyed, Part};
use super::pattern::Pattern;
use super::query::Parameter;
use super::response::content_type;
use crate::provider::Provider;

/// The request of a contract.
#[derive(Debug)]
pub(super) struct SpringRequest {
    pub(super) method: String,
    /// The path; of `url` with a query where it has one.
    pub(super) url: String,
    pub(super) query: Vec<Parameter>,
    pub(super) headers: Vec<Named>,
    pub(super) cookies: Vec<Named>,
    pub(super) body: Body,
    pub(super) multipart: Option<Multipart>,
    /// What a stub asks of a path, instead of being the contract's.
    pub(super) url_pattern: Option<Pattern>,
    /// Whether a stub asks for just the query that stands in `url`.
    pub(super) is_whole_url: bool,
    /// What of a JSON body no matcher is about.
    pub(super) listed: Option<Listed>,
    pub(super) matchers: Matchers,
}

impl SpringRequest {
    /// # Errors
    /// It is malformed, or has values that only a method in Java knows.
    pub(super) fn read(part: &Part<'_>, folder: &Folder) -> Result<Self, Fault> {
        const WHAT: &str = "a request";
        let known = [
            "method",
            "url",
            "urlPath",
            "queryParameters",
            "headers",
            "cookies",
            "multipart",
            "matchers",
        ];
        let known = [&known[..], &body::KEYS].concat();
        let keyed = part.keyed(WHAT, &known)?;
        let matchers = keyed.read("matchers", |part| {
            let known = [
                "url",
                "body",
                "headers",
                "queryParameters",
                "cookies",
                "multipart",
            ];
            part.keyed("`matchers` of a request", &known)
        })?;
        let headers = Kind::Header.read(&keyed, matchers.as_ref())?;
        let url_pattern = match &matchers {
            Some(matchers) => url_pattern(matchers)?,
            None => None,
        };
        let query = Parameter::read_all(&keyed, matchers.as_ref())?;
        let multipart = keyed.read("multipart", |part| Multipart::read(part, folder))?;
        let body = Body::read(&keyed, content_type(&headers), folder)?;
        if let (Some(_), Some(key)) = (
            &multipart,
            body::KEYS.iter().find(|it| keyed.get(it).is_some()),
        ) {
            return Err(part.broken(format!("it has two bodies: `multipart` and `{key}`")));
        }
        let body_matchers = Matchers::read(matchers.as_ref(), &body)?;
        Ok(Self {
            url_pattern,
            is_whole_url: keyed.get("url").is_some() && query.is_empty(),
            listed: match body_matchers.whole {
                Some(_) => None,
                None => Listed::without(&body, &body_matchers.places),
            },
            matchers: body_matchers,
            method: keyed.required(WHAT, "method")?.text()?.to_uppercase(),
            url: url(&keyed)?,
            query,
            cookies: Kind::Cookie.read(&keyed, matchers.as_ref())?,
            headers,
            body,
            multipart,
        })
    }

    /// In one line: `GET /users/7?full=true`.
    pub(super) fn line(&self) -> String {
        let pairs: Vec<String> = (self.query.iter())
            .flat_map(|it| it.values.iter().map(|value| format!("{}={value}", it.name)))
            .collect();
        let sign = match (pairs.is_empty(), self.url.contains('?')) {
            (true, _) => "",
            (false, false) => "?",
            (false, true) => "&",
        };
        format!("{} {}{sign}{}", self.method, self.url, pairs.join("&"))
    }

    /// As it is sent: with the contract's own values.
    ///
    /// # Errors
    /// In plain words, what of it is not HTTP.
    pub(super) fn build(&self, provider: &Provider) -> Result<Request, String> {
        let mut request = provider.request(&self.method, &self.url)?;
        let sent: Vec<_> = (self.query.iter())
            .flat_map(|it| it.values.iter().map(|value| (&it.name, value)))
            .collect();
        if !sent.is_empty() {
            request.url_mut().query_pairs_mut().extend_pairs(sent);
        }
        for header in &self.headers {
            let name = HeaderName::from_bytes(header.name.as_bytes())
                .map_err(|_| format!("`{}` is not a header's name", header.name))?;
            for text in &header.values {
                request.headers_mut().append(&name, value(&name, text)?);
            }
        }
        let cookies: Vec<String> = (self.cookies.iter())
            .flat_map(|it| it.values.iter().map(|value| format!("{}={value}", it.name)))
            .collect();
        if !cookies.is_empty() {
            let cookies = value(&COOKIE, &cookies.join("; "))?;
            request.headers_mut().append(COOKIE, cookies);
        }
        if let Some(multipart) = &self.multipart {
            let (content_type, body) = multipart.build(content_type(&self.headers));
            let content_type = value(&CONTENT_TYPE, &content_type)?;
            request.headers_mut().insert(CONTENT_TYPE, content_type);
            *request.body_mut() = Some(body.into());
        } else if let Some(bytes) = self.body.bytes() {
            if !request.headers().contains_key(CONTENT_TYPE)
                && let Some(natural) = self.body.natural_type()
            {
                let natural = HeaderValue::from_static(natural);
                request.headers_mut().insert(CONTENT_TYPE, natural);
            }
            *request.body_mut() = Some(bytes.into());
        }
        Ok(request)
    }
}

fn value(name: &HeaderName, text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| format!("the value of header `{name}` cannot be sent"))
}

fn url(keyed: &Keyed<'_>) -> Result<String, Fault> {
    let part = match (keyed.get("url"), keyed.get("urlPath")) {
        (Some(_), Some(second)) => {
            return Err(second.broken("it has both `url` and `urlPath`"));
        }
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => {
            return Err(keyed
                .part
                .broken("a request has neither `url` nor `urlPath`"));
        }
    };
    let url = part.text()?;
    if url.contains("://") {
        return Err(part.broken(format!(
            "`{url}` names a host; a contract has the path, and the suite says where the provider is"
        )));
    }
    Ok(url)
}

/// What a stub asks of the path.
fn url_pattern(matchers: &Keyed<'_>) -> Result<Option<Pattern>, Fault> {
    let Some(part) = matchers.get("url") else {
        return Ok(None);
    };
    let known = ["key", "regex", "predefined", "command", "regexType"];
    let keyed = part.keyed("a URL matcher", &known)?;
    match keyed.get("command") {
        // What would be sent, only that method knows.
        Some(command) => Err(java(&command)),
        None => Pattern::read(&keyed, "regex"),
    }
}
