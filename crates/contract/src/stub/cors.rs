use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use reqwest::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD,
    HeaderMap, HeaderValue, ORIGIN, VARY,
};

use super::Asked;

/// Whether a browser asks what it may send (Fetch, 4.8).
pub(super) fn is_preflight(asked: &Asked) -> bool {
    asked.method == "OPTIONS" && asked.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// It may send what it asks for.
pub(super) fn preflight(asked: &Asked) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = hyper::StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    for (answer, question) in [
        (ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_REQUEST_METHOD),
        (ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS),
    ] {
        if let Some(value) = asked.headers.get(question) {
            headers.insert(answer, value.clone());
        }
    }
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    allow(headers, asked);
    response
}

/// Lets pages of the asking origin read an answer that does not say who may.
pub(super) fn allow(headers: &mut HeaderMap, asked: &Asked) {
    if headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        return;
    }
    let any = HeaderValue::from_static("*");
    let origin = asked.headers.get(ORIGIN).cloned().unwrap_or(any);
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(VARY, HeaderValue::from_static("Origin"));
}
