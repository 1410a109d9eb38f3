//! `${NAME}` in the texts of a suite, resolved once, when it is read.
//!
//! ```text
//! ${NAME}             must be set
//! ${NAME:-default}    default where it is unset or empty; runs to the matching brace
//! ${NAME:?message}    must be set and not empty; the message is shown where it is not
//! $${                 the characters `${`
//! ```
//!
//! This happens in the tree of nodes, not in the text before it is parsed: whatever a variable
//! holds stays one scalar and cannot change the structure around it.

use std::collections::BTreeMap;

use rtest_core::{Code, Diagnostic, Secrets, Span};

use crate::diagnostics::Diagnostics;
use crate::node::{Kind, Node};

/// Resolves every text of the tree except keys. The values of variables with secret names are
/// added to `secrets`. A text that cannot be resolved is reported and becomes faulty.
pub(crate) fn resolve(
    node: &mut Node,
    variables: &BTreeMap<String, String>,
    secrets: &mut Secrets,
    found: &mut Diagnostics,
) {
    if found.is_full() {
        return;
    }
    match &mut node.kind {
        Kind::Text(text) if text.contains("${") => {
            match resolve_text(text, &node.span, variables, secrets) {
                Ok(resolved) => node.kind = Kind::Resolved(resolved),
                Err(faults) => {
                    faults.into_iter().for_each(|fault| found.add(fault));
                    node.kind = Kind::Faulty;
                }
            }
        }
        Kind::Sequence(items) => {
            for item in items {
                resolve(item, variables, secrets, found);
            }
        }
        Kind::Mapping(entries) => {
            for (_, value) in entries {
                resolve(value, variables, secrets, found);
            }
        }
        _ => {}
    }
}

/// What follows a variable's name.
enum Otherwise<'a> {
    Nothing,
    Default(&'a str),
    Message(&'a str),
}

/// Reported for one text at most.
const MAX_FAULTS: usize = 20;

fn resolve_text(
    text: &str,
    span: &Span,
    variables: &BTreeMap<String, String>,
    secrets: &mut Secrets,
) -> Result<String, Vec<Diagnostic>> {
    let mut resolved = String::with_capacity(text.len());
    let mut faults = Vec::new();
    let mut rest = text;
    while faults.len() < MAX_FAULTS
        && let Some(dollar) = rest.find("${")
    {
        let (before, at) = rest.split_at(dollar);
        if let Some(before) = before.strip_suffix('$') {
            resolved.push_str(before);
            resolved.push_str("${");
            rest = &at[2..];
            continue;
        }
        resolved.push_str(before);
        let Some(end) = matching_brace(&at[2..]) else {
            faults.push(
                Diagnostic::new(Code::MissingVariable, "`${` is never closed")
                    .at(&place_of(at, span))
                    .hint("write `$${` for the characters themselves"),
            );
            break;
        };
        let inside = &at[2..2 + end];
        let whole = &at[..2 + end + 1];
        rest = &at[2 + end + 1..];
        match value_of(inside, variables) {
            Ok((name, value)) => {
                // A default is written in the suite for everyone to read: no secret.
                if Secrets::is_secret_name(name)
                    && let Some(value) = variables.get(name)
                {
                    secrets.add(value);
                }
                resolved.push_str(value);
            }
            Err(fault) => faults.push(fault.at(&place_of(whole, span))),
        }
    }
    resolved.push_str(rest);
    if faults.is_empty() {
        Ok(resolved)
    } else {
        Err(faults)
    }
}

/// Where the `}` stands that closes a brace opened just before `text`.
fn matching_brace(text: &str) -> Option<usize> {
    let mut open = 1_u32;
    for (index, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(index);
        }
    }
    None
}

/// The variable's name and what stands for it.
fn value_of<'a>(
    inside: &'a str,
    variables: &'a BTreeMap<String, String>,
) -> Result<(&'a str, &'a str), Box<Diagnostic>> {
    let (name, otherwise) = match (inside.split_once(":-"), inside.split_once(":?")) {
        (Some((name, default)), None) => (name, Otherwise::Default(default)),
        (None, Some((name, message))) => (name, Otherwise::Message(message)),
        (Some((name, default)), Some((other, message))) => {
            if name.len() < other.len() {
                (name, Otherwise::Default(default))
            } else {
                (other, Otherwise::Message(message))
            }
        }
        (None, None) => (inside, Otherwise::Nothing),
    };
    let is_name =
        name.chars().enumerate().all(|(index, c)| {
            c == '_' || c.is_ascii_alphabetic() || (index > 0 && c.is_ascii_digit())
        }) && !name.is_empty();
    if !is_name {
        let fault = Diagnostic::new(
            Code::MissingVariable,
            format!("`{name}` is not the name of an environment variable"),
        );
        return Err(Box::new(fault.hint(
            "write `${NAME}`, `${NAME:-default}` or `${NAME:?message}`; `$${` for the characters themselves",
        )));
    }
    let value = variables.get(name).map(String::as_str);
    let filled = value.filter(|value| !value.is_empty());
    match (otherwise, value, filled) {
        (Otherwise::Nothing, Some(value), _)
        | (Otherwise::Default(_) | Otherwise::Message(_), _, Some(value)) => Ok((name, value)),
        (Otherwise::Default(default), _, None) => Ok((name, default)),
        (Otherwise::Message(message), _, None) => {
            Err(Box::new(missing(name).label(message.trim())))
        }
        (Otherwise::Nothing, None, _) => Err(Box::new(missing(name))),
    }
}

fn missing(name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::MissingVariable,
        format!("the environment variable `{name}` is not set"),
    )
    .hint(format!(
        "set it, or give it a default: `${{{name}:-default}}`"
    ))
}

/// Where in the scalar's first line `part` stands; the whole scalar where it is not found there,
/// as in a block of several lines.
fn place_of(part: &str, scalar: &Span) -> Span {
    let skipped = scalar.column.saturating_sub(1) as usize;
    let start = scalar
        .text
        .char_indices()
        .nth(skipped)
        .map_or(0, |(index, _)| index);
    let part = part.lines().next().unwrap_or(part);
    match scalar.text[start..].find(part) {
        Some(offset) => {
            let before = scalar.text[start..start + offset].chars().count();
            Span {
                column: scalar.column + u32::try_from(before).unwrap_or(0),
                len: u32::try_from(part.chars().count()).unwrap_or(1).max(1),
                ..scalar.clone()
            }
        }
        None => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str) -> Result<String, Vec<String>> {
        let variables = [("HOST", "db"), ("EMPTY", ""), ("API_TOKEN", "s3cret-token")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let span = Span::of_flag("suite.yaml", text);
        resolve_text(
            text,
            &span,
            &BTreeMap::from(variables),
            &mut Secrets::default(),
        )
        .map_err(|faults| {
            faults
                .into_iter()
                .map(|fault| {
                    let span = fault.span.expect("every fault has a place");
                    format!("{}+{} {}", span.column, span.len, fault.message)
                })
                .collect()
        })
    }

    #[test]
    fn variables_defaults_and_escapes_are_resolved() {
        for (text, expected) in [
            ("tcp://${HOST}:5432", "tcp://db:5432"),
            ("${PORT:-80}${EMPTY:-x}${EMPTY}", "80x"),
            ("${URL:-{{ catalog.url }}}/a", "{{ catalog.url }}/a"),
            ("${HOST:?needed}", "db"),
            ("$${HOST} costs $5", "${HOST} costs $5"),
            ("${A:-b:?c}", "b:?c"),
        ] {
            assert_eq!(resolved(text), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn every_unresolved_use_is_reported_at_its_own_place() {
        let one = |message: &str| Err(vec![message.to_owned()]);
        assert_eq!(
            resolved("x ${NOPE} ${GONE:?why}"),
            Err(vec![
                "3+7 the environment variable `NOPE` is not set".to_owned(),
                "11+12 the environment variable `GONE` is not set".to_owned(),
            ])
        );
        assert_eq!(
            resolved("${EMPTY:?why}"),
            one("1+13 the environment variable `EMPTY` is not set")
        );
        assert_eq!(resolved("a ${HOST"), one("3+6 `${` is never closed"));
        assert_eq!(
            resolved("${1X}"),
            one("1+5 `1X` is not the name of an environment variable")
        );
    }

    #[test]
    fn only_values_of_secret_variables_become_secrets() {
        let variables = [("API_TOKEN", "s3cret-token"), ("HOST", "example")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let text = "${API_TOKEN} ${HOST} ${DB_PASSWORD:-postgres}";
        let mut secrets = Secrets::default();
        resolve_text(
            text,
            &Span::of_flag("x", text),
            &BTreeMap::from(variables),
            &mut secrets,
        )
        .expect("everything is set or has a default");
        assert_eq!(
            secrets.redact("s3cret-token example postgres"),
            "[redacted] example postgres"
        );
    }
}
