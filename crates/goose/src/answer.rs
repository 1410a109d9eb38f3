use std::borrow::Cow;
use std::cell::OnceCell;

use regex::Regex;
use reqwest::header::HeaderMap;
use rtest_core::JsonPath;
use rtest_core::expectation::{self, Expectation, Unmet};
use rtest_core::plan::Extractor;
use serde_json::Value;

/// A whole answer, as far as something looks at it.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// The body as JSON, made when it is first asked for.
    json: OnceCell<Option<Value>>,
}

impl Answer {
    /// Header values that are not UTF-8 are taken as if they were.
    pub(crate) fn new(status: u16, headers: &HeaderMap, body: Vec<u8>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = headers.iter();
        Self {
            status,
            headers: headers
                .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
                .collect(),
            body,
            json: OnceCell::new(),
        }
    }

    /// Holds the answer against an expectation.
    ///
    /// # Errors
    /// What was expected and what was there.
    pub(crate) fn meet(&self, expectation: &Expectation) -> Result<(), Unmet> {
        let answer = expectation::Answer {
            status: self.status,
            headers: &self.headers,
            body: &self.body,
        };
        expectation.meet_with(&answer, || self.json())
    }

    /// The value that an extractor finds, if any.
    pub(crate) fn find(&self, from: &Extractor) -> Option<String> {
        match from {
            Extractor::Json(path) => self.first(path),
            Extractor::Header { name, regex } => {
                let mut headers = self.headers.iter();
                let (_, value) = headers.find(|(header, _)| header.eq_ignore_ascii_case(name))?;
                match regex {
                    Some(regex) => first_match(regex, value),
                    None => Some(value.clone()),
                }
            }
            Extractor::Regex(regex) => first_match(regex, &self.text()),
            // Refused by the suite.
            Extractor::Css { .. } => None,
        }
    }

    /// A string as it is, anything else as JSON.
    fn first(&self, path: &JsonPath) -> Option<String> {
        Some(match path.query(self.json()?).first()? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }

    fn json(&self) -> Option<&Value> {
        let parse = || serde_json::from_slice(&self.body).ok();
        self.json.get_or_init(parse).as_ref()
    }

    fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

/// What the first group matches, or else all of the match.
fn first_match(regex: &Regex, text: &str) -> Option<String> {
    let found = regex.captures(text)?;
    let group = usize::from(regex.captures_len() > 1);
    Some(found.get(group)?.as_str().to_owned())
}

/// Where an extractor looks, for messages.
pub(crate) fn describe(from: &Extractor) -> String {
    match from {
        Extractor::Json(path) => format!("`{path}` in the body"),
        Extractor::Header { name, regex: None } => format!("header `{name}`"),
        Extractor::Header {
            name,
            regex: Some(regex),
        } => format!("match of /{regex}/ in the header `{name}`"),
        Extractor::Regex(regex) => format!("match of /{regex}/ in the body"),
        Extractor::Css { selector, .. } => format!("`{selector}` in the body"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_where_a_capture_looks_for_them() {
        let mut headers = HeaderMap::new();
        headers.insert("location", "/orders/17".parse().expect("a value"));
        let answer = Answer::new(200, &headers, br#"{"id": 7, "name": "Ada"}"#.to_vec());
        let json = |path: &str| Extractor::Json(JsonPath::parse(path).expect("a path"));
        let regex = |text: &str| Regex::new(text).expect("an expression");
        let header = |regex: Option<Regex>| Extractor::Header {
            name: "Location".to_owned(),
            regex,
        };
        for (from, found) in [
            (json("$.id"), Some("7")),
            (json("$.name"), Some("Ada")),
            (json("$.none"), None),
            (header(None), Some("/orders/17")),
            (header(Some(regex(r"/(\d+)$"))), Some("17")),
            (Extractor::Regex(regex("A.a")), Some("Ada")),
            (Extractor::Regex(regex("Bob")), None),
        ] {
            assert_eq!(answer.find(&from).as_deref(), found, "{from:?}");
        }
    }
}
