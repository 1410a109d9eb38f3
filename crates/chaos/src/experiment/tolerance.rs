use regex::Regex;
use rtest_core::JsonPath;
use serde_json::Value;

use super::substitute::Variables;

/// What a probe of the steady state may give.
#[derive(Clone, Debug)]
pub(super) enum Tolerance {
    /// This; of a call or a command, this status.
    Equals(Value),
    /// One of these; of two numbers, anything between them.
    OneOf(Vec<Value>),
    /// A text in which the expression finds a match.
    Regex {
        pattern: Regex,
        target: Option<String>,
    },
    /// What a path selects.
    JsonPath {
        path: JsonPath,
        target: Option<String>,
        count: Option<usize>,
        expect: Option<Value>,
    },
    /// A number between two.
    Range {
        from: f64,
        to: f64,
        target: Option<String>,
    },
}

impl Tolerance {
    /// Reads it.
    ///
    /// # Errors
    /// Why it is none, in words.
    pub(super) fn read(value: &Value, variables: &Variables) -> Result<Self, String> {
        let fields = match value {
            Value::Bool(_) | Value::String(_) | Value::Number(_) => {
                return Ok(Self::Equals(variables.fill(value)));
            }
            Value::Array(items) => return Ok(Self::OneOf(items.clone())),
            Value::Null => return Err("a tolerance cannot be null".to_owned()),
            Value::Object(fields) => fields,
        };
        let text = |name: &str| fields.get(name).and_then(Value::as_str);
        let target = text("target").map(str::to_owned);
        let needed = |name: &str| {
            let filled = text(name).map(|text| variables.fill_text(text.trim()));
            filled.ok_or_else(|| format!("the tolerance needs `{name}`"))
        };
        match text("type") {
            Some("regex") => Ok(Self::Regex {
                pattern: Regex::new(&needed("pattern")?)
                    .map_err(|error| format!("the tolerance's `pattern`: {error}"))?,
                target,
            }),
            Some("jsonpath") => Ok(Self::JsonPath {
                path: JsonPath::parse(&needed("path")?)
                    .map_err(|error| format!("the tolerance's `path`: {error}"))?,
                target,
                count: fields
                    .get("count")
                    .and_then(Value::as_u64)
                    .and_then(|count| usize::try_from(count).ok()),
                expect: fields.get("expect").cloned(),
            }),
            Some("range") => {
                let bounds = fields.get("range").and_then(Value::as_array);
                let bounds: Option<Vec<f64>> = bounds
                    .filter(|bounds| bounds.len() == 2)
                    .and_then(|bounds| bounds.iter().map(Value::as_f64).collect());
                let bounds = bounds.ok_or("the tolerance's `range` is two numbers")?;
                Ok(Self::Range {
                    from: bounds[0],
                    to: bounds[1],
                    target,
                })
            }
            Some("probe") => Err(
                "a tolerance that is itself a probe is not supported; use regex, jsonpath or range"
                    .to_owned(),
            ),
            other => Err(format!(
                "there is no tolerance `{}`; there are regex, jsonpath and range",
                other.unwrap_or_default()
            )),
        }
    }

    /// Whether what a probe gave is within it.
    pub(super) fn admits(&self, output: &Value) -> bool {
        let status = output.get("status");
        match self {
            Self::Equals(wanted) => {
                let value = status.filter(|_| wanted.is_number()).unwrap_or(output);
                same(value, wanted)
            }
            Self::OneOf(wanted) => {
                if let Some(status) = status {
                    return wanted.iter().any(|one| same(status, one));
                }
                match (wanted.as_slice(), output.as_f64()) {
                    ([from, to], Some(value)) => {
                        let bound = |bound: &Value| bound.as_f64().unwrap_or(f64::NAN);
                        bound(from) <= value && value <= bound(to)
                    }
                    _ => wanted.iter().any(|one| same(output, one)),
                }
            }
            Self::Regex { pattern, target } => {
                let value = targeted(output, target.as_deref());
                match value.as_str() {
                    Some(text) => pattern.is_match(text),
                    None => pattern.is_match(&value.to_string()),
                }
            }
            Self::JsonPath {
                path,
                target,
                count,
                expect,
            } => {
                let value = targeted(output, target.as_deref());
                // A body that is JSON without saying so.
                let parsed = value
                    .as_str()
                    .and_then(|text| serde_json::from_str(text).ok());
                let value: &Value = parsed.as_ref().unwrap_or(value);
                let found: Vec<&Value> = path.query(value).all();
                match (expect, count) {
                    (Some(Value::Array(wanted)), _) => {
                        found.len() == wanted.len()
                            && found
                                .iter()
                                .zip(wanted)
                                .all(|(one, wanted)| same(one, wanted))
                    }
                    (Some(wanted), _) => matches!(found.as_slice(), [one] if same(one, wanted)),
                    (None, Some(count)) => found.len() == *count,
                    (None, None) => !found.is_empty(),
                }
            }
            Self::Range { from, to, target } => {
                let value = targeted(output, target.as_deref());
                let number = match value.as_str() {
                    Some(text) => text.trim().parse().ok(),
                    None => value.as_f64(),
                };
                number.is_some_and(|number: f64| *from <= number && number <= *to)
            }
        }
    }
}

/// The part of an answer that is looked at; all of it where there is no such part.
fn targeted<'a>(output: &'a Value, target: Option<&str>) -> &'a Value {
    target
        .and_then(|target| output.get(target))
        .unwrap_or(output)
}

/// Equal, numbers by value.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}
