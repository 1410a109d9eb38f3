use serde_json::{Map, Value};

use super::items;
use crate::openapi::document::{Document, FORM, Version};
use crate::openapi::pointer::Pointer;

/// What a request's body may be.
#[derive(Clone, Debug)]
pub(crate) struct RequestBody {
    pub(crate) required: bool,
    /// In the document's order.
    pub(crate) media: Vec<Media>,
    pub(crate) at: Pointer,
}

/// A body of one type.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    /// `application/json`, without parameters.
    pub(crate) media_type: String,
    pub(crate) schema: Option<Pointer>,
    pub(crate) examples: Vec<Example>,
    pub(crate) at: Pointer,
}

/// A value that the document gives as an example.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    pub(crate) value: Value,
    pub(crate) at: Pointer,
}

/// How a value becomes a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaKind {
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `multipart/form-data`
    Multipart,
    /// Text or bytes: a string as it is.
    Plain,
    /// What values are not made for: XML and the like.
    Other,
}

impl Media {
    pub(crate) fn kind(&self) -> MediaKind {
        kind_of(&self.media_type)
    }
}

/// How a value becomes a body of this type.
pub(crate) fn kind_of(media_type: &str) -> MediaKind {
    let (main, sub) = media_type.split_once('/').unwrap_or((media_type, ""));
    match (main, sub) {
        ("application" | "*", "json" | "*") => MediaKind::Json,
        (_, sub) if sub.ends_with("+json") => MediaKind::Json,
        ("application", "x-www-form-urlencoded") => MediaKind::Form,
        ("multipart", "form-data") => MediaKind::Multipart,
        (_, sub) if sub == "xml" || sub.ends_with("+xml") => MediaKind::Other,
        ("text" | "image" | "audio" | "video", _)
        | ("application", "octet-stream" | "pdf" | "zip") => MediaKind::Plain,
        _ => MediaKind::Other,
    }
}

/// The types under a `content`.
pub(super) fn media(document: &Document, content: &Pointer) -> Vec<Media> {
    let Some((at, types)) = document.object(content) else {
        return Vec::new();
    };
    let mut media = Vec::with_capacity(types.len());
    for name in types.keys() {
        let Some((at, members)) = document.object(&at.join(name)) else {
            continue;
        };
        media.push(Media {
            media_type: bare(name),
            schema: members.contains_key("schema").then(|| at.join("schema")),
            examples: examples(document, &at, members),
            at,
        });
    }
    media
}

/// A media type without its parameters, in small letters.
pub(crate) fn bare(media_type: &str) -> String {
    let bare = media_type.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

/// The examples beside a schema: `example`, else the values under `examples`.
pub(super) fn examples(
    document: &Document,
    at: &Pointer,
    members: &Map<String, Value>,
) -> Vec<Example> {
    if let Some(example) = members.get("example") {
        return vec![Example {
            value: example.clone(),
            at: at.join("example"),
        }];
    }
    let named = members.get("examples").and_then(Value::as_object);
    let names = named.into_iter().flat_map(Map::keys);
    names
        .filter_map(|name| {
            let (at, example) = document.object(&at.join("examples").join(name))?;
            Some(Example {
                value: example.get("value")?.clone(),
                at: at.join("value"),
            })
        })
        .collect()
}

/// The body of the operation at a place, below a path item.
///
/// # Errors
/// Why none can be made.
pub(super) fn request_body(
    document: &Document,
    at: &Pointer,
    item: &Pointer,
) -> Result<Option<RequestBody>, String> {
    let body = if document.version() == Version::V2 {
        swagger_body(document, at, item)
    } else {
        let Some((at, members)) = document.object(&at.join("requestBody")) else {
            return Ok(None);
        };
        Some(RequestBody {
            required: members.get("required") == Some(&Value::Bool(true)),
            media: media(document, &at.join("content")),
            at,
        })
    };
    let Some(mut body) = body else {
        return Ok(None);
    };
    let declared: Vec<String> = body
        .media
        .iter()
        .map(|one| one.media_type.clone())
        .collect();
    body.media.retain(|one| one.kind() != MediaKind::Other);
    match body.media.is_empty() {
        false => Ok(Some(body)),
        true if !body.required => Ok(None),
        true => Err(format!(
            "its body is `{}`, and no such body can be made",
            declared.join("`, `")
        )),
    }
}

/// The body that 2.0 writes down among the parameters.
fn swagger_body(document: &Document, at: &Pointer, item: &Pointer) -> Option<RequestBody> {
    let consumes: Vec<String> = [at.join("consumes"), Pointer::root().join("consumes")]
        .iter()
        .find_map(|list| document.resolve(list)?.1.as_array())
        .map(|types| types.iter().filter_map(Value::as_str).map(bare).collect())
        .unwrap_or_default();
    let of = |types: Vec<String>, schema: &Pointer, required: bool| RequestBody {
        required,
        media: types
            .into_iter()
            .map(|media_type| Media {
                media_type,
                schema: Some(schema.clone()),
                examples: Vec::new(),
                at: schema.clone(),
            })
            .collect(),
        at: schema.clone(),
    };
    for around in [at, item] {
        for place in items(document, &around.join("parameters")) {
            let Some((place, members)) = document.object(&place) else {
                continue;
            };
            if members.get("in").and_then(Value::as_str) == Some("body") {
                let mut types: Vec<String> = consumes
                    .iter()
                    .filter(|of| kind_of(of) == MediaKind::Json)
                    .cloned()
                    .collect();
                if consumes.is_empty() {
                    types.push("application/json".to_owned());
                }
                let types = if types.is_empty() { consumes } else { types };
                let required = members.get("required") == Some(&Value::Bool(true));
                return Some(of(types, &place.join("schema"), required));
            }
        }
    }
    let (form, members) = document.object(&at.join(FORM))?;
    let has_file = members["properties"]
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .filter_map(|name| document.object(&form.join_all(&["properties", name])))
        .any(|(_, part)| part.get("type").and_then(Value::as_str) == Some("file"));
    let kind = if has_file {
        MediaKind::Multipart
    } else {
        MediaKind::Form
    };
    let own = consumes
        .into_iter()
        .find(|of| kind_of(of) == kind || *of == "multipart/form-data");
    let usual = match kind {
        MediaKind::Multipart => "multipart/form-data",
        _ => "application/x-www-form-urlencoded",
    };
    let media_type = own.unwrap_or_else(|| usual.to_owned());
    let required = members["required"]
        .as_array()
        .is_some_and(|all| !all.is_empty());
    Some(of(vec![media_type], &form, required))
}
