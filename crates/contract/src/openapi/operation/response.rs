use std::fmt;

use serde_json::Value;

use super::content::{self, Media};
use crate::openapi::document::{Document, Version};
use crate::openapi::pointer::Pointer;

/// The key that an answer is declared under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StatusKey {
    /// `404`
    Code(u16),
    /// `4XX`, as its first digit.
    Class(u16),
    /// Every status that is not declared otherwise.
    Default,
}

impl StatusKey {
    fn parse(text: &str) -> Option<Self> {
        if text == "default" {
            return Some(Self::Default);
        }
        let class = text.strip_suffix("XX").or(text.strip_suffix("xx"));
        if let Some(class) = class {
            let class = class.parse().ok()?;
            return (1..=5).contains(&class).then_some(Self::Class(class));
        }
        let code = text.parse().ok()?;
        (100..1000).contains(&code).then_some(Self::Code(code))
    }
}

impl fmt::Display for StatusKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// An answer that an operation declares.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusKey,
    pub(crate) headers: Vec<ResponseHeader>,
    /// Empty where nothing is said about the body.
    pub(crate) content: Vec<Media>,
    pub(crate) at: Pointer,
}

/// A header that an answer declares.
#[derive(Debug)]
pub(crate) struct ResponseHeader {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) schema: Option<Pointer>,
    pub(crate) at: Pointer,
}

/// The answers that the operation at a place declares.
pub(super) fn responses(document: &Document, operation: &Pointer) -> Vec<Response> {
    let Some((at, declared)) = document.object(&operation.join("responses")) else {
        return Vec::new();
    };
    let keys = declared.keys();
    keys.filter_map(|key| {
        let status = StatusKey::parse(key)?;
        let (at, members) = document.object(&at.join(key))?;
        let content = if document.version() == Version::V2 {
            swagger_content(document, operation, &at, members.contains_key("schema"))
        } else {
            content::media(document, &at.join("content"))
        };
        Some(Response {
            status,
            headers: headers(document, &at.join("headers")),
            content,
            at,
        })
    })
    .collect()
}

fn headers(document: &Document, at: &Pointer) -> Vec<ResponseHeader> {
    let Some((at, declared)) = document.object(at) else {
        return Vec::new();
    };
    let is_v2 = document.version() == Version::V2;
    let names = declared.keys();
    names
        // What it says about `content-type` counts for nothing (OpenAPI 3.1, 4.8.17.1).
        .filter(|name| !name.eq_ignore_ascii_case("content-type"))
        .filter_map(|name| {
            let (at, members) = document.object(&at.join(name))?;
            let schema = match is_v2 {
                true => Some(at.clone()),
                false => members.contains_key("schema").then(|| at.join("schema")),
            };
            Some(ResponseHeader {
                name: name.clone(),
                required: members.get("required") == Some(&Value::Bool(true)),
                schema,
                at,
            })
        })
        .collect()
}

/// What 2.0 writes down as a schema, and beside it the types for all answers.
fn swagger_content(
    document: &Document,
    operation: &Pointer,
    at: &Pointer,
    has_schema: bool,
) -> Vec<Media> {
    let lists = [operation.join("produces"), Pointer::root().join("produces")];
    let types = lists
        .iter()
        .find_map(|list| document.resolve(list)?.1.as_array());
    let types: Vec<String> = match types {
        Some(types) => types
            .iter()
            .filter_map(Value::as_str)
            .map(content::bare)
            .collect(),
        None => vec!["application/json".to_owned()],
    };
    if !has_schema {
        return Vec::new();
    }
    let media = types.into_iter().map(|media_type| Media {
        media_type,
        schema: Some(at.join("schema")),
        examples: Vec::new(),
        at: at.clone(),
    });
    media.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written_and_others_are_none() {
        for text in ["200", "404", "4XX", "default"] {
            let key = StatusKey::parse(text).expect(text);
            assert_eq!(key.to_string(), text);
        }
        assert_eq!(StatusKey::parse("5xx"), Some(StatusKey::Class(5)));
        for text in ["", "20", "20X", "9XX", "x-note", "1000"] {
            assert_eq!(StatusKey::parse(text), None, "{text}");
        }
    }
}
