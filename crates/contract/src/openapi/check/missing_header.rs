use super::{Exchange, Finding};
use crate::openapi::request::Intent;

/// What refuses a request without a header.
const REFUSED: [u16; 6] = [400, 401, 403, 406, 415, 422];

/// A request without a required header that is not refused.
pub(super) fn run(exchange: &Exchange<'_>) -> Vec<Finding> {
    let Intent::MissingHeader(name, at) = exchange.intent else {
        return Vec::new();
    };
    let status = exchange.status();
    if REFUSED.contains(&status) || status >= 500 {
        return Vec::new();
    }
    vec![exchange.status_finding(
        "400, 401, 403, 406, 415 or 422".to_owned(),
        format!("a request without the required header `{name}` was not refused"),
        at,
    )]
}
