use std::collections::BTreeMap;

use serde_json::Value;

/// What `${name}` stands for: configuration, then secrets.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables(pub(super) BTreeMap<String, Value>);

impl Variables {
    /// The value with every text in it filled, at any depth. What nothing fills is left as it is.
    pub(super) fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill_text(text)),
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| (name.clone(), self.fill(value)))
                .collect(),
            other => other.clone(),
        }
    }

    /// As Python's `string.Template`: `$name` and `${name}`, and `$$` for a dollar sign.
    pub(super) fn fill_text(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            filled.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            if let Some(after) = after.strip_prefix('$') {
                filled.push('$');
                rest = after;
                continue;
            }
            let (name, end) = match after.strip_prefix('{') {
                Some(braced) => match braced.split_once('}') {
                    Some((name, _)) => (name, name.len() + 2),
                    None => ("", 0),
                },
                None => {
                    let is_part = |c: char| c == '_' || c.is_ascii_alphanumeric();
                    let end = after.find(|c| !is_part(c)).unwrap_or(after.len());
                    (&after[..end], end)
                }
            };
            match self.0.get(name) {
                Some(value) => {
                    filled.push_str(&plain(value));
                    rest = &after[end..];
                }
                None => {
                    filled.push('$');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        filled
    }
}

/// A value as it stands in a text.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
