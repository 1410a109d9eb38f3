//! How the value of a parameter becomes text (OpenAPI 3.1, 4.8.12.4).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::openapi::operation::{Parameter, Style};

/// What stays as it is in a URL (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Text as it stands in a URL or a form.
pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A scalar as text; what is none as JSON.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `name=value`, as often as the style says; for queries and cookies.
pub(super) fn pairs(parameter: &Parameter, value: &Value) -> Vec<String> {
    let name = encode(&parameter.name);
    let pair = |text: String| format!("{name}={text}");
    let between = match parameter.style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "%7C",
        _ => ",",
    };
    match (parameter.style, value) {
        (Style::Json, value) => vec![pair(encode(&value.to_string()))],
        (_, Value::Array(items)) if parameter.explode => items
            .iter()
            .map(|item| pair(encode(&plain(item))))
            .collect(),
        // A list of nothing is nothing.
        (_, Value::Array(items)) if items.is_empty() => Vec::new(),
        (_, Value::Array(items)) => vec![pair(joined(items.iter().map(plain), between))],
        (Style::DeepObject, Value::Object(members)) => members
            .iter()
            .map(|(key, value)| format!("{name}%5B{}%5D={}", encode(key), encode(&plain(value))))
            .collect(),
        (_, Value::Object(members)) if parameter.explode => members
            .iter()
            .map(|(key, value)| format!("{}={}", encode(key), encode(&plain(value))))
            .collect(),
        (_, Value::Object(members)) => {
            let parts = members
                .iter()
                .flat_map(|(key, value)| [key.clone(), plain(value)]);
            vec![pair(joined(parts, between))]
        }
        (_, scalar) => vec![pair(encode(&plain(scalar)))],
    }
}

/// What stands in a path.
pub(super) fn segment(parameter: &Parameter, value: &Value) -> String {
    let name = encode(&parameter.name);
    let (before, between) = match (parameter.style, parameter.explode) {
        (Style::Label, true) => (".".to_owned(), ".".to_owned()),
        (Style::Label, false) => (".".to_owned(), ",".to_owned()),
        (Style::Matrix, true) => (";".to_owned(), ";".to_owned()),
        (Style::Matrix, false) => (format!(";{name}="), ",".to_owned()),
        _ => (String::new(), ",".to_owned()),
    };
    let named = |text: String| match (parameter.style, parameter.explode) {
        (Style::Matrix, true) => format!("{name}={text}"),
        _ => text,
    };
    let text = match value {
        _ if parameter.style == Style::Json => encode(&value.to_string()),
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| named(encode(&plain(item))))
                .collect();
            items.join(&between)
        }
        Value::Object(members) => members_of(members, parameter.explode, &between, encode),
        scalar => named(encode(&plain(scalar))),
    };
    format!("{before}{text}")
}

/// The value of a header.
pub(super) fn header(parameter: &Parameter, value: &Value) -> String {
    match value {
        _ if parameter.style == Style::Json => value.to_string(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Object(members) => members_of(members, parameter.explode, ",", str::to_owned),
        scalar => plain(scalar),
    }
}

fn members_of(
    members: &serde_json::Map<String, Value>,
    explode: bool,
    between: &str,
    write: impl Fn(&str) -> String,
) -> String {
    let of = if explode { "=" } else { "," };
    let parts = members
        .iter()
        .map(|(key, value)| format!("{}{of}{}", write(key), write(&plain(value))));
    parts.collect::<Vec<_>>().join(between)
}

fn joined(parts: impl Iterator<Item = String>, between: &str) -> String {
    let parts: Vec<String> = parts.map(|part| encode(&part)).collect();
    parts.join(between)
}
