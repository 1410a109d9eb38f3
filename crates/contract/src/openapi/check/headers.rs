use rtest_core::{REDACTED, Secrets};
use serde_json::Value;

use super::{Exchange, Finding};
use crate::mismatch::shorten;
use crate::openapi::request::may_read_as_valid;

/// A required header that is not there, or one that is not valid under its schema however it is
/// read.
pub(super) fn run(exchange: &Exchange<'_>) -> Vec<Finding> {
    let Some(response) = exchange.operation.response(exchange.status()) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for header in &response.headers {
        let location = format!("header {}", header.name);
        let Some(value) = exchange.header(&header.name) else {
            if header.required {
                findings.push(Finding {
                    location,
                    expected: "a value".to_owned(),
                    actual: "nothing".to_owned(),
                    message: format!("the answer lacks the required header `{}`", header.name),
                    at: header.at.clone(),
                });
            }
            continue;
        };
        let Some(schema) = &header.schema else {
            continue;
        };
        let is_valid = |value: &Value| exchange.schemas.is_valid(schema, value) != Ok(false);
        let list: Vec<Value> = value.split(',').map(|item| item.trim().into()).collect();
        let texts = [Value::String(value.clone()), Value::Array(list)];
        if texts.iter().any(|text| may_read_as_valid(text, is_valid)) {
            continue;
        }
        let violations = exchange.schemas.violations(schema, &texts[0]);
        let first = violations.ok().and_then(|all| all.into_iter().next());
        let (message, at) = match first {
            Some(first) => (first.message, first.keyword),
            None => ("the value is not valid".to_owned(), schema.clone()),
        };
        let actual = match Secrets::is_secret_header(&header.name) {
            true => REDACTED.to_owned(),
            false => shorten(&value, 120),
        };
        findings.push(Finding {
            location,
            expected: "a value that is valid under its schema".to_owned(),
            actual,
            message: format!("header `{}`: {message}", header.name),
            at,
        });
    }
    findings
}
