//! What a document says about each operation: its parameters, its body, its answers.
//!
//! A schema is the place in the document where it stands; nothing is copied out of it.

mod content;
mod parameter;
mod response;
mod security;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use content::{Example, Media, MediaKind, RequestBody, bare, kind_of};
pub(crate) use parameter::{Location, Parameter, Style};
pub(crate) use response::{Response, StatusKey};
pub(crate) use security::Credential;

use crate::openapi::document::{Document, Version};
use crate::openapi::pointer::Pointer;

/// The methods that a path item can have (OpenAPI 3.1, 4.8.9.1).
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// One method of one path.
#[derive(Debug)]
pub(crate) struct Operation {
    /// In capitals.
    pub(crate) method: String,
    /// With its parameters in braces: `/users/{id}`.
    pub(crate) path: String,
    pub(crate) id: Option<String>,
    pub(crate) at: Pointer,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    /// In the document's order.
    pub(crate) responses: Vec<Response>,
    /// What a request carries to be let in; empty where anyone is.
    pub(crate) credentials: Vec<Credential>,
    /// Why no request can be made of it, if so.
    pub(crate) obstacle: Option<String>,
}

impl Operation {
    /// `GET /users/{id}`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// What is declared for a status: under its code, else its class, else `default`.
    pub(crate) fn response(&self, status: u16) -> Option<&Response> {
        let declared = |key| self.responses.iter().find(|one| one.status == key);
        declared(StatusKey::Code(status))
            .or_else(|| declared(StatusKey::Class(status / 100)))
            .or_else(|| declared(StatusKey::Default))
    }
}

/// Every operation of a document, in its order.
pub(crate) fn operations(document: &Document) -> Vec<Operation> {
    let paths = Pointer::root().join("paths");
    let Some((paths, items)) = document.object(&paths) else {
        return Vec::new();
    };
    let mut operations = Vec::new();
    for path in items.keys().filter(|path| !path.starts_with("x-")) {
        let Some((at, item)) = document.object(&paths.join(path)) else {
            continue;
        };
        for method in item.keys().filter(|key| METHODS.contains(&key.as_str())) {
            let reading = Reading {
                document,
                item: &at,
                at: at.join(method),
            };
            operations.extend(reading.operation(method, path));
        }
    }
    operations
}

/// The path that the document's first server adds before every path; empty where there is none.
pub(crate) fn base_path(document: &Document) -> String {
    let root = document.value();
    let text = match document.version() {
        Version::V2 => root["basePath"].as_str().unwrap_or_default().to_owned(),
        Version::V3_0 | Version::V3_1 => {
            let server = &root["servers"][0];
            let mut url = server["url"].as_str().unwrap_or_default().to_owned();
            for (name, variable) in server["variables"].as_object().into_iter().flatten() {
                if let Some(default) = variable["default"].as_str() {
                    url = url.replace(&format!("{{{name}}}"), default);
                }
            }
            let after_scheme = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            match after_scheme.find('/') {
                Some(at) => after_scheme[at..].to_owned(),
                None => String::new(),
            }
        }
    };
    text.trim_end_matches('/').to_owned()
}

struct Reading<'d> {
    document: &'d Document,
    item: &'d Pointer,
    at: Pointer,
}

impl Reading<'_> {
    fn operation(&self, method: &str, path: &str) -> Option<Operation> {
        let (at, members) = self.document.object(&self.at)?;
        let responses = response::responses(self.document, &at);
        let read = self.parameters(&at).and_then(|parameters| {
            declared(path, &parameters)?;
            Ok((
                parameters,
                content::request_body(self.document, &at, self.item)?,
            ))
        });
        let (obstacle, (parameters, body)) = match read {
            Ok(read) => (None, read),
            Err(why) => (Some(why), (Vec::new(), None)),
        };
        Some(Operation {
            method: method.to_uppercase(),
            path: path.to_owned(),
            id: text(members, "operationId"),
            credentials: security::credentials(self.document, members),
            responses,
            parameters,
            body,
            obstacle,
            at,
        })
    }

    /// The operation's own parameters, and those of its path that it does not override.
    fn parameters(&self, at: &Pointer) -> Result<Vec<Parameter>, String> {
        let mut parameters = BTreeMap::new();
        for around in [self.item, at] {
            for place in items(self.document, &around.join("parameters")) {
                if let Some(parameter) = parameter::read(self.document, &place)? {
                    parameters.insert((parameter.location, parameter.name.clone()), parameter);
                }
            }
        }
        Ok(parameters.into_values().collect())
    }
}

/// The places of a list's items; none where there is no list.
fn items(document: &Document, list: &Pointer) -> Vec<Pointer> {
    let Some((at, value)) = document.resolve(list) else {
        return Vec::new();
    };
    let count = value.as_array().map_or(0, Vec::len);
    (0..count).map(|index| at.item(index)).collect()
}

/// Whether every hole of a path has its parameter.
fn declared(path: &str, parameters: &[Parameter]) -> Result<(), String> {
    let mut rest = path;
    while let Some((_, from)) = rest.split_once('{') {
        let Some((name, after)) = from.split_once('}') else {
            return Err(format!("its path `{path}` has a `{{` without `}}`"));
        };
        let mut names = parameters.iter();
        if !names.any(|one| one.location == Location::Path && one.name == name) {
            return Err(format!("its path parameter `{name}` is not declared"));
        }
        rest = after;
    }
    Ok(())
}

fn text(members: &Map<String, Value>, key: &str) -> Option<String> {
    members.get(key)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
