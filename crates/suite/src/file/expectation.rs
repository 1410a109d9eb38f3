use rtest_core::expectation::{JsonType, StatusMatch};
use rtest_core::{Code, Diagnostic};
use serde_json::{Value, json};

use crate::collection::{Named, OneOrMany};
use crate::diagnostics::Diagnostics;
use crate::node::{Kind, Node};
use crate::record::record;
use crate::scalar::{Choice, Json, Word};
use crate::shape::{Shape, wrong_type};

record! {
    /// What an answer is expected to be.
    Check, "a check" {
        /// The status: `200`, `[200, 201]` or `2xx`.
        status "status": optional Status,
        /// Headers by name, each with a value or a matcher.
        headers "headers": optional Named<Matcher, 1>,
        /// What JSONPaths (RFC 9535) select in the body, each with a value or a matcher.
        json "json": optional Named<Matcher, 1>,
        /// Text that the body contains.
        body_contains "body_contains": optional OneOrMany<String>,
    }
}

/// Which status codes are meant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Status(pub(crate) StatusMatch);

impl Shape for Status {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        if let Kind::Sequence(items) = &node.kind {
            let codes: Option<Vec<u16>> =
                items.iter().map(|item| status_code(item, found)).collect();
            let codes = codes?;
            if codes.is_empty() {
                bad_status(node, found);
                return None;
            }
            return Some(Self(StatusMatch::AnyOf(codes)));
        }
        let class = node
            .scalar_text()
            .and_then(|text| text.to_ascii_lowercase().strip_suffix("xx")?.parse().ok())
            .filter(|class| (1..=5).contains(class));
        match class {
            Some(class) => Some(Self(StatusMatch::Class(class))),
            None => Some(Self(StatusMatch::AnyOf(vec![status_code(node, found)?]))),
        }
    }

    fn schema() -> Value {
        let code = json!({ "type": "integer", "minimum": 100, "maximum": 599 });
        json!({ "anyOf": [
            code,
            { "type": "array", "items": code, "minItems": 1 },
            { "type": "string", "pattern": r"^[1-5][xX][xX]$|^[1-5][0-9][0-9]$|\$\{" },
        ] })
    }
}

fn status_code(node: &Node, found: &mut Diagnostics) -> Option<u16> {
    let Some(text) = node.scalar_text() else {
        wrong_type(
            node,
            "a status such as `200`, `[200, 201]` or `2xx`",
            None,
            found,
        );
        return None;
    };
    let code = text.parse().ok().filter(|code| (100..=599).contains(code));
    if code.is_none() {
        bad_status(node, found);
    }
    code
}

fn bad_status(node: &Node, found: &mut Diagnostics) {
    found.add(
        Diagnostic::new(Code::BadExpectation, "this is not a status")
            .at(&node.span)
            .hint("write `200`, `[200, 201]` or `2xx`"),
    );
}

/// What a value must meet: equal the given one, or meet a matcher.
#[derive(Clone, Debug)]
pub(crate) enum Matcher {
    /// Equality.
    Equals(Node),
    /// All that the matcher asks.
    Meets(Box<MatcherRecord>),
}

record! {
    /// What a value must meet; all of it, where it asks for more than one thing. To compare with a whole object, check its fields.
    MatcherRecord, "a matcher" {
        /// Its JSON type.
        of_type "type": optional Choice<JsonType>,
        /// The least number.
        min "min": optional f64,
        /// The greatest number.
        max "max": optional f64,
        /// A regular expression that finds a match in it.
        matches "matches": optional String,
        /// Whether it is there at all.
        exists "exists": optional bool,
    }
}

impl Shape for Matcher {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        match &node.kind {
            Kind::Faulty => None,
            Kind::Mapping(entries) => {
                if entries.is_empty() {
                    found.add(
                        Diagnostic::new(Code::BadExpectation, "the matcher asks for nothing")
                            .at(&node.span),
                    );
                }
                MatcherRecord::read(node, found).map(|matcher| Self::Meets(Box::new(matcher)))
            }
            _ => Json::read(node, found).map(|value| Self::Equals(value.0)),
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [
            { "type": ["string", "number", "boolean", "null", "array"] },
            MatcherRecord::schema(),
        ] })
    }
}

impl Word for JsonType {
    const WHAT: &'static str = "JSON type";
    const UNKNOWN: Code = Code::BadExpectation;

    fn words() -> Vec<(&'static str, Self)> {
        Self::NAMES.to_vec()
    }
}
