//! The parts of a request: path, headers.

use rtest_core::plan::HttpCall;
use rtest_core::{Code, Diagnostic, Span, Template};

use crate::check::Context;
use crate::check::template;
use crate::collection::Named;
use crate::diagnostics::Diagnostics;
use crate::scalar::Json;
use crate::shape::{Entry, Field};
use crate::spanned::Spanned;

/// Headers that the client makes itself; a second one would break the request.
const OWN_HEADERS: [&str; 4] = ["connection", "content-length", "host", "transfer-encoding"];

/// A path whose holes are filled in a flow.
pub(super) fn path(path: &Spanned<Template>, cx: &mut Context<'_>) {
    template::check(&path.value, &path.span, cx);
    // Whatever fills a hole is encoded by whoever fills it; the rest is looked at here.
    if let Ok(text) = path.value.render(|_| Some("0".to_owned())) {
        usable_path(&text, &path.span, cx.found);
    }
}

/// A path without holes.
pub(super) fn plain_path(path: &Spanned<String>, cx: &mut Context<'_>) -> Option<String> {
    let fine = !template::refuse(&path.value, &path.span, cx)
        && usable_path(&path.value, &path.span, cx.found);
    fine.then(|| path.value.clone())
}

fn usable_path(text: &str, span: &Span, found: &mut Diagnostics) -> bool {
    let (message, hint) = if text.contains("://") {
        (
            "a path is meant here, not a whole URL".to_owned(),
            "the host is the target's; keep the part from the first `/` after it",
        )
    } else if !text.starts_with('/') {
        ("a path begins with `/`".to_owned(), "write `/…`")
    } else if let Some(c) = text.chars().find(|c| !is_path_character(*c)) {
        (
            format!("`{}` cannot stand in a path", c.escape_default()),
            "percent-encode it: a space is `%20`",
        )
    } else {
        return true;
    };
    found.add(
        Diagnostic::new(Code::OutOfRange, message)
            .at(span)
            .hint(hint),
    );
    false
}

/// The characters of path and query (RFC 3986, sections 3.3 and 3.4) and those that servers take
/// unencoded although the RFC would not.
fn is_path_character(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '#' | '<' | '>' | '"' | '\\' | '^' | '`')
}

/// A request's headers, in the suite's order.
pub(super) fn headers(
    headers: &Field<Named<Template>>,
    cx: &mut Context<'_>,
) -> Vec<(String, Template)> {
    let mut checked: Vec<(String, Template)> = Vec::new();
    for entry in headers.value().map(|named| &named.0).into_iter().flatten() {
        let known: Vec<&str> = checked.iter().map(|(name, _)| name.as_str()).collect();
        header_name(&entry.name, &known, cx.found);
        let Some((name, value)) = entry.given() else {
            continue;
        };
        template::check(&value.value, &value.span, cx);
        header_value(value.value.source(), &value.span, cx.found);
        checked.push((name.value.clone(), value.value.clone()));
    }
    checked
}

/// Reports what cannot be the value of a header.
pub(super) fn header_value(value: &str, span: &Span, found: &mut Diagnostics) {
    if value.contains(|c: char| !c.is_ascii() || (c.is_control() && c != '\t')) {
        found.add(
            Diagnostic::new(Code::OutOfRange, "a header's value is one line of ASCII").at(span),
        );
    }
}

/// Reports what cannot be the name of a header of an answer.
pub(super) fn answer_header_name(name: &Spanned<String>, found: &mut Diagnostics) {
    if !is_token(&name.value) {
        found.add(no_header_name(name).at(&name.span));
    }
}

fn no_header_name(name: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(
        Code::OutOfRange,
        format!("`{}` cannot be the name of a header", name.value),
    )
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_of_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(is_of_token)
}

/// Reports what cannot be the name of a header that is sent, beside those `known`.
pub(super) fn header_name(name: &Spanned<String>, known: &[&str], found: &mut Diagnostics) {
    let lower = name.value.to_ascii_lowercase();
    let diagnostic = if !is_token(&name.value) {
        no_header_name(name)
    } else if OWN_HEADERS.contains(&lower.as_str()) {
        Diagnostic::new(Code::OutOfRange, format!("rtest sets `{lower}` itself"))
            .hint("remove the key")
    } else if known.iter().any(|known| known.eq_ignore_ascii_case(&lower)) {
        Diagnostic::new(
            Code::Duplicate,
            format!("the header `{}` is there twice", name.value),
        )
        .hint("names of headers do not differ by case")
    } else {
        return;
    };
    found.add(diagnostic.at(&name.span));
}

/// A call that the harness itself makes.
pub(super) fn call(
    request: Option<(&'static str, &Entry<String>)>,
    json: Option<&Spanned<Json>>,
    cx: &mut Context<'_>,
) -> Option<HttpCall> {
    if let Some(json) = json {
        json.value.0.texts(&mut |text, span| {
            template::refuse(text, span, cx);
        });
    }
    let (method, path) = request?;
    Some(HttpCall {
        method: method.to_owned(),
        path: plain_path(&path.value, cx)?,
        json: json.map(|json| json.value.0.to_json()),
    })
}
