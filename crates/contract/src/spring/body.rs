use serde_json::{Map, Value};

use super::folder::Folder;
use super::part::{Fault, Keyed};
use crate::json_text::Step;

/// The keys that a body may stand at.
pub(super) const KEYS: [&str; 3] = ["body", "bodyFromFile", "bodyFromFileAsBytes"];

/// The body of a request or an answer.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub(super) content: Content,
    /// The way to the key that has it; to the request or answer where there is none.
    pub(super) at: Vec<Step>,
}

/// What a body is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    Nothing,
    Json(Value),
    Xml(String),
    /// The fields of a form.
    Form(Vec<(String, String)>),
    Text(String),
    Bytes(Vec<u8>),
}

impl Body {
    /// # Errors
    /// There are two, or a file of the folder cannot be read.
    pub(super) fn read(
        keyed: &Keyed<'_>,
        content_type: Option<&str>,
        folder: &Folder,
    ) -> Result<Self, Fault> {
        let given: Vec<_> = (KEYS.iter())
            .filter_map(|key| Some((*key, keyed.get(key)?)))
            .collect();
        let (key, part) = match &given[..] {
            [] => {
                return Ok(Self {
                    content: Content::Nothing,
                    at: keyed.part.at.clone(),
                });
            }
            [one] => one,
            [(first, _), (second, part), ..] => {
                return Err(part.broken(format!("it has two bodies: `{first}` and `{second}`")));
            }
        };
        let content = match *key {
            "body" => match part.value {
                Value::String(text) => of_text(text.clone(), content_type),
                Value::Object(fields) if is(content_type, "form-urlencoded") => form(fields),
                other => Content::Json(other.clone()),
            },
            file => {
                let bytes = folder.read(&part.text()?).map_err(|why| part.broken(why))?;
                if file == "bodyFromFileAsBytes" {
                    Content::Bytes(bytes)
                } else {
                    let text = String::from_utf8(bytes);
                    let text = text.map_err(|_| part.broken("its file is not text in UTF-8"))?;
                    of_text(text, content_type)
                }
            }
        };
        Ok(Self {
            content,
            at: part.at.clone(),
        })
    }

    /// The JSON in it.
    pub(super) fn json(&self) -> Option<&Value> {
        match &self.content {
            Content::Json(value) => Some(value),
            _ => None,
        }
    }

    /// What is sent; nothing where there is no body.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        Some(match &self.content {
            Content::Nothing => return None,
            Content::Json(value) => value.to_string().into_bytes(),
            Content::Xml(text) | Content::Text(text) => text.clone().into_bytes(),
            Content::Bytes(bytes) => bytes.clone(),
            Content::Form(fields) => {
                let mut url = reqwest::Url::parse("http://form/").expect("a URL");
                url.query_pairs_mut().extend_pairs(fields);
                url.query().unwrap_or_default().as_bytes().to_vec()
            }
        })
    }

    /// The content type of a body for which the contract states none.
    pub(super) fn natural_type(&self) -> Option<&'static str> {
        match &self.content {
            Content::Json(_) => Some("application/json"),
            Content::Xml(_) => Some("application/xml"),
            Content::Text(_) => Some("text/plain"),
            Content::Nothing | Content::Form(_) | Content::Bytes(_) => None,
        }
    }
}

/// JSON and XML may be written as text. What it is, the content type says, or else the text.
fn of_text(text: String, content_type: Option<&str>) -> Content {
    let is = |what| is(content_type, what);
    let other = is("text/plain") || is("form") || is("octet-stream");
    if is("json") || (!other && !is("xml") && text.trim_start().starts_with(['{', '['])) {
        match serde_json::from_str(&text) {
            Ok(value) => Content::Json(value),
            // An answer of text that calls itself JSON is compared as the text it is.
            Err(_) => Content::Text(text),
        }
    } else if is("xml") || (!other && text.trim_start().starts_with('<')) {
        Content::Xml(text)
    } else {
        Content::Text(text)
    }
}

fn is(content_type: Option<&str>, what: &str) -> bool {
    content_type.is_some_and(|of| of.to_lowercase().contains(what))
}

fn form(fields: &Map<String, Value>) -> Content {
    let fields = fields.iter().map(|(name, value)| {
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        (name.clone(), value)
    });
    Content::Form(fields.collect())
}
