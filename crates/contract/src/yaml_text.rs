//! YAML into JSON values, and where each part of them stands. Everything that knows the YAML
//! library is here.

use std::fmt;
use std::ops::Range;

use rtest_core::Span;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_yaml::{Error, Location, MessageFormatter as _, Spanned};

use crate::json_text::{JsonText, Step};

/// What is taken of a file, at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Mappings and lists within each other. Reading takes up to 45 KB of stack for each level in
    /// a debug build.
    pub(crate) depth: usize,
    /// Values after all aliases are expanded.
    pub(crate) values: usize,
    /// Values that aliases may add.
    pub(crate) aliased: usize,
}

impl Limits {
    /// What fits a thread of 2 MiB.
    pub(crate) const SMALL: Self = Self {
        depth: 32,
        values: 100_000,
        aliased: 10_000,
    };
}

/// A document of a YAML file.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) value: Value,
    pub(crate) places: Place,
}

/// Why a text is no YAML, or more than is taken.
#[derive(Debug)]
pub(crate) struct NotYaml {
    pub(crate) span: Span,
    pub(crate) why: String,
}

/// Where a value stands, and where what is in it stands, in the order of the value.
#[derive(Debug)]
pub(crate) struct Place {
    /// What to underline: a member's key with a scalar value, a member's key alone otherwise, an
    /// item that is a scalar, an item's first key or byte otherwise.
    pub(crate) mark: Range<usize>,
    pub(crate) inside: Vec<Place>,
}

/// The documents of a text; empty ones are not among them.
///
/// # Errors
/// The text is no YAML, or more than the limits allow.
pub(crate) fn documents(text: &JsonText, limits: Limits) -> Result<Vec<Document>, NotYaml> {
    let options = serde_yaml::options! {
        // Untyped `no`, `012` and `1_000` stay the text that they are in a body.
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        budget: serde_yaml::budget! {
            max_depth: limits.depth,
            max_nodes: limits.values,
            max_events: limits.values * 4,
            max_recorded_anchor_events: limits.values * 4,
            // One anchor may be used as often as the limits below allow.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_yaml::alias_limits! {
            max_total_replayed_events: limits.aliased,
        },
        with_snippet: false,
    };
    let parts = serde_yaml::from_multiple_with_options::<Part>(text.as_str(), options);
    let parts = parts.map_err(|error| not_yaml(&error, text, limits))?;
    let documents = parts.into_iter().map(|part| {
        let (value, places) = part.into_value();
        Document { value, places }
    });
    Ok(documents.collect())
}

fn not_yaml(error: &Error, text: &JsonText, limits: Limits) -> NotYaml {
    let Limits {
        depth,
        values,
        aliased,
    } = limits;
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
    let why = match cause {
        Error::Budget { .. } => {
            format!("it is nested more than {depth} deep, or has more than {values} values")
        }
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => {
            format!("its aliases expand to more than {aliased} values")
        }
        other => serde_yaml::UserMessageFormatter
            .format_message(other)
            .replace(|c: char| c.is_control(), " "),
    };
    NotYaml { span, why }
}

impl Document {
    /// The span of what a path leads to, or of the nearest value around it.
    pub(crate) fn locate(&self, text: &JsonText, path: &[Step]) -> Span {
        let (mut place, mut value) = (&self.places, &self.value);
        for step in path {
            let found = match (value, step) {
                (Value::Object(members), Step::Key(key)) => member(members, |name| name == key),
                (Value::Object(members), Step::AnyCase(key)) => {
                    member(members, |name| name.eq_ignore_ascii_case(key))
                }
                (Value::Array(items), Step::Index(index)) => {
                    items.get(*index).map(|item| (*index, item))
                }
                _ => None,
            };
            let Some((index, inner)) = found else { break };
            let Some(inside) = place.inside.get(index) else {
                break;
            };
            (place, value) = (inside, inner);
        }
        text.span(place.mark.clone())
    }
}

fn member(members: &Map<String, Value>, wanted: impl Fn(&str) -> bool) -> Option<(usize, &Value)> {
    let mut members = members.iter().enumerate();
    members.find_map(|(index, (name, value))| wanted(name).then_some((index, value)))
}

/// A value as the YAML library hands it over.
struct Part(Spanned<Content>);

enum Content {
    Scalar(Value),
    Sequence(Vec<Part>),
    Mapping(Vec<(Name, Part)>),
}

/// A key: text, or the spelling of a number or boolean.
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
                let mark = mark.start..mark.start + 1;
                (Value::Array(values), Place { mark, inside })
            }
            Content::Mapping(members) => mapping(mark, members),
        }
    }
}

fn mapping(mark: Range<usize>, members: Vec<(Name, Part)>) -> (Value, Place) {
    let mut values = Map::with_capacity(members.len());
    let mut inside = Vec::with_capacity(members.len());
    for (Name(name), part) in members {
        let key = bytes_of(name.defined);
        let (value, mut place) = part.into_value();
        let is_scalar = !value.is_object() && !value.is_array();
        // What an alias names stands elsewhere: before its key.
        let goes_on = is_scalar && place.mark.end > key.end;
        let end = if goes_on { place.mark.end } else { key.end };
        place.mark = key.start..end;
        if values.insert(name.value, value).is_none() {
            inside.push(place);
        }
    }
    let mark = match inside.first() {
        // A mapping without braces has no mark of its own.
        Some(first) if mark.is_empty() => first.mark.clone(),
        _ => mark.start..mark.start + 1,
    };
    (Value::Object(values), Place { mark, inside })
}

fn bytes_of(location: Location) -> Range<usize> {
    let number = |value: Option<u64>| value.and_then(|it| usize::try_from(it).ok()).unwrap_or(0);
    let span = location.span();
    let start = number(span.byte_offset());
    start..start + number(span.byte_len())
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
name: first
body: { \"ü\": [1, two] }
---
- name: second
  headers:
    Content-Type: &type text/plain
    X-Again: *type
    200: ok
- a: no
";

    fn text(yaml: &str) -> JsonText {
        JsonText::new("c.yaml".into(), yaml.to_owned())
    }

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    fn marked(document: &Document, path: &[Step]) -> (u32, String) {
        let span = document.locate(&text(TEXT), path);
        let from = span.column as usize - 1;
        let marked = span.text.chars().skip(from).take(span.len as usize);
        (span.line, marked.collect())
    }

    #[test]
    fn every_document_is_read_and_every_part_has_its_place() {
        let documents = documents(&text(TEXT), Limits::SMALL).expect("YAML");
        let [first, second] = &documents[..] else {
            panic!("{} documents", documents.len());
        };
        assert_eq!(
            first.value,
            json!({ "name": "first", "body": { "ü": [1, "two"] } })
        );
        assert_eq!(second.value[1], json!({ "a": "no" }));
        assert_eq!(second.value[0]["headers"]["200"], "ok");
        assert_eq!(marked(first, &[key("name")]), (1, "name: first".into()));
        let two = [key("body"), key("ü"), Step::Index(1)];
        assert_eq!(marked(first, &two), (2, "two".into()));
        let header = Step::AnyCase("content-type".to_owned());
        let header = [Step::Index(0), key("headers"), header];
        let (line, shown) = marked(second, &header);
        assert_eq!(line, 6);
        assert!(shown.starts_with("Content-Type: "), "{shown}");
        let again = [Step::Index(0), key("headers"), key("X-Again"), key("gone")];
        assert_eq!(marked(second, &again).0, 7);
        assert_eq!(marked(second, &[Step::Index(1)]), (9, "a: no".into()));
    }

    #[test]
    fn what_is_no_yaml_is_said_with_its_place() {
        for (yaml, line) in [
            ("a: 1\n b: 2\n", 2),
            ("a: [1\n", 1),
            ("a: *nobody\n", 1),
            ("a: 1\na: 2\n", 2),
            ("a: 1\n---\nb: 1\nb: 2\n", 4),
        ] {
            let error = documents(&text(yaml), Limits::SMALL).expect_err(yaml);
            assert!(
                error.span.line.abs_diff(line) <= 1,
                "{yaml}: {}",
                error.span
            );
        }
    }

    #[test]
    fn depth_and_aliases_are_bounded() {
        let deep = format!("a: {}{}", "[".repeat(40), "]".repeat(40));
        let error = documents(&text(&deep), Limits::SMALL).expect_err("deep");
        assert!(error.why.contains("nested"), "{}", error.why);
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let before = format!("*a{}, ", level - 1).repeat(10);
            let before = before.trim_end_matches(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{before}]\n"));
        }
        let error = documents(&text(&bomb), Limits::SMALL).expect_err("a bomb");
        assert!(error.why.contains("alias"), "{}", error.why);
    }
}
