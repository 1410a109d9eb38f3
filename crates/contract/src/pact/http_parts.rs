use std::collections::HashMap;

use bytes::Bytes;
use pact_models::bodies::OptionalBody;
use pact_models::content_types::ContentType;
use pact_models::headers::parse_header;
use pact_models::query_strings::parse_query_string;
use pact_models::v4::http_parts::{HttpRequest, HttpResponse};
use reqwest::Request;
use reqwest::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};

use crate::provider::{Answer, Provider};
use crate::stub::Asked;

/// The request of an interaction, generators applied, as it is sent.
///
/// # Errors
/// In plain words, what of it is not HTTP.
pub(crate) fn build(request: &HttpRequest, provider: &Provider) -> Result<Request, String> {
    let mut built = provider.request(&request.method, &request.path)?;
    if let Some(query) = &request.query {
        // A map without an order: sorted, so that every run sends the same bytes.
        let mut parameters: Vec<_> = query.iter().collect();
        parameters.sort();
        let mut pairs = built.url_mut().query_pairs_mut();
        for (name, values) in parameters {
            for value in values {
                match value {
                    Some(value) => pairs.append_pair(name, value),
                    None => pairs.append_key_only(name),
                };
            }
        }
    }
    *built.headers_mut() = headers(request)?;
    let sent = match &request.body {
        OptionalBody::Present(bytes, ..) => Some(bytes.clone()),
        OptionalBody::Null if content_type(request).is_some_and(|of| of.contains("json")) => {
            Some("null".into())
        }
        OptionalBody::Null | OptionalBody::Empty | OptionalBody::Missing => None,
    };
    if let Some(sent) = sent {
        if !built.headers().contains_key(CONTENT_TYPE)
            && let Some(of) = content_type(request)
            && let Ok(of) = HeaderValue::from_str(&of)
        {
            built.headers_mut().insert(CONTENT_TYPE, of);
        }
        *built.body_mut() = Some(sent.into());
    }
    Ok(built)
}

/// The content type that the pact states for the body, or that the body shows.
fn content_type(request: &HttpRequest) -> Option<String> {
    let of = request.content_type().filter(|of| !of.is_unknown())?;
    Some(of.to_string())
}

fn headers(request: &HttpRequest) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, values) in request.headers.iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("`{name}` is not a header's name"))?;
        // The client frames the body that it sends; a recorded length would contradict it.
        if name == CONTENT_LENGTH || name == TRANSFER_ENCODING {
            continue;
        }
        for value in values {
            let value = HeaderValue::from_str(value)
                .map_err(|_| format!("the value of header `{name}` cannot be sent"))?;
            headers.append(&name, value);
        }
    }
    Ok(headers)
}

/// An answer in the terms of the pact crates.
pub(crate) fn response(answer: Answer) -> HttpResponse {
    let mut response = HttpResponse {
        status: answer.status,
        headers: arrived(&answer.headers),
        ..HttpResponse::default()
    };
    response.body = body(answer.body, response.content_type());
    response
}

/// A request that a stub was asked, in the terms of the pact crates.
pub(crate) fn request(asked: &Asked) -> HttpRequest {
    let mut request = HttpRequest {
        method: asked.method.clone(),
        path: asked.path.clone(),
        query: asked.query.as_deref().and_then(parse_query_string),
        headers: arrived(&asked.headers),
        ..HttpRequest::default()
    };
    request.body = body(asked.body.clone(), request.content_type());
    request
}

fn arrived(headers: &HeaderMap) -> Option<HashMap<String, Vec<String>>> {
    let named = headers.keys().map(|name| {
        let values = headers.get_all(name).iter();
        let values = values.flat_map(|value| {
            parse_header(name.as_str(), &String::from_utf8_lossy(value.as_bytes()))
        });
        (name.as_str().to_owned(), values.collect())
    });
    (!headers.is_empty()).then(|| named.collect())
}

fn body(bytes: Bytes, of: Option<ContentType>) -> OptionalBody {
    if bytes.is_empty() {
        OptionalBody::Empty
    } else {
        OptionalBody::Present(bytes, of, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn built(json: serde_json::Value) -> Result<Request, String> {
        // Already installed when another test of this process was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let provider =
            Provider::new("http://h:1/base", &[], &Default::default()).expect("an address");
        build(
            &HttpRequest::from_json(&json).expect("a request"),
            &provider,
        )
    }

    fn body(request: &Request) -> &[u8] {
        request
            .body()
            .and_then(reqwest::Body::as_bytes)
            .unwrap_or_default()
    }

    #[test]
    fn repeated_parameters_and_headers_are_sent_repeated() {
        let request = built(json!({
            "method": "get", "path": "/p",
            "query": { "b": ["2", "3"], "a": ["x y&z"] },
            "headers": { "X-Many": ["1", "2"], "Content-Length": ["99"] }
        }))
        .expect("a request");
        assert_eq!(request.method(), "GET");
        assert_eq!(
            request.url().as_str(),
            "http://h:1/base/p?a=x+y%26z&b=2&b=3"
        );
        let many: Vec<_> = request.headers().get_all("x-many").iter().collect();
        assert_eq!(many, ["1", "2"]);
        assert!(!request.headers().contains_key("content-length"));
    }

    #[test]
    fn json_text_and_binary_bodies_are_sent_with_their_content_type() {
        let request = built(json!({ "method": "POST", "path": "/", "body": {
            "contentType": "application/json", "encoded": false, "content": { "a": 1 } } }));
        let request = request.expect("a request");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(body(&request), br#"{"a":1}"#);

        let request = built(json!({ "method": "POST", "path": "/", "body": {
            "contentType": "text/csv", "encoded": false, "content": "a,b" } }));
        let request = request.expect("a request");
        assert_eq!(request.headers()["content-type"], "text/csv");
        assert_eq!(body(&request), b"a,b");

        let request = built(json!({ "method": "POST", "path": "/",
            "headers": { "Content-Type": ["image/png"] },
            "body": { "contentType": "image/png", "encoded": "base64", "content": "iVBORw==" } }));
        let request = request.expect("a request");
        assert_eq!(request.headers().get_all("content-type").iter().count(), 1);
        assert_eq!(body(&request), [0x89, b'P', b'N', b'G']);
    }

    #[test]
    fn what_is_not_http_is_refused_in_words() {
        let error = built(json!({ "method": "G T" })).expect_err("a blank");
        assert!(error.contains("not an HTTP method"), "{error}");
        let error = built(json!({ "headers": { "a b": ["c"] } })).expect_err("a blank");
        assert!(error.contains("`a b`"), "{error}");
        let error = built(json!({ "headers": { "a": ["b\nc"] } })).expect_err("a line break");
        assert!(error.contains("`a`"), "{error}");
    }
}
