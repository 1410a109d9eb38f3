use super::{Exchange, Finding};
use crate::openapi::operation::bare;

/// An answer whose declaration has types, and that is of none of them.
pub(super) fn run(exchange: &Exchange<'_>) -> Vec<Finding> {
    let Some(response) = exchange.operation.response(exchange.status()) else {
        return Vec::new();
    };
    if response.content.is_empty() || exchange.is_bodiless() {
        return Vec::new();
    }
    let declared: Vec<&str> = response
        .content
        .iter()
        .map(|media| media.media_type.as_str())
        .collect();
    let finding = |actual: String, message: String| Finding {
        location: "header Content-Type".to_owned(),
        expected: declared.join(", "),
        actual,
        message,
        at: response.at.join("content"),
    };
    let Some(value) = exchange.header("content-type") else {
        let message = "the answer does not say its type".to_owned();
        return vec![finding("nothing".to_owned(), message)];
    };
    let actual = bare(&value);
    let is_type = actual
        .split_once('/')
        .is_some_and(|(main, sub)| !main.is_empty() && !sub.is_empty());
    if !is_type {
        let message = format!("`{value}` is no media type");
        return vec![finding(value, message)];
    }
    if declared.iter().any(|declared| covers(declared, &actual)) {
        return Vec::new();
    }
    let message = format!("the answer is `{actual}`, which is not declared");
    vec![finding(value, message)]
}

/// Whether a declared type, which may have `*` in it, is this type.
pub(super) fn covers(declared: &str, actual: &str) -> bool {
    let (main, sub) = declared.split_once('/').unwrap_or((declared, "*"));
    let (actual_main, actual_sub) = actual.split_once('/').unwrap_or((actual, ""));
    (main == "*" || main == actual_main) && (sub == "*" || sub == actual_sub)
}
