//! What is expected, with its holes filled.

use rtest_core::expectation::{Expectation, ValueMatch};
use rtest_core::plan::SqlExpectation;
use rtest_core::{Template, UnknownVariable};
use serde_json::Value;

use crate::variables::Variables;

impl Variables {
    /// A value. A text that is nothing but a hole becomes what was captured, number or not.
    pub(crate) fn fill(&self, value: &Value) -> Result<Value, UnknownVariable> {
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

    pub(crate) fn fill_match(&self, value: &ValueMatch) -> Result<ValueMatch, UnknownVariable> {
        Ok(match value {
            ValueMatch::Equals(value) => ValueMatch::Equals(self.fill(value)?),
            ValueMatch::All(all) => {
                let all: Result<_, _> = all.iter().map(|one| self.fill_match(one)).collect();
                ValueMatch::All(all?)
            }
            other => other.clone(),
        })
    }

    pub(crate) fn fill_expectation(
        &self,
        expectation: &Expectation,
    ) -> Result<Expectation, UnknownVariable> {
        Ok(match expectation {
            Expectation::Header { name, value } => Expectation::Header {
                name: name.clone(),
                value: self.fill_match(value)?,
            },
            Expectation::Json { path, value } => Expectation::Json {
                path: path.clone(),
                value: self.fill_match(value)?,
            },
            other => other.clone(),
        })
    }

    pub(crate) fn fill_rows(
        &self,
        expected: &SqlExpectation,
    ) -> Result<SqlExpectation, UnknownVariable> {
        Ok(match expected {
            SqlExpectation::Value(value) => SqlExpectation::Value(self.fill_match(value)?),
            SqlExpectation::Rows(rows) => {
                let rows = rows.iter().map(|row| {
                    let values = row.iter().map(|value| self.fill(value));
                    values.collect::<Result<Vec<_>, _>>()
                });
                SqlExpectation::Rows(rows.collect::<Result<_, _>>()?)
            }
        })
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
}
