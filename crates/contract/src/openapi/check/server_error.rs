use super::{Exchange, Finding};

/// A status of 500 or above, declared or not.
pub(super) fn run(exchange: &Exchange<'_>) -> Vec<Finding> {
    let status = exchange.status();
    if status < 500 {
        return Vec::new();
    }
    vec![exchange.status_finding(
        "a status below 500".to_owned(),
        format!("the provider failed with {status}"),
        &exchange.operation.at,
    )]
}
