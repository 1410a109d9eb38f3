use serde_json::{Map, Value};

use super::content::{self, Example, examples};
use super::text;
use crate::openapi::document::{Document, Version};
use crate::openapi::pointer::Pointer;

/// Where in a request a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

impl Location {
    /// As documents name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// How a parameter's value becomes text (OpenAPI 3.1, 4.8.12.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `a,b`: of paths and headers.
    Simple,
    /// `.a.b`
    Label,
    /// `;name=a,b`
    Matrix,
    /// `name=a,b`: of queries and cookies.
    Form,
    /// `name=a%20b`
    SpaceDelimited,
    /// `name=a|b`
    PipeDelimited,
    /// `name[key]=value`
    DeepObject,
    /// The whole as JSON: a parameter with `content`.
    Json,
}

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) location: Location,
    pub(crate) required: bool,
    pub(crate) style: Style,
    /// Whether each item, or member, is a value of its own: `name=a&name=b`.
    pub(crate) explode: bool,
    pub(crate) schema: Pointer,
    pub(crate) examples: Vec<Example>,
    pub(crate) at: Pointer,
}

/// Headers that are no parameters whatever a document says (OpenAPI 3.1, 4.8.12.2.1): they follow
/// from content and security.
const NOT_PARAMETERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// The parameter at a place; `None` for what is part of a body, or no parameter.
///
/// # Errors
/// Why no value can be given to it.
pub(super) fn read(document: &Document, at: &Pointer) -> Result<Option<Parameter>, String> {
    let Some((at, members)) = document.object(at) else {
        return Err("one of its parameters is not an object".to_owned());
    };
    let name = text(members, "name").ok_or("one of its parameters has no name")?;
    let location = match text(members, "in").as_deref() {
        Some("path") => Location::Path,
        Some("query") => Location::Query,
        Some("header") => Location::Header,
        Some("cookie") => Location::Cookie,
        Some("body" | "formData") if document.version() == Version::V2 => return Ok(None),
        _ => {
            return Err(format!(
                "its parameter `{name}` does not say where it stands (`in`)"
            ));
        }
    };
    let lower = name.to_ascii_lowercase();
    if location == Location::Header && NOT_PARAMETERS.contains(&lower.as_str()) {
        return Ok(None);
    }
    let (style, explode) = style(members, location, document.version())
        .ok_or_else(|| format!("its parameter `{name}` has a style that cannot be sent"))?;
    let (style, schema, examples) = if document.version() == Version::V2 {
        // The keywords of the schema stand in the parameter itself.
        (style, at.clone(), Vec::new())
    } else if members.contains_key("schema") {
        let own = examples(document, &at, members);
        (style, at.join("schema"), own)
    } else {
        let media = content::media(document, &at.join("content"))
            .into_iter()
            .next();
        match media.map(|media| (media.schema, media.examples)) {
            Some((Some(schema), examples)) => (Style::Json, schema, examples),
            _ => return Err(format!("its parameter `{name}` has no schema")),
        }
    };
    Ok(Some(Parameter {
        required: location == Location::Path || members.get("required") == Some(&Value::Bool(true)),
        name,
        location,
        style,
        explode,
        schema,
        examples,
        at,
    }))
}

fn style(
    members: &Map<String, Value>,
    location: Location,
    version: Version,
) -> Option<(Style, bool)> {
    use Location::{Cookie, Header, Path, Query};
    if version == Version::V2 {
        let format = members.get("collectionFormat").and_then(Value::as_str);
        return match (location, format.unwrap_or("csv")) {
            (Path | Header, "csv") => Some((Style::Simple, false)),
            (Query | Cookie, "csv") => Some((Style::Form, false)),
            (Query, "multi") => Some((Style::Form, true)),
            (Query, "ssv") => Some((Style::SpaceDelimited, false)),
            (Query, "pipes") => Some((Style::PipeDelimited, false)),
            _ => None,
        };
    }
    let style = match (location, members.get("style").and_then(Value::as_str)) {
        (Path | Header, None | Some("simple")) => Style::Simple,
        (Path, Some("label")) => Style::Label,
        (Path, Some("matrix")) => Style::Matrix,
        (Query | Cookie, None | Some("form")) => Style::Form,
        (Query, Some("spaceDelimited")) => Style::SpaceDelimited,
        (Query, Some("pipeDelimited")) => Style::PipeDelimited,
        (Query, Some("deepObject")) => Style::DeepObject,
        _ => return None,
    };
    let explode = members.get("explode").and_then(Value::as_bool);
    Some((style, explode.unwrap_or(style == Style::Form)))
}
