use std::io;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    CONTENT_TYPE, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS as CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};
use serde::Serialize;
use serde_json::ser::Formatter;
use serde_json::{Map, Number, Value, json};

use super::ApiError;
use crate::toxic::ToxicConfig;

pub(super) type Answer = Response<Full<Bytes>>;

/// On every answer to a route that exists.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-toxiproxy-request-id");

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const JSON_UTF8: HeaderValue = HeaderValue::from_static("application/json;charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const PROMETHEUS: HeaderValue =
    HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// The version of the API that this one is compatible with; clients look at it.
const VERSION: &str = "{\"version\": \"2.12.0\"}\n";

pub(super) fn version() -> Answer {
    answer(StatusCode::OK, Some(JSON_UTF8), VERSION)
}

/// In Prometheus's text format.
pub(super) fn metrics(text: String) -> Answer {
    answer(StatusCode::OK, Some(PROMETHEUS), text)
}

pub(super) fn json(status: StatusCode, value: &Value) -> Answer {
    answer(status, Some(JSON), encode(value))
}

pub(super) fn empty(status: StatusCode) -> Answer {
    answer(status, None, "")
}

/// A text, as Go's `http.Error` sends it.
pub(super) fn text(status: StatusCode, text: &str) -> Answer {
    let mut answer = answer(status, Some(TEXT), format!("{text}\n"));
    answer.headers_mut().insert(CONTENT_TYPE_OPTIONS, NOSNIFF);
    answer
}

/// JSON, and yet sent as text.
pub(super) fn error(error: &ApiError) -> Answer {
    text(error.status, &encode(&error_json(error)))
}

/// As any other answer of `/rtest/v1`.
pub(super) fn error_in_json(error: &ApiError) -> Answer {
    json(error.status, &error_json(error))
}

/// What populating gave: the proxies, and the error that stopped it. Without any proxy `null`.
pub(super) fn populated(result: &Result<(), ApiError>, proxies: Vec<Value>) -> Answer {
    let (status, mut body) = match result {
        Ok(()) => (StatusCode::CREATED, json!({})),
        Err(error) => (error.status, error_json(error)),
    };
    body["proxies"] = if proxies.is_empty() {
        Value::Null
    } else {
        proxies.into()
    };
    json(status, &body)
}

/// A toxic, as clients read it.
pub(super) fn toxic(config: &ToxicConfig) -> Value {
    json!({
        "attributes": config.toxic.attributes().as_json(),
        "name": config.name,
        "type": config.toxic.type_name(),
        "stream": config.stream_spelling,
        "toxicity": shortest(config.toxicity.share()),
    })
}

pub(super) fn toxics(configs: &[ToxicConfig]) -> Value {
    configs.iter().map(toxic).collect()
}

/// A proxy, as clients read it. `Logger` is an accident of the original that every answer has.
pub(super) fn proxy(
    name: &str,
    listen: &str,
    upstream: &str,
    enabled: bool,
    configs: &[ToxicConfig],
) -> Value {
    json!({
        "name": name,
        "listen": listen,
        "upstream": upstream,
        "enabled": enabled,
        "Logger": Map::new(),
        "toxics": toxics(configs),
    })
}

fn error_json(error: &ApiError) -> Value {
    json!({ "error": error.message, "status": error.status.as_u16() })
}

/// `0.1`, not the nearest double to it, and `1`, not `1.0`.
fn shortest(value: f32) -> Number {
    serde_json::from_str(&value.to_string()).unwrap_or_else(|_| Number::from(0))
}

fn answer(status: StatusCode, content_type: Option<HeaderValue>, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    if let Some(content_type) = content_type {
        answer.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    answer
}

fn encode(value: &Value) -> String {
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, GoFormatter);
    value
        .serialize(&mut serializer)
        .expect("a JSON value is written to memory");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// JSON as Go writes it: compact, with the characters escaped that mean something in HTML.
struct GoFormatter;

impl Formatter for GoFormatter {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (before, from) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            let mut after = from.chars();
            if let Some(special) = after.next() {
                write!(writer, "\\u{:04x}", u32::from(special))?;
            }
            rest = after.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_written_as_go_writes_it() {
        assert_eq!(
            encode(&json!({ "b": "a -> <b> & \u{2028}\"\n", "a": [] })),
            r#"{"b":"a -\u003e \u003cb\u003e \u0026 \u2028\"\n","a":[]}"#
        );
    }

    #[test]
    fn toxicity_is_written_as_short_as_it_was_given() {
        for (value, text) in [
            (1.0, "1"),
            (0.5, "0.5"),
            (0.1, "0.1"),
            (0.0, "0"),
            (-1.5, "-1.5"),
        ] {
            assert_eq!(shortest(value).to_string(), text);
        }
    }
}
