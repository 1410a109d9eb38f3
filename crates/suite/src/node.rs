use rtest_core::Span;
use serde_json::{Number, Value};

/// A node of the YAML document, with its place and, for scalars, its exact spelling.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Where it stands. A mapping or list without braces has no mark of its own: it is marked at
    /// the key that it belongs to or, in a list, at its first key.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`, as spelled.
    Bool(bool, String),
    /// A number, as spelled.
    Number(Number, String),
    /// Text.
    Text(String),
    /// Text that held `${…}`. Where a number or a boolean is meant it is read as one: variables
    /// have no types of their own.
    Resolved(String),
    /// A list.
    Sequence(Vec<Node>),
    /// A mapping; keys are unique.
    Mapping(Vec<(Key, Node)>),
    /// Something unusable that has been reported; nothing more is to be said about it.
    Faulty,
}

/// A mapping's key.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// The key; numbers and booleans as they are spelled.
    pub(crate) text: String,
    /// Where it stands.
    pub(crate) span: Span,
}

impl Node {
    /// What it is, in words, for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "nothing",
            Kind::Bool(..) => "true or false",
            Kind::Number(..) => "a number",
            Kind::Text(_) | Kind::Resolved(_) => "text",
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) => "a mapping",
            Kind::Faulty => "something unusable",
        }
    }

    /// The value of a key, where the node is a mapping that has it.
    pub(crate) fn entry(&self, name: &str) -> Option<&Self> {
        let Kind::Mapping(entries) = &self.kind else {
            return None;
        };
        let entry = entries.iter().find(|(key, _)| key.text == name);
        entry.map(|(_, value)| value)
    }

    /// The same, to be changed.
    pub(crate) fn entry_mut(&mut self, name: &str) -> Option<&mut Self> {
        let Kind::Mapping(entries) = &mut self.kind else {
            return None;
        };
        let entry = entries.iter_mut().find(|(key, _)| key.text == name);
        entry.map(|(_, value)| value)
    }

    /// The scalar as text, exactly as it is spelled; `None` where there is no text.
    pub(crate) fn scalar_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Bool(_, text)
            | Kind::Number(_, text)
            | Kind::Text(text)
            | Kind::Resolved(text) => Some(text),
            Kind::Null | Kind::Sequence(_) | Kind::Mapping(_) | Kind::Faulty => None,
        }
    }

    /// The node as a JSON value. Numbers that JSON's readers would round are rounded.
    pub(crate) fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Null | Kind::Faulty => Value::Null,
            Kind::Bool(value, _) => Value::Bool(*value),
            Kind::Number(value, _) => Value::Number(value.clone()),
            Kind::Text(text) | Kind::Resolved(text) => Value::String(text.clone()),
            Kind::Sequence(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Kind::Mapping(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.text.clone(), value.to_json()))
                    .collect(),
            ),
        }
    }

    /// Appends the node as compact JSON text. A number keeps its spelling where that is JSON's
    /// (`9.50` stays `9.50`, and no digit of a long one is lost).
    pub(crate) fn write_json(&self, out: &mut String) {
        match &self.kind {
            Kind::Number(value, spelled) => {
                if serde_json::from_str::<Number>(spelled).is_ok() {
                    out.push_str(spelled);
                } else {
                    out.push_str(&value.to_string());
                }
            }
            Kind::Sequence(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_json(out);
                }
                out.push(']');
            }
            Kind::Mapping(entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    out.push_str(&Value::from(key.text.as_str()).to_string());
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
            Kind::Null | Kind::Bool(..) | Kind::Text(_) | Kind::Resolved(_) | Kind::Faulty => {
                out.push_str(&self.to_json().to_string());
            }
        }
    }

    /// Every text in the node with its place, keys included, for checks of templates.
    pub(crate) fn texts<'a>(&'a self, visit: &mut impl FnMut(&'a str, &'a Span)) {
        match &self.kind {
            Kind::Text(text) | Kind::Resolved(text) => visit(text, &self.span),
            Kind::Sequence(items) => items.iter().for_each(|item| item.texts(visit)),
            Kind::Mapping(entries) => {
                for (key, value) in entries {
                    visit(&key.text, &key.span);
                    value.texts(visit);
                }
            }
            Kind::Null | Kind::Bool(..) | Kind::Number(..) | Kind::Faulty => {}
        }
    }
}
