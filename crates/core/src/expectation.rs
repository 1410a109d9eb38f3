//! What an HTTP answer is expected to be: the one vocabulary of load checks, probes and cases.

use std::cell::OnceCell;
use std::fmt;

use memchr::memmem;
use regex::Regex;
use serde_json::Value;

use crate::json_path::{Glimpse, JsonPath};

/// One thing that is expected of an answer.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// The status code.
    Status(StatusMatch),
    /// A header's value, joined with `, ` when it is repeated.
    Header {
        /// The header's name, any case.
        name: String,
        /// What its value must meet.
        value: ValueMatch,
    },
    /// What a JSONPath (RFC 9535) selects in the body. One node is matched itself, none is
    /// "missing", several are matched as an array.
    Json {
        /// The path.
        path: JsonPath,
        /// What the selected value must meet.
        value: ValueMatch,
    },
    /// A text that the body contains.
    BodyContains(String),
}

/// Which status codes are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusMatch {
    /// Any of these codes.
    AnyOf(Vec<u16>),
    /// All codes of a hundred: 2 is `2xx`.
    Class(u16),
}

/// What a value must meet.
#[derive(Clone, Debug)]
pub enum ValueMatch {
    /// Equality; numbers by value, so `1` equals `1.0`.
    Equals(Value),
    /// The JSON type.
    Type(JsonType),
    /// At least this number.
    Min(f64),
    /// At most this number.
    Max(f64),
    /// A string that the expression finds a match in.
    Matches(Regex),
    /// Present or absent.
    Exists(bool),
    /// All of these.
    All(Vec<ValueMatch>),
}

/// The types of JSON, `integer` being a number without a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum JsonType {
    String,
    Number,
    Integer,
    Boolean,
    Array,
    Object,
    Null,
}

impl JsonType {
    /// Every type with the name a suite gives it.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("string", Self::String),
        ("number", Self::Number),
        ("integer", Self::Integer),
        ("boolean", Self::Boolean),
        ("array", Self::Array),
        ("object", Self::Object),
        ("null", Self::Null),
    ];

    /// The name that a suite gives the type.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, of)| *of == self)
            .map_or("", |(name, _)| name)
    }

    fn fits(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Self::Boolean => value.is_boolean(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
            Self::Null => value.is_null(),
        }
    }
}

/// An answer, as far as expectations look at it.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The status code.
    pub status: u16,
    /// Headers in the order received; names in lower case.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
}

/// An expectation that an answer did not meet. Both texts are short and may hold server data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, got {actual}")]
pub struct Unmet {
    /// What was expected.
    pub expected: String,
    /// What was there.
    pub actual: String,
}

impl Expectation {
    /// Holds the answer against the expectation. A body is parsed as JSON only when the
    /// expectation looks into it.
    ///
    /// # Errors
    /// What was expected and what was there.
    pub fn meet(&self, answer: &Answer<'_>) -> Result<(), Unmet> {
        let body = OnceCell::new();
        self.meet_with(answer, || {
            let parse = || serde_json::from_slice::<Value>(answer.body).ok();
            body.get_or_init(parse).as_ref()
        })
    }

    /// As [`Expectation::meet`], for whoever holds one answer against several expectations:
    /// `json` is asked for the parsed body where the expectation looks into it, and has none where
    /// the body is not JSON.
    ///
    /// # Errors
    /// What was expected and what was there.
    pub fn meet_with<'j>(
        &self,
        answer: &Answer<'_>,
        json: impl FnOnce() -> Option<&'j Value>,
    ) -> Result<(), Unmet> {
        let unmet = |actual: String| {
            Err(Unmet {
                expected: self.to_string(),
                actual,
            })
        };
        match self {
            Self::Status(status) if status.fits(answer.status) => Ok(()),
            Self::Status(_) => unmet(format!("status {}", answer.status)),
            Self::Header { name, value } => {
                let found: Vec<&str> = answer
                    .headers
                    .iter()
                    .filter(|(header, _)| header.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value.as_str())
                    .collect();
                let found = (!found.is_empty()).then(|| Value::String(found.join(", ")));
                if value.fits(found.as_ref()) {
                    Ok(())
                } else {
                    unmet(show(found.as_ref()))
                }
            }
            Self::Json { path, value } => {
                // Most checks hold. Only of those that do not is all that is there looked at.
                let holds = match path.glimpse(answer.body) {
                    Glimpse::Value(found) => value.fits(Some(&found)),
                    Glimpse::Nothing => value.fits(None),
                    Glimpse::Unclear => false,
                };
                if holds {
                    return Ok(());
                }
                let Some(body) = json() else {
                    return unmet(format!("a body that is not JSON: {}", excerpt(answer.body)));
                };
                let nodes = path.query(body).all();
                let found = match nodes.as_slice() {
                    [] => None,
                    [one] => Some((*one).clone()),
                    many => Some(Value::Array(
                        many.iter().map(|node| (*node).clone()).collect(),
                    )),
                };
                if value.fits(found.as_ref()) {
                    Ok(())
                } else {
                    unmet(show(found.as_ref()))
                }
            }
            Self::BodyContains(text) => {
                if memmem::find(answer.body, text.as_bytes()).is_some() {
                    Ok(())
                } else {
                    unmet(excerpt(answer.body))
                }
            }
        }
    }
}

impl StatusMatch {
    /// Whether the code is one that is meant.
    pub fn fits(&self, status: u16) -> bool {
        match self {
            Self::AnyOf(codes) => codes.contains(&status),
            Self::Class(hundred) => status / 100 == *hundred,
        }
    }
}

impl ValueMatch {
    /// Whether a text meets it: as the string that it is, or as the number, `true`, `false` or
    /// `null` that it spells. Where there is no text, only absence is met.
    pub fn fits_text(&self, text: Option<&str>) -> bool {
        if let Self::All(all) = self {
            return all.iter().all(|one| one.fits_text(text));
        }
        let Some(text) = text else {
            return self.fits(None);
        };
        let spelt = || serde_json::from_str::<Value>(text).ok();
        self.fits(Some(&Value::String(text.to_owned())))
            || spelt().is_some_and(|value| !value.is_string() && self.fits(Some(&value)))
    }

    /// Whether a JSON value meets it; `None` is nothing at all.
    pub fn fits(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Exists(wanted), found) => *wanted == found.is_some(),
            (Self::All(all), found) => all.iter().all(|one| one.fits(found)),
            (_, None) => false,
            (Self::Equals(wanted), Some(found)) => equal(wanted, found),
            (Self::Type(wanted), Some(found)) => wanted.fits(found),
            (Self::Min(least), Some(found)) => number(found).is_some_and(|number| number >= *least),
            (Self::Max(most), Some(found)) => number(found).is_some_and(|number| number <= *most),
            (Self::Matches(regex), Some(found)) => {
                found.as_str().is_some_and(|text| regex.is_match(text))
            }
        }
    }
}

/// A number, also one written in a string: header values are always strings.
fn number(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

fn equal(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        _ => wanted == found,
    }
}

fn show(value: Option<&Value>) -> String {
    value.map_or_else(
        || "nothing there".to_owned(),
        |value| excerpt(value.to_string().as_bytes()),
    )
}

/// The first 120 characters of a body, on one line, for messages.
pub fn excerpt(bytes: &[u8]) -> String {
    const LONGEST: usize = 120;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST * 4)]);
    let mut shown: String = text
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if shown.len() < bytes.len() {
        shown.push('…');
    }
    if shown.is_empty() {
        "an empty body".to_owned()
    } else {
        shown
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {status}"),
            Self::Header { name, value } => write!(f, "header {name} {value}"),
            Self::Json { path, value } => write!(f, "{path} {value}"),
            Self::BodyContains(text) => write!(f, "a body that contains `{text}`"),
        }
    }
}

impl fmt::Display for StatusMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnyOf(codes) => {
                let codes: Vec<String> = codes.iter().map(u16::to_string).collect();
                f.write_str(&codes.join(" or "))
            }
            Self::Class(hundred) => write!(f, "{hundred}xx"),
        }
    }
}

impl fmt::Display for ValueMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equals(value) => write!(f, "= {value}"),
            Self::Type(of) => write!(f, "of type {}", of.name()),
            Self::Min(least) => write!(f, ">= {least}"),
            Self::Max(most) => write!(f, "<= {most}"),
            Self::Matches(regex) => write!(f, "matching /{regex}/"),
            Self::Exists(true) => f.write_str("present"),
            Self::Exists(false) => f.write_str("absent"),
            Self::All(all) => {
                let all: Vec<String> = all.iter().map(Self::to_string).collect();
                f.write_str(&all.join(" and "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BODY: &[u8] = br#"{"id":7,"price":9.5,"tags":["a","b"],"email":"x@y.z","gone":null}"#;

    fn json_meets(path: &str, value: ValueMatch) -> Result<(), Unmet> {
        let headers = [("content-type".to_owned(), "application/json".to_owned())];
        let answer = Answer {
            status: 200,
            headers: &headers,
            body: BODY,
        };
        Expectation::Json {
            path: JsonPath::parse(path).expect(path),
            value,
        }
        .meet(&answer)
    }

    #[test]
    fn json_values_are_matched_where_the_path_points() {
        assert_eq!(json_meets("$.id", ValueMatch::Equals(json!(7.0))), Ok(()));
        assert_eq!(
            json_meets("$.price", ValueMatch::Type(JsonType::Number)),
            Ok(())
        );
        assert_eq!(
            json_meets("$.tags", ValueMatch::Equals(json!(["a", "b"]))),
            Ok(())
        );
        assert_eq!(json_meets("$.gone", ValueMatch::Exists(true)), Ok(()));
        assert_eq!(json_meets("$.userEmail", ValueMatch::Exists(false)), Ok(()));
        let range = ValueMatch::All(vec![ValueMatch::Min(9.0), ValueMatch::Max(10.0)]);
        assert_eq!(json_meets("$.price", range), Ok(()));
    }

    #[test]
    fn an_unmet_expectation_says_what_was_expected_and_what_was_there() {
        let unmet = json_meets("$.id", ValueMatch::Equals(json!(8))).expect_err("7 is not 8");
        assert_eq!(unmet.to_string(), "expected $.id = 8, got 7");
        let unmet = json_meets("$.nope", ValueMatch::Type(JsonType::String)).expect_err("absent");
        assert_eq!(unmet.actual, "nothing there");
        let unmet = json_meets("$.id", ValueMatch::Type(JsonType::String)).expect_err("a number");
        assert_eq!(unmet.to_string(), "expected $.id of type string, got 7");
    }

    #[test]
    fn a_text_is_matched_as_it_is_and_as_what_it_spells() {
        let meets = |text, value: ValueMatch| value.fits_text(text);
        assert!(meets(Some("7"), ValueMatch::Equals(json!(7))));
        assert!(meets(Some("7"), ValueMatch::Equals(json!("7"))));
        assert!(meets(Some("true"), ValueMatch::Equals(json!(true))));
        assert!(!meets(Some("seven"), ValueMatch::Equals(json!(7))));
        assert!(!meets(Some("\"7\""), ValueMatch::Equals(json!("7"))));
        let both = vec![
            ValueMatch::Type(JsonType::Integer),
            ValueMatch::Matches(Regex::new("^7").expect("a regex")),
        ];
        assert!(meets(Some("70"), ValueMatch::All(both)));
        assert!(meets(None, ValueMatch::Exists(false)));
        assert!(!meets(None, ValueMatch::Equals(json!(null))));
    }

    #[test]
    fn status_header_and_text_are_matched() {
        let headers = [("x-cache".to_owned(), "HIT".to_owned())];
        let answer = Answer {
            status: 503,
            headers: &headers,
            body: b"busy",
        };
        let meets = |expectation: Expectation| expectation.meet(&answer).is_ok();
        assert!(meets(Expectation::Status(StatusMatch::Class(5))));
        assert!(!meets(Expectation::Status(StatusMatch::AnyOf(vec![
            200, 201
        ]))));
        assert!(meets(Expectation::Header {
            name: "X-Cache".into(),
            value: ValueMatch::Equals(json!("HIT"))
        }));
        assert!(!meets(Expectation::Header {
            name: "age".into(),
            value: ValueMatch::Exists(true)
        }));
        assert!(meets(Expectation::BodyContains("bus".into())));
        assert!(!meets(Expectation::BodyContains("free".into())));
        let not_json = Expectation::Json {
            path: JsonPath::parse("$.a").expect("path"),
            value: ValueMatch::Exists(true),
        };
        let unmet = not_json.meet(&answer).expect_err("text");
        assert_eq!(unmet.actual, "a body that is not JSON: busy");
    }
}
