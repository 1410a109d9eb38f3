use super::{Exchange, Finding};
use crate::openapi::request::Intent;

/// Routers that tell paths and methods in one, as Express does, cannot do otherwise.
const LEFT_OUT: &str = "; frameworks like Express answer 404 here, and where that is meant \
    `--exclude-check unsupported_method` (`exclude_checks` in a suite) leaves this check out";

/// A method that the path does not declare and that is not answered with 405, and what is allowed
/// (RFC 9110, 15.5.6).
pub(super) fn run(exchange: &Exchange<'_>) -> Vec<Finding> {
    let Intent::UnsupportedMethod(at) = exchange.intent else {
        return Vec::new();
    };
    let method = exchange.method;
    if exchange.status() != 405 {
        let mut message =
            format!("`{method}` is not declared for this path, and was not refused as such");
        if exchange.status() == 404 {
            message.push_str(LEFT_OUT);
        }
        return vec![exchange.status_finding("405".to_owned(), message, at)];
    }
    if exchange.header("allow").is_some() {
        return Vec::new();
    }
    vec![Finding {
        location: "header Allow".to_owned(),
        expected: "the methods that are allowed".to_owned(),
        actual: "nothing".to_owned(),
        message: format!("`{method}` was refused without saying what is allowed"),
        at: at.clone(),
    }]
}
