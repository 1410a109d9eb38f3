//! How a value becomes a body, and what a text may be read as.

use serde_json::{Number, Value};

use super::style::{encode, plain};
use crate::openapi::operation::{Media, MediaKind};

/// What stands between the parts of a multipart body: the same for every run.
const BOUNDARY: &str = "rtest-7f3c1d9a2b";

/// The content type and the bytes of a value.
pub(super) fn write(media: &Media, value: &Value) -> (String, Vec<u8>) {
    let media_type = media.media_type.clone();
    match media.kind() {
        // `*/*` is no type that a body can have.
        MediaKind::Json if media_type.contains('*') => (
            "application/json".to_owned(),
            value.to_string().into_bytes(),
        ),
        MediaKind::Json => (media_type, value.to_string().into_bytes()),
        MediaKind::Form => (media_type, form(value).into_bytes()),
        MediaKind::Multipart => (
            format!("{media_type}; boundary={BOUNDARY}"),
            multipart(value).into_bytes(),
        ),
        MediaKind::Plain | MediaKind::Other => (media_type, plain(value).into_bytes()),
    }
}

/// Each member as a pair, each item of a list as one of its own.
fn form(value: &Value) -> String {
    let Value::Object(members) = value else {
        return plain(value);
    };
    let pairs: Vec<String> = members
        .iter()
        .flat_map(|(name, value)| {
            let values = match value {
                Value::Array(items) => items.as_slice(),
                single => std::slice::from_ref(single),
            };
            let name = encode(name);
            values
                .iter()
                .map(move |value| format!("{name}={}", encode(&plain(value))))
        })
        .collect();
    pairs.join("&")
}

/// Each member as a part (RFC 7578); each item of a list as one of its own.
fn multipart(value: &Value) -> String {
    let mut text = String::new();
    let members = value.as_object().into_iter().flatten();
    for (name, value) in members {
        let values = match value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        for value in values {
            let name = name.replace('"', "%22");
            text.push_str(&format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\""
            ));
            if value.is_object() {
                text.push_str("\r\nContent-Type: application/json");
            }
            text.push_str(&format!("\r\n\r\n{}\r\n", plain(value)));
        }
    }
    text.push_str(&format!("--{BOUNDARY}--\r\n"));
    text
}

/// Ways of reading that are looked at; beyond them nothing is said.
const MOST_READINGS: usize = 512;

/// Whether text written from a value may be read as something valid: `"12"` may be a number, `[12]`
/// may be 12. What is wrong under one reading must be wrong under all of them before a server can
/// be expected to refuse it. True where there are too many ways to read it.
pub(crate) fn may_read_as_valid(value: &Value, is_valid: impl Fn(&Value) -> bool) -> bool {
    match readings(value) {
        Some(readings) => readings.iter().any(is_valid),
        None => true,
    }
}

/// `None` where there are too many.
fn readings(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => {
            let lists = combined(items.iter())?.into_iter().map(Value::Array);
            let mut all: Vec<Value> = lists.collect();
            if let [single] = items.as_slice() {
                all.extend(of_part(single)?);
            }
            Some(all)
        }
        Value::Object(members) => {
            let values = combined(members.values())?;
            let objects = values.into_iter().map(|values| {
                let named = members.keys().cloned().zip(values);
                Value::Object(named.collect())
            });
            Some(objects.collect())
        }
        scalar => Some(of_scalar(scalar)),
    }
}

/// Every combination of the readings of parts.
fn combined<'v>(parts: impl Iterator<Item = &'v Value>) -> Option<Vec<Vec<Value>>> {
    let mut all: Vec<Vec<Value>> = vec![Vec::new()];
    for part in parts {
        let readings = of_part(part)?;
        if all.len() * readings.len() > MOST_READINGS {
            return None;
        }
        all = all
            .iter()
            .flat_map(|before| {
                readings.iter().map(move |one| {
                    let mut whole = before.clone();
                    whole.push(one.clone());
                    whole
                })
            })
            .collect();
    }
    Some(all)
}

/// A part that is an object is written as JSON, which is text as well.
fn of_part(part: &Value) -> Option<Vec<Value>> {
    match part {
        Value::Object(_) => Some(vec![part.clone(), Value::String(part.to_string())]),
        other => readings(other),
    }
}

fn of_scalar(scalar: &Value) -> Vec<Value> {
    let text = plain(scalar);
    let mut all = vec![Value::String(text.clone())];
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => all.push(true.into()),
        "false" | "0" | "no" | "off" => all.push(false.into()),
        "" | "null" => all.push(Value::Null),
        _ => {}
    }
    if let Ok(whole) = text.trim().parse::<i64>() {
        all.push(whole.into());
    } else if let Some(number) = text.trim().parse().ok().and_then(Number::from_f64) {
        all.push(Value::Number(number));
    }
    all
}
