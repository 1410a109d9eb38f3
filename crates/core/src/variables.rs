use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::template::{Segment, Template, UnknownVariable};

/// What fills holes: addresses of services, and what has been captured.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<String, Value>);

impl Variables {
    /// These texts, by name.
    pub fn new(texts: &BTreeMap<String, String>) -> Self {
        let texts = texts.iter();
        Self(
            texts
                .map(|(name, text)| (name.clone(), text.as_str().into()))
                .collect(),
        )
    }

    /// Gives a name this value from here on.
    pub fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A value as the text that fills a hole: strings as they are, anything else as JSON.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(as_text)
    }

    /// The text with its holes filled.
    ///
    /// # Errors
    /// The first hole that nothing fills.
    pub fn render<'t>(&self, template: &'t Template) -> Result<Cow<'t, str>, UnknownVariable> {
        template.render(|name| self.text(name))
    }

    /// The text, with what fills its holes put through `encode`.
    ///
    /// # Errors
    /// The first hole that nothing fills.
    pub fn render_encoded(
        &self,
        template: &Template,
        encode: impl Fn(&str) -> String,
    ) -> Result<String, UnknownVariable> {
        let rendered = template.render(|name| self.text(name).map(|text| encode(&text)));
        rendered.map(Cow::into_owned)
    }

    /// A JSON text whose holes stand within its strings.
    ///
    /// # Errors
    /// The first hole that nothing fills.
    pub fn render_json(&self, template: &Template) -> Result<String, UnknownVariable> {
        self.render_encoded(template, |text| {
            let quoted = Value::from(text).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        })
    }

    /// A value with the holes in its texts filled. A text that is nothing but a hole becomes what
    /// fills it, number or not.
    ///
    /// # Errors
    /// The first hole that nothing fills.
    pub fn fill(&self, value: &Value) -> Result<Value, UnknownVariable> {
        Ok(match value {
            Value::String(text) if text.contains("{{") => self.fill_text(text)?,
            Value::Array(items) => {
                let items: Result<_, _> = items.iter().map(|item| self.fill(item)).collect();
                Value::Array(items?)
            }
            Value::Object(fields) => {
                let filled = fields.iter();
                let filled = filled.map(|(key, it)| Ok((key.clone(), self.fill(it)?)));
                Value::Object(filled.collect::<Result<_, _>>()?)
            }
            other => other.clone(),
        })
    }

    fn fill_text(&self, text: &str) -> Result<Value, UnknownVariable> {
        // The suite has been checked; what is no template is a text.
        let Ok(template) = Template::parse(text) else {
            return Ok(text.into());
        };
        let whole = text.trim();
        let mut names = template.variables();
        if let (Some(name), None) = (names.next(), names.next())
            && whole.starts_with("{{")
            && whole.ends_with("}}")
        {
            let value = self.get(name).cloned();
            return value.ok_or_else(|| UnknownVariable(name.to_owned()));
        }
        Ok(self.render(&template)?.into_owned().into())
    }

    /// A SQL statement with `$1`, `$2`, … for its holes, and what fills them: bound, not pasted.
    ///
    /// # Errors
    /// The first hole that nothing fills.
    pub fn bind(&self, statement: &Template) -> Result<(String, Vec<String>), UnknownVariable> {
        let mut text = String::new();
        let mut names: Vec<&str> = Vec::new();
        let mut values = Vec::new();
        for segment in statement.segments() {
            match segment {
                Segment::Text(part) => text.push_str(part),
                Segment::Hole(name) => {
                    let known = names.iter().position(|known| *known == name);
                    let place = known.unwrap_or(names.len());
                    if known.is_none() {
                        let value = self.text(name);
                        values.push(value.ok_or_else(|| UnknownVariable(name.to_owned()))?);
                        names.push(name);
                    }
                    text.push_str(&format!("${}", place + 1));
                }
            }
        }
        Ok((text, values))
    }
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hole_alone_keeps_its_type_and_one_within_a_text_becomes_text() {
        let mut variables = Variables::default();
        variables.set("id", json!(7));
        variables.set("name", json!("Surya"));
        let filled = variables.fill(&json!({
            "id": "{{ id }}", "path": "/users/{{ id }}", "who": ["{{name}}", "{{ id }}{{ name }}", 1],
        }));
        let expected = json!({ "id": 7, "path": "/users/7", "who": ["Surya", "7Surya", 1] });
        assert_eq!(filled, Ok(expected));
        let missing = variables.fill(&json!("{{ gone }}"));
        assert_eq!(missing, Err(UnknownVariable("gone".to_owned())));
    }

    #[test]
    fn what_fills_a_hole_in_json_cannot_end_its_string() {
        let mut variables = Variables::default();
        variables.set("name", json!("a\"b\nc"));
        let template = Template::parse(r#"{"name":"{{ name }}"}"#).expect("well formed");
        let text = variables.render_json(&template).expect("filled");
        let read: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read, json!({ "name": "a\"b\nc" }));
    }

    #[test]
    fn what_fills_a_hole_in_a_statement_is_bound_once() {
        let mut variables = Variables::default();
        variables.set("id", json!(7));
        variables.set("name", json!("x'; drop"));
        let template = "insert into t values ({{ id }}, {{ name }}, {{ id }})";
        let template = Template::parse(template).expect("well formed");
        let (text, values) = variables.bind(&template).expect("filled");
        assert_eq!(text, "insert into t values ($1, $2, $1)");
        assert_eq!(values, ["7", "x'; drop"]);
    }
}
