//! Mappings with fixed keys: one declaration makes the struct, its reader and its JSON Schema.

use rtest_core::{Code, Diagnostic, nearest};
use serde_json::{Map, Value, json};

use crate::diagnostics::Diagnostics;
use crate::form::Forms;
use crate::node::{Key, Kind, Node};
use crate::shape::{Field, Shape, quoted_list, read_field, wrong_type};

/// Declares a mapping with fixed keys.
///
/// ```text
/// record! {
///     /// One fault of the timeline.                 the schema's description
///     FaultFile, "a fault", one of ["latency", "down"] {
///         /// When it begins.                        the schema's description of the key
///         at "at": required Duration,
///         /// Added delay.
///         latency "latency": optional Latency,
///     }
/// }
/// ```
///
/// `one of` names keys of which exactly one must be there; `forms` names the
/// [`Forms`](crate::form::Forms) that the mapping can have. Both may be left out.
macro_rules! record {
    (@need required) => { true };
    (@need optional) => { false };
    (@forms) => { None };
    (@forms $forms:path) => { Some(&$forms) };
    (
        $(#[doc = $doc:literal])+
        $name:ident, $what:literal
        $(, one of [$($alternative:literal),+ $(,)?])?
        $(, forms $forms:path)?
        {
            $($(#[doc = $field_doc:literal])+ $field:ident $key:literal: $need:ident $shape:ty,)+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug)]
        pub(crate) struct $name {
            $($(#[doc = $field_doc])+ pub(crate) $field: $crate::shape::Field<$shape>,)+
        }

        impl $name {
            const RECORD: $crate::record::Record = $crate::record::Record {
                what: $what,
                doc: concat!($($doc),+),
                keys: &[$($crate::record::KeyShape {
                    key: $key,
                    doc: concat!($($field_doc),+),
                    required: $crate::record::record!(@need $need),
                    schema: <$shape as $crate::shape::Shape>::schema,
                }),+],
                one_of: &[$($($alternative),+)?],
                forms: $crate::record::record!(@forms $($forms)?),
            };
        }

        impl $crate::shape::Shape for $name {
            fn read(
                node: &$crate::node::Node,
                found: &mut $crate::diagnostics::Diagnostics,
            ) -> Option<Self> {
                let entries = Self::RECORD.open(node, found)?;
                Some(Self {
                    $($field: Self::RECORD.field(entries, $key, found),)+
                })
            }

            fn schema() -> serde_json::Value {
                Self::RECORD.schema()
            }
        }
    };
}

pub(crate) use record;

/// What a record's declaration says, for its reader and its schema alike.
pub(crate) struct Record {
    /// What one of them is called in messages: `a scenario`.
    pub(crate) what: &'static str,
    /// Its description.
    pub(crate) doc: &'static str,
    /// Its keys.
    pub(crate) keys: &'static [KeyShape],
    /// Keys of which exactly one must be there; none where that is not so.
    pub(crate) one_of: &'static [&'static str],
    /// What it can be, where that decides which keys it has.
    pub(crate) forms: Option<&'static Forms>,
}

/// One key of a record.
pub(crate) struct KeyShape {
    /// The key.
    pub(crate) key: &'static str,
    /// Its description.
    pub(crate) doc: &'static str,
    /// Whether it must be there.
    pub(crate) required: bool,
    /// Its value's schema.
    pub(crate) schema: fn() -> Value,
}

impl Record {
    /// The node's entries, after a look at its keys: unknown, missing, contradictory.
    pub(crate) fn open<'a>(
        &self,
        node: &'a Node,
        found: &mut Diagnostics,
    ) -> Option<&'a [(Key, Node)]> {
        let Kind::Mapping(entries) = &node.kind else {
            wrong_type(node, &format!("{} (a mapping)", self.what), None, found);
            return None;
        };
        let unknown: Vec<&Key> = entries
            .iter()
            .map(|(key, _)| key)
            .filter(|key| !self.keys.iter().any(|known| known.key == key.text))
            .collect();
        for key in &unknown {
            found.add(self.unknown_key(key, entries));
        }
        for known in self.keys.iter().filter(|known| known.required) {
            let is_there = entries.iter().any(|(key, _)| key.text == known.key);
            // A misspelt key is one error, not two.
            let is_meant = || unknown.iter().any(|key| self.meant(key) == Some(known.key));
            if !is_there && !is_meant() {
                found.add(
                    Diagnostic::new(
                        Code::MissingKey,
                        format!("{} needs `{}`", self.what, known.key),
                    )
                    .at(&node.span)
                    .hint(format!(
                        "`{}`:{}",
                        known.key,
                        first_sentence(known.doc)
                    )),
                );
            }
        }
        if !self.one_of.is_empty() {
            self.exactly_one(node, entries, !unknown.is_empty(), found);
        }
        if let Some(forms) = self.forms {
            let described = |key: &str| {
                let known = self.keys.iter().find(|known| known.key == key)?;
                Some(first_sentence(known.doc).trim_start())
            };
            forms.check(node, entries, described, found);
        }
        Some(entries)
    }

    /// The key that a misspelt one was probably meant to be.
    fn meant(&self, key: &Key) -> Option<&'static str> {
        nearest(&key.text, self.keys.iter().map(|known| known.key))
    }

    fn unknown_key(&self, key: &Key, entries: &[(Key, Node)]) -> Diagnostic {
        let diagnostic = Diagnostic::new(
            Code::UnknownKey,
            format!("there is no key `{}` here", key.text),
        )
        .at(&key.span)
        .label(format!("not a key of {}", self.what));
        let hint = match self.meant(key) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => {
                let names = quoted_list(self.possible_keys(entries));
                format!("its keys are {names}")
            }
        };
        diagnostic.hint(hint)
    }

    /// The keys that fit the form which the mapping already has.
    fn possible_keys(&self, entries: &[(Key, Node)]) -> impl Iterator<Item = &'static str> {
        let form = self
            .forms
            .and_then(|forms| Some((forms, forms.of(entries)?)));
        self.keys.iter().map(|known| known.key).filter(move |key| {
            form.is_none_or(|(forms, form)| {
                let tells_of_another = self.one_of.contains(key) && !form.names.contains(key);
                form.owns(key) || !(tells_of_another || forms.is_foreign(form, key))
            })
        })
    }

    fn exactly_one(
        &self,
        node: &Node,
        entries: &[(Key, Node)],
        has_unknown: bool,
        found: &mut Diagnostics,
    ) {
        // A key that tells of one form may be a plain key of another.
        let form = self.forms.and_then(|forms| forms.of(entries));
        let mut present = entries
            .iter()
            .map(|(key, _)| key)
            .filter(|key| self.one_of.contains(&key.text.as_str()))
            .filter(|key| !form.is_some_and(|form| form.owns(&key.text)));
        let all = quoted_list(self.one_of.iter().copied());
        match (present.next(), present.next()) {
            (Some(_), None) => {}
            // The unknown key is most likely the one that is missing here.
            (None, _) if has_unknown => {}
            (None, _) => found.add(
                Diagnostic::new(
                    Code::NotExactlyOne,
                    format!("{} needs exactly one of {all}", self.what),
                )
                .at(&node.span)
                .label("has none of them"),
            ),
            (Some(first), Some(second)) => found.add(
                Diagnostic::new(
                    Code::NotExactlyOne,
                    format!(
                        "{} has both `{}` and `{}`",
                        self.what, first.text, second.text
                    ),
                )
                .at(&second.span)
                .hint(format!("keep exactly one of {all}")),
            ),
        }
    }

    /// Reads the value of one key.
    pub(crate) fn field<T: Shape>(
        &self,
        entries: &[(Key, Node)],
        name: &str,
        found: &mut Diagnostics,
    ) -> Field<T> {
        match entries.iter().find(|(key, _)| key.text == name) {
            Some((key, node)) => read_field(&key.span, node, found),
            None => Field::Absent,
        }
    }

    /// The record's JSON Schema.
    pub(crate) fn schema(&self) -> Value {
        let mut properties = Map::new();
        for known in self.keys {
            let mut schema = (known.schema)();
            // What the key is for says more than what its type is.
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("description".to_owned(), known.doc.trim().into());
            }
            properties.insert(known.key.to_owned(), schema);
        }
        let mut schema = json!({
            "type": "object",
            "description": self.doc.trim(),
            "properties": properties,
            "additionalProperties": false,
        });
        let required: Vec<&str> = self
            .keys
            .iter()
            .filter(|known| known.required)
            .map(|known| known.key)
            .collect();
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        if !self.one_of.is_empty() {
            let alternatives = self.one_of.iter().map(|key| self.alternative(key));
            schema["oneOf"] = alternatives.collect();
        }
        let rules = self.forms.map(Forms::schema).unwrap_or_default();
        if !rules.is_empty() {
            schema["allOf"] = rules.into();
        }
        schema
    }

    /// That `key` is the one of several; not where it is a plain key of another form.
    fn alternative(&self, key: &str) -> Value {
        let forms = self.forms.map_or(&[][..], |forms| forms.forms);
        let owners: Vec<Value> = forms
            .iter()
            .filter(|form| form.owns(key))
            .flat_map(|form| form.names)
            .map(|name| json!({ "required": [name] }))
            .collect();
        if owners.is_empty() {
            json!({ "required": [key] })
        } else {
            json!({ "required": [key], "not": { "anyOf": owners } })
        }
    }
}

fn first_sentence(doc: &str) -> &str {
    let end = doc.find(". ").unwrap_or(doc.len());
    doc[..end].trim_end_matches('.')
}
