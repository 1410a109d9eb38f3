//! YAML into a JSON value, and where each part of it stands.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_yaml::{Error, Location, MessageFormatter as _, Spanned};

use super::error::{UnreadableDocument, UnreadableKind};
use crate::json_text::JsonText;
use crate::openapi::pointer::Pointer;

/// Mappings and lists within each other, at most. Reading takes up to 45 KB of stack for each
/// level in a debug build; see [`STACK`](super::STACK).
const MAX_DEPTH: usize = 100;

/// Nodes after all aliases are expanded, at most. The largest documents in use (those of code
/// hosting and of clouds) have half a million.
const MAX_NODES: usize = 3_000_000;

/// Nodes that aliases may add, at most.
const MAX_ALIASED: usize = 200_000;

/// Where a value stands, and where what is in it stands, in the order of the value.
#[derive(Debug)]
pub(super) struct Place {
    /// What to underline: a member's key with a scalar value, a member's key alone otherwise, an
    /// item that is a scalar, an item's first byte otherwise.
    mark: Range<u32>,
    inside: Vec<Place>,
}

impl Place {
    /// The bytes of what a pointer leads to in the value that was read together with these places,
    /// or of the nearest place around it.
    pub(super) fn locate(&self, value: &Value, at: &Pointer) -> Range<usize> {
        let (mut place, mut value) = (self, value);
        for step in at.steps() {
            let found = match value {
                Value::Object(members) => members
                    .iter()
                    .position(|(name, _)| *name == step)
                    .zip(members.get(step.as_ref())),
                Value::Array(items) => step
                    .parse()
                    .ok()
                    .and_then(|index: usize| Some((index, items.get(index)?))),
                _ => None,
            };
            let Some((index, inner)) = found else { break };
            let Some(inside) = place.inside.get(index) else {
                break;
            };
            (place, value) = (inside, inner);
        }
        place.mark.start as usize..place.mark.end as usize
    }
}

/// Reads a document.
///
/// # Errors
/// Where the text is no YAML, or more than the limits allow.
pub(super) fn parse(text: &JsonText) -> Result<(Value, Place), UnreadableDocument> {
    let options = serde_yaml::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        budget: serde_yaml::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: MAX_NODES * 4,
            max_recorded_anchor_events: MAX_ALIASED * 4,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_yaml::alias_limits! {
            max_total_replayed_events: MAX_ALIASED,
        },
        with_snippet: false,
    };
    match serde_yaml::from_str_with_options::<Part>(text.as_str(), options) {
        Ok(part) => Ok(part.into_value()),
        Err(error) => Err(unreadable(&error, text)),
    }
}

fn unreadable(error: &Error, text: &JsonText) -> UnreadableDocument {
    let mut cause = error.without_snippet();
    while let Error::AliasError { error, .. } = cause {
        cause = error;
    }
    let span = match cause.location() {
        Some(at) => {
            let line = usize::try_from(at.line()).unwrap_or(1);
            let column = usize::try_from(at.column()).unwrap_or(1);
            let at = text.offset(line, column);
            text.span(at..at + 1)
        }
        None => text.span(0..1),
    };
    let words = match cause {
        Error::Budget { .. } => {
            format!("it is nested more than {MAX_DEPTH} deep, or has more than {MAX_NODES} values")
        }
        other => serde_yaml::UserMessageFormatter
            .format_message(other)
            .replace(|c: char| c.is_control(), " "),
    };
    UnreadableKind::NotYaml(words).at(span)
}

/// A value as the YAML library hands it over.
struct Part(Spanned<Content>);

enum Content {
    Scalar(Value),
    Sequence(Vec<Part>),
    Mapping(Vec<(Name, Part)>),
}

/// A key: text, or the spelling of a number (`200:`) or boolean.
struct Name(Spanned<String>);

impl Part {
    fn into_value(self) -> (Value, Place) {
        let mark = bytes_of(self.0.defined);
        match self.0.value {
            Content::Scalar(value) => {
                let inside = Vec::new();
                (value, Place { mark, inside })
            }
            Content::Sequence(items) => {
                let (values, inside) = items.into_iter().map(Self::into_value).unzip();
                let mark = mark.start..mark.start.saturating_add(1);
                (Value::Array(values), Place { mark, inside })
            }
            Content::Mapping(members) => {
                let mut values = Map::with_capacity(members.len());
                let mut inside = Vec::with_capacity(members.len());
                for (Name(name), part) in members {
                    let key = bytes_of(name.defined);
                    let (value, mut place) = part.into_value();
                    let is_scalar = !value.is_object() && !value.is_array();
                    // An alias stands elsewhere: before its key.
                    let end = place.mark.end;
                    let end = if is_scalar && end > key.end {
                        end
                    } else {
                        key.end
                    };
                    place.mark = key.start..end;
                    if values.insert(name.value, value).is_none() {
                        inside.push(place);
                    }
                }
                let mark = match inside.first() {
                    // A mapping without braces has no mark of its own.
                    Some(first) if mark.is_empty() => first.mark.clone(),
                    _ => mark.start..mark.start.saturating_add(1),
                };
                (Value::Object(values), Place { mark, inside })
            }
        }
    }
}

fn bytes_of(location: Location) -> Range<u32> {
    let number = |value: Option<u64>| value.and_then(|it| u32::try_from(it).ok()).unwrap_or(0);
    let span = location.span();
    let start = number(span.byte_offset().map(Into::into));
    start..start.saturating_add(number(span.byte_len().map(Into::into)))
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Content, E> {
        let number = Number::from_f64(value).map_or(Value::Null, Value::Number);
        Ok(Content::Scalar(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Content, A::Error> {
        let mut sequence = Vec::new();
        while let Some(item) = items.next_element()? {
            sequence.push(item);
        }
        Ok(Content::Sequence(sequence))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Content, A::Error> {
        let mut mapping = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            mapping.push(entry);
        }
        Ok(Content::Mapping(mapping))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TEXT: &str = "\
openapi: 3.0.3
paths:
  /users:
    get:
      responses:
        200: { description: fine, \"x-ü\": [1, two] }
        default:
          $ref: '#/x'
  anchored: &here
    a: 1
  again: *here
";

    fn text() -> JsonText {
        JsonText::new("api.yaml".into(), TEXT.to_owned())
    }

    fn marked(at: &[&str]) -> (u32, String) {
        let text = text();
        let (value, places) = parse(&text).expect("YAML");
        let span = text.span(places.locate(&value, &Pointer::root().join_all(at)));
        let from = span.column as usize - 1;
        let marked = span.text.chars().skip(from).take(span.len as usize);
        (span.line, marked.collect())
    }

    #[test]
    fn values_are_those_of_json_and_numbers_as_keys_are_text() {
        let (value, _) = parse(&text()).expect("YAML");
        assert_eq!(
            value["paths"]["/users"]["get"]["responses"],
            json!({ "200": { "description": "fine", "x-ü": [1, "two"] }, "default": { "$ref": "#/x" } })
        );
        assert_eq!(value["paths"]["again"], json!({ "a": 1 }));
    }

    #[test]
    fn every_part_has_its_place() {
        let ok = ["paths", "/users", "get", "responses", "200"];
        assert_eq!(marked(&["openapi"]), (1, "openapi: 3.0.3".to_owned()));
        assert_eq!(marked(&["paths", "/users"]), (3, "/users".to_owned()));
        assert_eq!(marked(&ok), (6, "200".to_owned()));
        let description = [&ok[..], &["description"]].concat();
        assert_eq!(marked(&description), (6, "description: fine".to_owned()));
        let two = [&ok[..], &["x-ü", "1"]].concat();
        assert_eq!(marked(&two), (6, "two".to_owned()));
        // What is not there is the nearest place around it.
        let gone = [&ok[..], &["content", "x"]].concat();
        assert_eq!(marked(&gone), (6, "200".to_owned()));
    }

    #[test]
    fn what_is_no_yaml_is_said_with_its_place() {
        for (yaml, line) in [
            ("a: 1\n b: 2\n", 2),
            ("a: [1\n", 1),
            ("a: *nobody\n", 1),
            ("a: 1\na: 2\n", 2),
        ] {
            let text = JsonText::new("api.yaml".into(), yaml.to_owned());
            let error = parse(&text).expect_err(yaml);
            assert!(matches!(error.kind, UnreadableKind::NotYaml(_)), "{error}");
            let span = error.span.expect("a place");
            assert!(span.line.abs_diff(line) <= 1, "{yaml}: {span}");
        }
    }

    #[test]
    fn aliases_that_multiply_are_bounded() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let before = format!("*a{}, ", level - 1).repeat(10);
            bomb.push_str(&format!(
                "a{level}: &a{level} [{}]\n",
                before.trim_end_matches(", ")
            ));
        }
        let text = JsonText::new("bomb.yaml".into(), bomb);
        assert!(parse(&text).is_err());
    }
}
