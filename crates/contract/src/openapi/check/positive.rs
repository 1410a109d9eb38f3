use super::{Exchange, Finding};
use crate::openapi::request::Intent;

/// What is answered to valid requests beside success: it may not be allowed, not be there, stand
/// against what is there, or be too often.
const OTHERWISE: [u16; 5] = [401, 403, 404, 409, 429];

/// A valid request that is refused. A failure is not one of these: it has its own check.
pub(super) fn run(exchange: &Exchange<'_>) -> Vec<Finding> {
    if !matches!(exchange.intent, Intent::Valid | Intent::Unknown) {
        return Vec::new();
    }
    let status = exchange.status();
    if (200..400).contains(&status) || OTHERWISE.contains(&status) || status >= 500 {
        return Vec::new();
    }
    vec![exchange.status_finding(
        "2xx, 3xx, 401, 403, 404, 409 or 429".to_owned(),
        format!("a valid request was refused with {status}"),
        &exchange.operation.at,
    )]
}
