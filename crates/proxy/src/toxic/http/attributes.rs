//! The attributes of a fault of HTTP, as the API has them.

use hyper::header::{HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::super::{AttributeError, Attributes, Delay, Toxic};
use super::{Http, HttpAction, HttpAnswer, HttpMatch, PathPattern};

const ACTIONS: [&str; 5] = ["abort", "delay", "replace", "truncate", "host"];

/// Headers by which a body ends, which follow from the body.
const FRAMING: [&str; 2] = ["content-length", "transfer-encoding"];

pub(super) fn shown(http: &Http) -> Attributes {
    let mut shown = json!({
        "match": shown_match(&http.matching),
        "percentage": http.share * 100.0,
        "first": http.first,
        "every": http.every,
    });
    if let Some(action) = &http.action {
        let (name, value) = match action {
            HttpAction::Abort(answer) => ("abort", shown_answer(answer)),
            HttpAction::Delay(distribution) => {
                let distribution = distribution.clone();
                let attributes = Delay { distribution }.attributes();
                ("delay", attributes.as_json().clone().into())
            }
            HttpAction::Replace(answer) => ("replace", shown_answer(answer)),
            HttpAction::Truncate { after_bytes } => {
                ("truncate", json!({ "after_bytes": after_bytes }))
            }
            HttpAction::Host(host) => ("host", json!(host)),
        };
        shown[name] = value;
    }
    Attributes::of_values(shown)
}

fn shown_match(matching: &HttpMatch) -> Value {
    json!({
        "method": matching.methods,
        "path": matching.path.as_ref().map(PathPattern::as_str),
        "headers": shown_headers(&matching.headers),
    })
}

fn shown_answer(answer: &HttpAnswer) -> Value {
    json!({
        "status": answer.status,
        "headers": shown_headers(&answer.headers),
        "body": answer.body,
    })
}

fn shown_headers(headers: &[(String, String)]) -> Map<String, Value> {
    let pairs = headers.iter();
    pairs
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect()
}

/// Each attribute that is given in place of the present one; an action in place of any other.
pub(super) fn merged(http: &Http, changes: &Attributes) -> Result<Http, AttributeError> {
    let count = |name, present: Option<u64>| match changes.value(name) {
        Some(_) => changes.at_least_zero(name).map(Some),
        None => Ok(present),
    };
    let percentage = changes.number("percentage", http.share * 100.0)?;
    if !(0.0..=100.0).contains(&percentage) {
        return Err(AttributeError::new("`percentage` must be from 0 to 100"));
    }
    Ok(Http {
        matching: match object(changes, "match")? {
            Some(given) => read_match(&given)?,
            None => http.matching.clone(),
        },
        share: percentage / 100.0,
        first: count("first", http.first)?,
        every: count("every", http.every)?,
        action: read_action(changes)?.or_else(|| http.action.clone()),
        ..http.clone()
    })
}

fn read_action(changes: &Attributes) -> Result<Option<HttpAction>, AttributeError> {
    let mut given = ACTIONS
        .into_iter()
        .filter(|name| changes.value(name).is_some());
    let (action, another) = (given.next(), given.next());
    if let (Some(one), Some(other)) = (action, another) {
        let message = format!("has both `{one}` and `{other}`, but does one thing");
        return Err(AttributeError::new(message));
    }
    let Some(name) = action else {
        return Ok(None);
    };
    if name == "host" {
        let host = changes.text(name)?.unwrap_or_default();
        check_header("host", &host)?;
        return Ok(Some(HttpAction::Host(host)));
    }
    let Some(given) = object(changes, name)? else {
        return Ok(None);
    };
    Ok(Some(match name {
        "abort" => HttpAction::Abort(read_answer(&given)?),
        "replace" => HttpAction::Replace(read_answer(&given)?),
        "truncate" => HttpAction::Truncate {
            after_bytes: given.at_least_zero("after_bytes")?,
        },
        _ => HttpAction::Delay(Delay::default().read(&given)?.distribution),
    }))
}

fn object(of: &Attributes, name: &str) -> Result<Option<Attributes>, AttributeError> {
    match of.value(name) {
        None => Ok(None),
        Some(Value::Object(object)) => Ok(Some(Attributes::of_object(object.clone()))),
        Some(_) => {
            let message = format!("`{name}` must be an object");
            Err(AttributeError::new(message))
        }
    }
}

fn read_match(given: &Attributes) -> Result<HttpMatch, AttributeError> {
    given.only("`match`", &["method", "path", "headers"])?;
    let methods = match given.value("method") {
        None => Vec::new(),
        Some(Value::String(method)) => vec![method.clone()],
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
            let methods = list.iter().filter_map(Value::as_str);
            methods.map(str::to_owned).collect()
        }
        Some(_) => {
            let message = "`method` must be a text or a list of texts";
            return Err(AttributeError::new(message));
        }
    };
    Ok(HttpMatch {
        methods,
        path: given.text("path")?.map(|path| PathPattern::new(&path)),
        headers: read_headers(given)?,
    })
}

fn read_answer(given: &Attributes) -> Result<HttpAnswer, AttributeError> {
    given.only("an answer", &["status", "headers", "body"])?;
    let status = given.value("status").map(|status| {
        let status = status.as_u64().and_then(|status| status.try_into().ok());
        status
            .filter(|status| (200..600).contains(status))
            .ok_or_else(|| AttributeError::new("`status` must be from 200 to 599"))
    });
    let headers = read_headers(given)?;
    for (name, value) in &headers {
        check_header(name, value)?;
    }
    Ok(HttpAnswer {
        status: status.transpose()?,
        headers,
        body: given.text("body")?,
    })
}

fn read_headers(given: &Attributes) -> Result<Vec<(String, String)>, AttributeError> {
    let Some(headers) = object(given, "headers")? else {
        return Ok(Vec::new());
    };
    let headers = headers.as_json().iter();
    headers
        .map(|(name, value)| match value {
            Value::String(value) => Ok((name.clone(), value.clone())),
            _ => {
                let message = format!("header `{name}` must be a text");
                Err(AttributeError::new(message))
            }
        })
        .collect()
}

/// A line that would end a header, or say where a body ends, is no header.
fn check_header(name: &str, value: &str) -> Result<(), AttributeError> {
    if FRAMING.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        let message = format!("header `{name}` follows from the body and cannot be set");
        return Err(AttributeError::new(message));
    }
    let is_header = HeaderName::from_bytes(name.as_bytes()).is_ok()
        && HeaderValue::from_str(value).is_ok()
        && !value.is_empty();
    if is_header {
        return Ok(());
    }
    let message = format!("`{name}: {value}` is not a header");
    Err(AttributeError::new(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(attributes: Value) -> Result<Value, String> {
        let attributes = Attributes::of_values(attributes);
        let merged = Http::default().merged(&attributes);
        let merged = merged.map_err(|error| error.to_string())?;
        Ok(merged.attributes().as_json().clone().into())
    }

    #[test]
    fn attributes_are_shown_as_they_were_given() {
        let action = |name: &str, value: Value| {
            let mut all = json!({
                "match": { "method": ["GET", "PUT"], "path": "/a/:id", "headers": { "x-user": "a*" } },
                "percentage": 20.0, "first": 3, "every": 2,
            });
            all[name] = value;
            all
        };
        for given in [
            action(
                "abort",
                json!({ "status": 429, "headers": { "retry-after": "1" }, "body": "no" }),
            ),
            action(
                "delay",
                json!({ "distribution": "normal", "mean_us": 5, "deviation_us": 1 }),
            ),
            action(
                "replace",
                json!({ "status": null, "headers": {}, "body": "{}" }),
            ),
            action("truncate", json!({ "after_bytes": 10 })),
            action("host", json!("other.example:81")),
        ] {
            assert_eq!(read(given.clone()), Ok(given));
        }
    }

    #[test]
    fn a_change_leaves_what_it_does_not_name() {
        let first = Attributes::of_values(json!({ "percentage": 20, "host": "a" }));
        let http = Http::default().merged(&first).unwrap();
        let second = Attributes::of_values(json!({ "first": 1, "abort": {} }));
        let shown = http.merged(&second).unwrap().attributes();
        let shown = Value::from(shown.as_json().clone());
        assert_eq!(shown["percentage"], 20.0);
        assert_eq!((&shown["first"], &shown["host"]), (&json!(1), &Value::Null));
        assert_eq!(shown["abort"]["status"], Value::Null);
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for (given, message) in [
            (
                json!({ "abort": {}, "host": "a" }),
                "has both `abort` and `host`, but does one thing",
            ),
            (json!({ "abort": 503 }), "`abort` must be an object"),
            (
                json!({ "abort": { "status": 100 } }),
                "`status` must be from 200 to 599",
            ),
            (
                json!({ "percentage": 101 }),
                "`percentage` must be from 0 to 100",
            ),
            (
                json!({ "match": { "method": 1 } }),
                "`method` must be a text or a list of texts",
            ),
            (
                json!({ "host": "a\r\nx: y" }),
                "`host: a\r\nx: y` is not a header",
            ),
            (
                json!({ "replace": { "headers": { "Content-Length": "3" } } }),
                "header `Content-Length` follows from the body and cannot be set",
            ),
            (
                json!({ "truncate": {} }),
                "`after_bytes` must be a whole number of at least 0",
            ),
            (
                json!({ "delay": { "mean_us": 1 } }),
                "`distribution` is missing",
            ),
        ] {
            assert_eq!(read(given), Err(message.to_owned()));
        }
    }
}
