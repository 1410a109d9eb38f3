//! What a request sends along: parameters and body.

use std::path::Path;

use rtest_core::plan::{Body, Part, PartContent};
use rtest_core::{Code, Diagnostic, Span, Template};

use crate::check::{Context, content, request, template};
use crate::collection::NamedEntry;
use crate::file::{Fields, PartValue, StepKeys};
use crate::node::Node;
use crate::shape::{Field, quoted_list};
use crate::spanned::Spanned;

/// The `content-type` of a file part, where the suite says nothing (RFC 7578, section 4.4).
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// The body; at most one of the keys that make one may be there.
pub(in crate::check) fn body(step: &StepKeys, cx: &mut Context<'_>) -> Option<Body> {
    refuse_second(step, cx);
    if !step.json.is_absent() {
        return json(&step.json.value()?.0, cx).map(Body::Json);
    }
    if !step.body.is_absent() {
        let text = step.body.spanned()?;
        template::check(&text.value, &text.span, cx);
        return Some(Body::Text(text.value.clone()));
    }
    if !step.form.is_absent() {
        return fields(&step.form, cx).map(Body::Form);
    }
    if !step.file.is_absent() {
        return content::bytes(step.file.spanned()?, cx).map(Body::File);
    }
    if step.multipart.is_absent() {
        return Some(Body::Empty);
    }
    let entries = &step.multipart.value()?.0;
    let parts: Vec<Part> = entries.iter().filter_map(|entry| part(entry, cx)).collect();
    (parts.len() == entries.len()).then_some(Body::Multipart(parts))
}

fn refuse_second(step: &StepKeys, cx: &mut Context<'_>) {
    let keys: [(&str, Option<&Span>); 5] = [
        ("json", step.json.key()),
        ("body", step.body.key()),
        ("form", step.form.key()),
        ("multipart", step.multipart.key()),
        ("file", step.file.key()),
    ];
    let mut there: Vec<(&str, &Span)> = keys
        .iter()
        .filter_map(|(key, span)| Some((*key, (*span)?)))
        .collect();
    there.sort_by_key(|(_, span)| (span.line, span.column));
    if let [(first, _), (second, place), ..] = there[..] {
        let all = quoted_list(keys.iter().map(|(key, _)| *key));
        cx.found.add(
            Diagnostic::new(
                Code::NotExactlyOne,
                format!("a request has both `{first}` and `{second}`"),
            )
            .at(place)
            .hint(format!("a body is one of {all}")),
        );
    }
}

/// The JSON text. Holes stand within its strings.
pub(in crate::check) fn json(node: &Node, cx: &mut Context<'_>) -> Option<Template> {
    let mut fine = true;
    node.texts(&mut |text, span| match Template::parse(text) {
        Ok(template) => template::check(&template, span, cx),
        Err(error) => {
            fine = false;
            cx.found
                .add(Diagnostic::new(Code::UnknownVariable, error.to_string()).at(span));
        }
    });
    let mut text = String::new();
    node.write_json(&mut text);
    fine.then(|| Template::parse(&text).ok()).flatten()
}

/// Fields by name, each value of a list as a field of its own.
pub(in crate::check) fn fields(
    fields: &Field<Fields>,
    cx: &mut Context<'_>,
) -> Option<Vec<(String, Template)>> {
    let entries = match fields {
        Field::Absent => return Some(Vec::new()),
        given => &given.value()?.0,
    };
    let mut checked = Vec::new();
    let mut is_complete = true;
    for entry in entries {
        template::refuse(&entry.name.value, &entry.name.span, cx);
        let Some((name, values)) = entry.given() else {
            is_complete = false;
            continue;
        };
        for value in &values.value.0 {
            template::check(&value.value, &value.span, cx);
            checked.push((name.value.clone(), value.value.clone()));
        }
    }
    is_complete.then_some(checked)
}

fn part(entry: &NamedEntry<PartValue>, cx: &mut Context<'_>) -> Option<Part> {
    template::refuse(&entry.name.value, &entry.name.span, cx);
    let (name, value) = entry.given()?;
    let (content, content_type) = match &value.value {
        PartValue::Plain(text) => {
            template::check(text, &value.span, cx);
            (PartContent::Text(text.clone()), None)
        }
        PartValue::Text(part) => {
            let content_type = content_type(&part.content_type, cx);
            let text = part.text.spanned()?;
            template::check(&text.value, &text.span, cx);
            (PartContent::Text(text.value.clone()), content_type?)
        }
        PartValue::File(part) => {
            let content_type = content_type(&part.content_type, cx);
            let file = part.file.spanned()?;
            let bytes = content::bytes(file, cx)?;
            let filename = match &part.filename {
                Field::Absent => own_name(file),
                given => given.value()?.clone(),
            };
            let content = PartContent::File { filename, bytes };
            (content, content_type?.or(Some(UNKNOWN_TYPE.to_owned())))
        }
    };
    Some(Part {
        name: name.value.clone(),
        content,
        content_type,
    })
}

/// The type, if there is one; `None` where it could not be read.
fn content_type(field: &Field<String>, cx: &mut Context<'_>) -> Option<Option<String>> {
    match field {
        Field::Absent => Some(None),
        given => {
            let text = given.spanned()?;
            template::refuse(&text.value, &text.span, cx);
            request::header_value(&text.value, &text.span, cx.found);
            Some(Some(text.value.clone()))
        }
    }
}

fn own_name(file: &Spanned<String>) -> String {
    let name = Path::new(&file.value).file_name();
    name.map_or_else(
        || file.value.clone(),
        |name| name.to_string_lossy().into_owned(),
    )
}
