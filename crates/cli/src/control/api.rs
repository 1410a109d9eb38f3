use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Body;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue, ORIGIN};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;

use super::metrics::Published;
use super::status::{change, status};
use super::steering::Steering;
use crate::live::Shared;

/// The largest body taken.
const BODY_LIMIT: usize = 64 * 1024;

/// What the API reads and changes.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    pub(crate) shared: Arc<Shared>,
    pub(crate) published: Arc<Published>,
    pub(crate) steering: Steering,
}

/// Why a request was not done.
struct Refusal {
    status: StatusCode,
    title: &'static str,
    detail: String,
}

impl Refusal {
    fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            title,
            detail: detail.into(),
        }
    }
}

impl Api {
    /// Answers a request, whatever it is.
    ///
    /// # Cancellation
    /// A change is made whole or not at all.
    pub(super) async fn handle<B>(&self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        match self.answer(request).await {
            Ok(document) => json_response(StatusCode::OK, &document),
            Err(refusal) => json_response(
                refusal.status,
                &json!({ "errors": [{
                    "status": refusal.status.as_u16().to_string(),
                    "title": refusal.title,
                    "detail": refusal.detail,
                }] }),
            ),
        }
    }

    async fn answer<B>(&self, request: Request<B>) -> Result<Value, Refusal>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if is_of_a_web_page(&request) {
            let detail = "web pages are not let in; requests name a loopback address as host";
            return Err(Refusal::new(StatusCode::FORBIDDEN, "Forbidden", detail));
        }
        let path = percent_decode(request.uri().path());
        let method = request.method().clone();
        let unknown = |what: &str| Refusal::new(StatusCode::NOT_FOUND, "Not Found", what);
        let wrong_method = || {
            let detail = "the path is right, the method is not";
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed", detail)
        };
        match (path.as_str(), method) {
            ("/v1/status", Method::GET) => Ok(self.status()),
            ("/v1/status", Method::PATCH) => {
                let invalid =
                    |detail| Refusal::new(StatusCode::BAD_REQUEST, "Invalid data", detail);
                let body = Limited::new(request.into_body(), BODY_LIMIT)
                    .collect()
                    .await;
                let body = body.map_err(|error| invalid(error.to_string()))?.to_bytes();
                let change = change(&body).map_err(invalid)?;
                let applied = self.steering.apply(change);
                applied.map_err(|why| invalid(why.to_owned()))?;
                Ok(self.status())
            }
            ("/v1/metrics", Method::GET) => Ok(json!({ "data": self.published.all() })),
            ("/v1/status" | "/v1/metrics", _) => Err(wrong_method()),
            (path, method) => {
                let id = path.strip_prefix("/v1/metrics/");
                let id = id.ok_or_else(|| unknown("there are /v1/status and /v1/metrics"))?;
                if method != Method::GET {
                    return Err(wrong_method());
                }
                let metric = self.published.one(id);
                let metric = metric.ok_or_else(|| unknown("No metric with that ID was found"))?;
                Ok(json!({ "data": metric }))
            }
        }
    }

    fn status(&self) -> Value {
        status(&self.shared.board(), self.steering.wanted())
    }
}

/// A page in a browser says where it comes from, or was led here by a name that someone made to
/// point at loopback.
fn is_of_a_web_page<B>(request: &Request<B>) -> bool {
    let host = request.headers().get(HOST).map(HeaderValue::to_str);
    let is_loopback = match host {
        None => true,
        Some(Err(_)) => false,
        Some(Ok(authority)) => {
            let host = match authority.rsplit_once(':') {
                Some((host, port)) if port.bytes().all(|c| c.is_ascii_digit()) => host,
                _ => authority,
            };
            let address = host.trim_start_matches('[').trim_end_matches(']');
            let is_loopback = |address: IpAddr| address.is_loopback();
            host.eq_ignore_ascii_case("localhost") || address.parse().is_ok_and(is_loopback)
        }
    };
    request.headers().contains_key(ORIGIN) || !is_loopback
}

fn json_response(status: StatusCode, document: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(document.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// The path with its escapes resolved: ids of metrics hold braces. What is no escape stays.
fn percent_decode(path: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut rest = path.as_bytes();
    let mut decoded = Vec::with_capacity(rest.len());
    while let Some((first, after)) = rest.split_first() {
        let pair = (digit(after.first()), digit(after.get(1)));
        match (first, pair) {
            (b'%', (Some(high), Some(low))) => {
                decoded.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            _ => {
                decoded.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
