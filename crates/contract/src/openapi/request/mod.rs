//! A request as it is meant, and as it crosses the wire.

mod curl;
mod media;
mod style;

use std::collections::BTreeMap;

use reqwest::Request;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::Value;

pub(crate) use curl::curl;
pub(crate) use media::may_read_as_valid;

use crate::openapi::operation::{Location, Operation};
use crate::openapi::pointer::Pointer;
use crate::provider::Provider;

/// What a request is to find out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Intent {
    /// It is valid.
    Valid,
    /// It is valid, and what its path names should not exist.
    Unknown,
    /// One thing of it is not valid.
    Invalid(Fault),
    /// A header that is required, by its name, is left out; where it is declared.
    MissingHeader(String, Pointer),
    /// A method that the path does not declare.
    UnsupportedMethod(Pointer),
    /// It is valid, and carries no credentials.
    NoCredentials,
}

/// What is wrong with a request, on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// `` query parameter `page`: below its minimum ``
    pub(crate) what: String,
    /// What of the document it breaks.
    pub(crate) at: Pointer,
}

/// A request, before it is written down.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) intent: Intent,
    pub(crate) method: String,
    /// By their index in the operation.
    pub(crate) parameters: BTreeMap<usize, Value>,
    pub(crate) body: Option<Body>,
}

/// The body of a case.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// A value, written as the type of this index says.
    Value(usize, Value),
    /// Text under the type of this index: it is not what the type says.
    Broken(usize, String),
}

/// A request as it crosses the wire, the client's own headers aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wire {
    pub(crate) method: String,
    /// Path and query: `/users/7?page=2`.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
}

impl Case {
    /// Whether the document declares what is asked.
    pub(crate) fn is_declared(&self) -> bool {
        !matches!(self.intent, Intent::UnsupportedMethod(_))
    }

    /// The request, below a base path, with further headers; those that the case has itself are
    /// not sent twice.
    pub(crate) fn wire(
        &self,
        operation: &Operation,
        base: &str,
        more: &[(String, String)],
    ) -> Wire {
        let mut path = operation.path.clone();
        let mut query = Vec::new();
        let mut headers = Vec::new();
        let mut cookies = Vec::new();
        for (index, value) in &self.parameters {
            let parameter = &operation.parameters[*index];
            match parameter.location {
                Location::Path => {
                    let hole = format!("{{{}}}", parameter.name);
                    path = path.replace(&hole, &style::segment(parameter, value));
                }
                Location::Query => query.extend(style::pairs(parameter, value)),
                Location::Header => {
                    headers.push((parameter.name.clone(), style::header(parameter, value)))
                }
                Location::Cookie => cookies.extend(style::pairs(parameter, value)),
            }
        }
        if !cookies.is_empty() {
            headers.push(("Cookie".to_owned(), cookies.join("; ")));
        }
        let media = operation.body.iter().flat_map(|body| &body.media);
        let media: Vec<_> = media.collect();
        let body = self.body.as_ref().map(|body| match body {
            Body::Value(index, value) => media::write(media[*index], value),
            Body::Broken(index, text) => {
                (media[*index].media_type.clone(), text.clone().into_bytes())
            }
        });
        let body = body.map(|(media_type, bytes)| {
            headers.push(("Content-Type".to_owned(), media_type));
            bytes
        });
        if self.intent != Intent::NoCredentials {
            self.add(more, &mut headers);
        } else {
            let secret = |name: &str| {
                operation
                    .credentials
                    .iter()
                    .any(|one| one.name.eq_ignore_ascii_case(name))
            };
            let rest: Vec<_> = more
                .iter()
                .filter(|(name, _)| !secret(name))
                .cloned()
                .collect();
            self.add(&rest, &mut headers);
        }
        let query = match query.is_empty() {
            true => String::new(),
            false => format!("?{}", query.join("&")),
        };
        Wire {
            method: self.method.clone(),
            target: format!("{base}{path}{query}"),
            headers,
            body,
        }
    }

    /// Adds headers that are given for every request.
    fn add(&self, more: &[(String, String)], headers: &mut Vec<(String, String)>) {
        for (name, value) in more {
            if matches!(&self.intent, Intent::MissingHeader(missing, _) if missing.eq_ignore_ascii_case(name))
            {
                continue;
            }
            let known = headers
                .iter_mut()
                .find(|(known, _)| known.eq_ignore_ascii_case(name));
            match known {
                None => headers.push((name.clone(), value.clone())),
                Some((_, own)) if name.eq_ignore_ascii_case("cookie") => {
                    own.push_str(&format!("; {value}"));
                }
                Some(_) => {}
            }
        }
    }
}

impl Wire {
    /// `POST /users?x=1`, for whoever reads a report.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// For the client.
    ///
    /// # Errors
    /// In plain words, what of it is not HTTP.
    pub(crate) fn request(&self, provider: &Provider) -> Result<Request, String> {
        let mut request = provider.request(&self.method, &self.target)?;
        for (name, value) in &self.headers {
            let known = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("`{name}` is not a header's name"))?;
            let value = HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| format!("the value of header `{name}` cannot be sent"))?;
            if known == CONTENT_TYPE {
                request.headers_mut().insert(known, value);
            } else {
                request.headers_mut().append(known, value);
            }
        }
        if let Some(body) = &self.body {
            *request.body_mut() = Some(body.clone().into());
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests;
