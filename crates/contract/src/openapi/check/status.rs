use super::{Exchange, Finding};

/// A status that the operation does not declare, neither itself nor its class nor `default`.
pub(super) fn run(exchange: &Exchange<'_>) -> Vec<Finding> {
    let operation = exchange.operation;
    let status = exchange.status();
    if operation.response(status).is_some() {
        return Vec::new();
    }
    let declared: Vec<String> = operation
        .responses
        .iter()
        .map(|response| response.status.to_string())
        .collect();
    let expected = match declared.is_empty() {
        true => "a status that is declared; none is".to_owned(),
        false => declared.join(", "),
    };
    let at = operation.at.join("responses");
    let message = format!("the operation does not declare the status {status}");
    vec![exchange.status_finding(expected, message, &at)]
}
