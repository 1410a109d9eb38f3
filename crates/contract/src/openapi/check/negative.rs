use super::{Exchange, Finding};
use crate::openapi::request::Intent;

/// What refuses a request: Schemathesis' list, to the number.
const REFUSED: [u16; 11] = [400, 401, 403, 404, 405, 406, 409, 415, 422, 428, 429];

/// An invalid request that is not refused. A failure is not one of these: it has its own check.
pub(super) fn run(exchange: &Exchange<'_>) -> Vec<Finding> {
    let Intent::Invalid(fault) = exchange.intent else {
        return Vec::new();
    };
    let status = exchange.status();
    if REFUSED.contains(&status) || status >= 500 {
        return Vec::new();
    }
    vec![exchange.status_finding(
        "a refusal: 400, 422 or another of 4xx".to_owned(),
        format!("an invalid request was accepted: {}", fault.what),
        &fault.at,
    )]
}
