//! Mappings that are one of several things, each of which has keys that the others do not have.

use rtest_core::{Code, Diagnostic, nearest};
use serde_json::{Map, Value, json};

use crate::diagnostics::Diagnostics;
use crate::node::{Key, Node};

/// What a mapping can be. Keys that stand in none of the forms belong to all of them.
pub(crate) struct Forms {
    /// What tells them apart.
    pub(crate) by: By,
    /// Each of them. Of several keys that tell, the first of this order counts.
    pub(crate) forms: &'static [Form],
}

/// What tells which form a mapping has.
pub(crate) enum By {
    /// The word under this key.
    Word(&'static str),
    /// The keys that are there.
    Key,
}

/// One of the things that a mapping can be.
pub(crate) struct Form {
    /// What it is called in messages: `a request`.
    pub(crate) what: &'static str,
    /// The words or keys that tell.
    pub(crate) names: &'static [&'static str],
    /// Keys that it needs.
    pub(crate) required: &'static [&'static str],
    /// Keys that it may have beyond those.
    pub(crate) optional: &'static [&'static str],
    /// What to know when a key of another form was given; may be empty.
    pub(crate) hint: &'static str,
}

impl Form {
    /// Whether the key is one that not every form has, and this one has it.
    pub(crate) fn owns(&self, key: &str) -> bool {
        self.required.contains(&key) || self.optional.contains(&key)
    }
}

impl Forms {
    /// The form of a mapping, where it tells one.
    pub(crate) fn of(&self, entries: &[(Key, Node)]) -> Option<&'static Form> {
        let value = |name: &str| entries.iter().find(|(key, _)| key.text == name);
        match self.by {
            By::Key => self
                .forms
                .iter()
                .find(|form| form.names.iter().any(|name| value(name).is_some())),
            By::Word(key) => {
                let word = value(key)?.1.scalar_text()?;
                self.forms.iter().find(|form| form.names.contains(&word))
            }
        }
    }

    /// Whether the key belongs to other forms than this one.
    pub(crate) fn is_foreign(&self, form: &Form, key: &str) -> bool {
        !form.names.contains(&key)
            && !form.owns(key)
            && self.forms.iter().any(|other| other.owns(key))
    }

    /// Reports keys of other forms, and keys that the mapping's own form needs and that are not
    /// there. `described` gives a key's description.
    pub(crate) fn check(
        &self,
        node: &Node,
        entries: &[(Key, Node)],
        described: impl Fn(&str) -> Option<&'static str>,
        found: &mut Diagnostics,
    ) {
        let Some(form) = self.of(entries) else {
            return;
        };
        for (key, _) in entries {
            // A second key that tells is a contradiction, which the record reports.
            if self.is_foreign(form, &key.text) && !self.tells(&key.text) {
                found.add(self.foreign(form, key));
            }
        }
        for needed in form.required {
            let is_there = entries.iter().any(|(key, _)| key.text == *needed);
            // A misspelt key is one error, not two.
            let is_meant = || {
                entries.iter().any(|(key, _)| {
                    described(&key.text).is_none() && nearest(&key.text, [*needed]).is_some()
                })
            };
            if !is_there && !is_meant() {
                let missing =
                    Diagnostic::new(Code::MissingKey, format!("{} needs `{needed}`", form.what))
                        .at(&node.span);
                found.add(match described(needed) {
                    Some(meaning) => missing.hint(format!("`{needed}`: {meaning}")),
                    None => missing,
                });
            }
        }
    }

    fn tells(&self, key: &str) -> bool {
        matches!(self.by, By::Key) && self.forms.iter().any(|form| form.names.contains(&key))
    }

    fn foreign(&self, form: &Form, key: &Key) -> Diagnostic {
        let owners: Vec<&str> = self
            .forms
            .iter()
            .filter(|other| other.owns(&key.text))
            .map(|other| other.what)
            .collect();
        let label = match owners.as_slice() {
            [one] => format!("only {one} has it"),
            [first @ .., last] => format!("only {} and {last} have it", first.join(", ")),
            [] => String::new(),
        };
        let diagnostic = Diagnostic::new(
            Code::UnknownKey,
            format!("{} has no `{}`", form.what, key.text),
        )
        .at(&key.span)
        .label(label);
        if form.hint.is_empty() {
            diagnostic
        } else {
            diagnostic.hint(form.hint)
        }
    }

    /// The same as JSON Schema, for `allOf`.
    pub(crate) fn schema(&self) -> Vec<Value> {
        let rules = self.forms.iter().filter_map(|form| {
            let foreign: Map<String, Value> = self
                .forms
                .iter()
                .flat_map(|other| other.required.iter().chain(other.optional))
                .filter(|key| self.is_foreign(form, key))
                .map(|key| ((*key).to_owned(), json!(false)))
                .collect();
            let mut then = Map::new();
            if !form.required.is_empty() {
                then.insert("required".to_owned(), json!(form.required));
            }
            if !foreign.is_empty() {
                then.insert("properties".to_owned(), Value::Object(foreign));
            }
            (!then.is_empty()).then(|| json!({ "if": self.condition(form), "then": then }))
        });
        rules.collect()
    }

    fn condition(&self, form: &Form) -> Value {
        match (&self.by, form.names) {
            (By::Word(key), names) => {
                json!({ "properties": { (*key): { "enum": names } }, "required": [key] })
            }
            (By::Key, [one]) => json!({ "required": [one] }),
            (By::Key, names) => {
                let any: Vec<Value> = names
                    .iter()
                    .map(|name| json!({ "required": [name] }))
                    .collect();
                json!({ "anyOf": any })
            }
        }
    }
}
