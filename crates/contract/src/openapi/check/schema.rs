use serde_json::Value;

use super::content_type::covers;
use super::{Exchange, Finding};
use crate::mismatch::{self, excerpt};
use crate::openapi::operation::{MediaKind, bare, kind_of};

/// Most places of one body that are told.
const MOST: usize = 10;

/// A JSON body that is not valid under the schema of its answer, once for each place.
pub(super) fn run(exchange: &Exchange<'_>) -> Vec<Finding> {
    let Some(response) = exchange.operation.response(exchange.status()) else {
        return Vec::new();
    };
    if exchange.is_bodiless() {
        return Vec::new();
    }
    let actual = exchange.header("content-type").map(|value| bare(&value));
    // An answer that does not say its type is held against the first that is declared.
    let media = response.content.iter().find(|media| match &actual {
        Some(actual) => covers(&media.media_type, actual),
        None => true,
    });
    let Some((media, schema)) = media.and_then(|media| Some((media, media.schema.as_ref()?)))
    else {
        return Vec::new();
    };
    let actual = actual.unwrap_or_else(|| media.media_type.clone());
    if kind_of(&actual) != MediaKind::Json {
        return Vec::new();
    }
    let body = &exchange.answer.body;
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => {
            return vec![Finding {
                location: "body".to_owned(),
                expected: "JSON".to_owned(),
                actual: excerpt(body),
                message: format!("the body is not JSON: {error}"),
                at: media.at.clone(),
            }];
        }
    };
    let violations = match exchange.schemas.violations(schema, &value) {
        Ok(violations) => violations,
        Err(why) => {
            return vec![Finding {
                location: "body".to_owned(),
                expected: "a body that is valid under its schema".to_owned(),
                actual: excerpt(body),
                message: why,
                at: schema.clone(),
            }];
        }
    };
    let findings = violations.into_iter().take(MOST).map(|violation| Finding {
        location: format!("body {}", violation.location),
        expected: "a body that is valid under its schema".to_owned(),
        actual: mismatch::value(&violation.actual),
        message: format!("`{}`: {}", violation.location, violation.message),
        at: violation.keyword,
    });
    findings.collect()
}
