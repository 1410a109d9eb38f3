//! Single values: text, durations, rates, numbers, switches, any JSON.

use std::time::Duration;

use rtest_core::unit::{
    Rate, UnitError, format_duration, parse_duration, parse_percentage, parse_rate,
    parse_rate_from_zero,
};
use rtest_core::{Code, Diagnostic, Template};
use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::node::{Kind, Node};
use crate::shape::{Shape, suggestion, wrong_type};

/// A `${NAME}` may stand where a number or a unit is meant.
pub(crate) const VARIABLE: &str = r"\$\{";

/// Text. A number or a boolean is taken as it is spelled: `1.10` is the text `1.10`.
impl Shape for String {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let text = node.scalar_text().map(str::to_owned);
        if text.is_none() {
            wrong_type(node, "text", None, found);
        }
        text
    }

    fn schema() -> Value {
        json!({ "type": ["string", "number", "boolean"] })
    }
}

/// Text with `{{ name }}` holes.
impl Shape for Template {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let text = String::read(node, found)?;
        let template = Self::parse(&text);
        template
            .map_err(|error| {
                found.add(Diagnostic::new(Code::UnknownVariable, error.to_string()).at(&node.span));
            })
            .ok()
    }

    fn schema() -> Value {
        String::schema()
    }
}

/// A duration, which may be zero.
impl Shape for Duration {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        read_unit(node, "a duration such as `20s`", parse_duration, found)
    }

    fn schema() -> Value {
        let pattern = r"^\s*([0-9.]+\s*(us|µs|ms|s|sec|m|min|h|d)\s*)+$";
        json!({ "type": "string", "pattern": format!("{pattern}|{VARIABLE}"), "examples": ["250ms", "20s", "1m30s"] })
    }
}

/// A duration above zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Positive(pub(crate) Duration);

impl Shape for Positive {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let duration = Duration::read(node, found)?;
        if duration.is_zero() {
            found.add(
                Diagnostic::new(Code::OutOfRange, "a duration above zero is meant here")
                    .at(&node.span),
            );
            return None;
        }
        Some(Self(duration))
    }

    fn schema() -> Value {
        Duration::schema()
    }
}

/// A share of a load's answers, above 0 and at most 1; written in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ShareOfAnswers(pub(crate) f64);

impl Shape for ShareOfAnswers {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let parse = |text: &str| parse_percentage(text, "answers");
        let percent = read_unit(node, "a share such as `10%`", parse, found)?;
        Some(Self(percent / 100.0))
    }

    fn schema() -> Value {
        let pattern = r"^\s*[0-9.]+\s*%\s*$";
        json!({ "type": "string", "pattern": format!("{pattern}|{VARIABLE}"), "examples": ["10%", "100%"] })
    }
}

/// The highest rate that a suite may ask for; far beyond what one machine can send.
const MAX_PER_SECOND: f64 = 1_000_000.0;

/// The lowest: one arrival in a day.
const MIN_PER_SECOND: f64 = 1.0 / 86_400.0;

impl Shape for Rate {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let rate = read_unit(node, "a rate such as `200/s`", parse_rate, found)?;
        if !(MIN_PER_SECOND..=MAX_PER_SECOND).contains(&rate.per_second()) {
            found.add(
                Diagnostic::new(
                    Code::OutOfRange,
                    "a rate is at least one arrival a day and at most `1000000/s`",
                )
                .at(&node.span),
            );
            return None;
        }
        Some(rate)
    }

    fn schema() -> Value {
        let pattern = r"^\s*[0-9.]+(e[0-9]+)?\s*/\s*[0-9.]*\s*[a-zµ]+\s*$";
        json!({ "type": "string", "pattern": format!("{pattern}|{VARIABLE}"), "examples": ["200/s", "30/m"] })
    }
}

/// A rate where a ramp begins or ends: it may be zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RateFromZero(pub(crate) Rate);

impl Shape for RateFromZero {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let expected = "a rate such as `200/s`";
        let rate = read_unit(node, expected, parse_rate_from_zero, found)?;
        if rate.count > 0.0 {
            return Rate::read(node, found).map(Self);
        }
        Some(Self(rate))
    }

    fn schema() -> Value {
        Rate::schema()
    }
}

fn read_unit<T>(
    node: &Node,
    expected: &str,
    parse: impl Fn(&str) -> Result<T, UnitError>,
    found: &mut Diagnostics,
) -> Option<T> {
    let Some(text) = node.scalar_text() else {
        wrong_type(node, expected, None, found);
        return None;
    };
    parse(text)
        .map_err(|error| {
            found.add(
                Diagnostic::new(Code::BadUnit, error.message)
                    .at(&node.span)
                    .hint(error.hint),
            );
        })
        .ok()
}

/// A whole number in a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Whole<const MIN: u64, const MAX: u64>(pub(crate) u64);

impl<const MIN: u64, const MAX: u64> Shape for Whole<MIN, MAX> {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let number = match &node.kind {
            Kind::Number(number, _) => number.as_u64(),
            Kind::Resolved(text) => text.trim().parse().ok(),
            Kind::Text(text) => {
                let hint = text
                    .replace('_', "")
                    .parse::<u64>()
                    .ok()
                    .map(|number| format!("did you mean `{number}`?"));
                wrong_type(node, "a whole number", hint.as_deref(), found);
                return None;
            }
            _ => {
                wrong_type(node, "a whole number", None, found);
                return None;
            }
        };
        let in_range = number.filter(|number| (MIN..=MAX).contains(number));
        if in_range.is_none() {
            let range = if MAX == u64::MAX {
                format!("a whole number from {MIN} is meant here")
            } else {
                format!("a whole number from {MIN} to {MAX} is meant here")
            };
            found.add(Diagnostic::new(Code::OutOfRange, range).at(&node.span));
        }
        in_range.map(Self)
    }

    fn schema() -> Value {
        json!({ "anyOf": [
            { "type": "integer", "minimum": MIN, "maximum": MAX },
            { "type": "string", "pattern": VARIABLE },
        ] })
    }
}

impl<const MIN: u64, const MAX: u64> Whole<MIN, MAX> {
    /// The number, where `MAX` is a number of 32 bits.
    pub(crate) fn small(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }
}

/// Any number.
impl Shape for f64 {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let number = match &node.kind {
            Kind::Number(number, _) => number.as_f64(),
            Kind::Resolved(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            _ => None,
        };
        if number.is_none() {
            wrong_type(node, "a number", None, found);
        }
        number
    }

    fn schema() -> Value {
        json!({ "anyOf": [{ "type": "number" }, { "type": "string", "pattern": VARIABLE }] })
    }
}

/// A number above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PositiveNumber(pub(crate) f64);

impl PositiveNumber {
    /// What is multiplied with it or by it stays far from the ends of what can be counted.
    const RANGE: std::ops::RangeInclusive<f64> = 1e-6..=1e6;
}

impl Shape for PositiveNumber {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let number = f64::read(node, found)?;
        if !Self::RANGE.contains(&number) {
            found.add(
                Diagnostic::new(
                    Code::OutOfRange,
                    "a number from 0.000001 to 1000000 is meant here",
                )
                .at(&node.span),
            );
            return None;
        }
        Some(Self(number))
    }

    fn schema() -> Value {
        json!({ "anyOf": [
            { "type": "number", "minimum": Self::RANGE.start(), "maximum": Self::RANGE.end() },
            { "type": "string", "pattern": VARIABLE },
        ] })
    }
}

/// `true` or `false`.
impl Shape for bool {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let value = match &node.kind {
            Kind::Bool(value, _) => Some(*value),
            Kind::Resolved(text) => text.trim().parse().ok(),
            _ => None,
        };
        if value.is_none() {
            wrong_type(node, "true or false", None, found);
        }
        value
    }

    fn schema() -> Value {
        json!({ "anyOf": [{ "type": "boolean" }, { "type": "string", "pattern": VARIABLE }] })
    }
}

/// A key that says what something is by being there: `down: true`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct True;

impl Shape for True {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        if bool::read(node, found)? {
            return Some(Self);
        }
        found.add(
            Diagnostic::new(Code::OutOfRange, "only `true` has a meaning here")
                .at(&node.span)
                .hint("leave the key out where it does not apply"),
        );
        None
    }

    fn schema() -> Value {
        json!({ "const": true })
    }
}

/// Any value, kept as it is spelled.
#[derive(Clone, Debug)]
pub(crate) struct Json(pub(crate) Node);

impl Shape for Json {
    fn read(node: &Node, _: &mut Diagnostics) -> Option<Self> {
        // Something within it may be faulty; that has been reported, and no plan is made of it.
        Some(Self(node.clone()))
    }

    fn schema() -> Value {
        json!({})
    }
}

/// Something that a suite names by one of a few words.
pub(crate) trait Word: Copy {
    /// What the words name, for messages: `executor`.
    const WHAT: &'static str;

    /// The code of an unknown word.
    const UNKNOWN: Code = Code::OutOfRange;

    /// Every word with what it means.
    fn words() -> Vec<(&'static str, Self)>;
}

/// One of a few words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Choice<W>(pub(crate) W);

impl<W: Word> Shape for Choice<W> {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let text = String::read(node, found)?;
        let words = W::words();
        let word = words.iter().find(|(word, _)| *word == text);
        if word.is_none() {
            let diagnostic =
                Diagnostic::new(W::UNKNOWN, format!("there is no {} `{text}`", W::WHAT))
                    .at(&node.span);
            let names = words.iter().map(|(word, _)| *word);
            found.add(match suggestion(&text, names, "there are") {
                Some(hint) => diagnostic.hint(hint),
                None => diagnostic,
            });
        }
        word.map(|(_, meaning)| Self(*meaning))
    }

    fn schema() -> Value {
        let mut names: Vec<Value> = Vec::new();
        for (word, _) in W::words() {
            names.push(word.into());
            // `1.1` needs no quotes, and is a number to whoever reads YAML without the suite.
            names.extend(serde_json::from_str::<serde_json::Number>(word).map(Value::Number));
        }
        json!({ "enum": names })
    }
}

/// A duration in its shortest form, in backquotes, for messages.
pub(crate) fn shown(duration: Duration) -> String {
    format!("`{}`", format_duration(duration))
}
