use std::borrow::Cow;
use std::collections::BTreeMap;

use rtest_core::{Template, UnknownVariable};
use serde_json::Value;

/// What fills holes: addresses of services, and what steps have captured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables(BTreeMap<String, Value>);

impl Variables {
    pub(crate) fn new(texts: &BTreeMap<String, String>) -> Self {
        let texts = texts.iter();
        Self(
            texts
                .map(|(name, text)| (name.clone(), text.as_str().into()))
                .collect(),
        )
    }

    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A value as the text that fills a hole: strings as they are, anything else as JSON.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(as_text)
    }

    pub(crate) fn render<'t>(
        &self,
        template: &'t Template,
    ) -> Result<Cow<'t, str>, UnknownVariable> {
        template.render(|name| self.text(name))
    }

    /// The text, with what fills its holes put through `encode`.
    pub(crate) fn render_encoded(
        &self,
        template: &Template,
        encode: impl Fn(&str) -> String,
    ) -> Result<String, UnknownVariable> {
        let rendered = template.render(|name| self.text(name).map(|text| encode(&text)));
        rendered.map(Cow::into_owned)
    }

    /// A JSON text whose holes stand within its strings.
    pub(crate) fn render_json(&self, template: &Template) -> Result<String, UnknownVariable> {
        self.render_encoded(template, |text| {
            let quoted = Value::from(text).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        })
    }
}

pub(crate) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
