//! JSONPaths, regular expressions and CSS selectors.

use regex::Regex;
use rtest_core::JsonPath;
use rtest_core::{Code, Diagnostic, Span};
use scraper::Selector;

use crate::check::Context;

/// The path, or a report under this code.
pub(super) fn json_path(
    text: &str,
    span: &Span,
    code: Code,
    cx: &mut Context<'_>,
) -> Option<JsonPath> {
    JsonPath::parse(text)
        .map_err(|error| {
            let message = format!("`{text}` is not a JSONPath: {error}");
            let diagnostic = Diagnostic::new(code, message).at(span);
            cx.found
                .add(diagnostic.hint("a path begins with `$`: `$.price`, `$.items[0].id`"));
        })
        .ok()
}

/// The expression, or a report under this code.
pub(super) fn regex(text: &str, span: &Span, code: Code, cx: &mut Context<'_>) -> Option<Regex> {
    Regex::new(text)
        .map_err(|error| {
            // The library draws a picture of several lines; its last line says what is wrong.
            let error = error.to_string();
            let reason = error.lines().last().unwrap_or_default();
            let reason = reason.trim_start_matches("error: ");
            let message = format!("this is not a regular expression: {reason}");
            cx.found.add(Diagnostic::new(code, message).at(span));
        })
        .ok()
}

/// The CSS selector, or a report.
pub(super) fn selector(text: &str, span: &Span, cx: &mut Context<'_>) -> Option<String> {
    if Selector::parse(text).is_ok() {
        return Some(text.trim().to_owned());
    }
    let message = format!("`{text}` is not a CSS selector");
    cx.found.add(
        Diagnostic::new(Code::BadCapture, message)
            .at(span)
            .hint("write one such as `#id`, `.class` or `input[name=csrf]`"),
    );
    None
}
