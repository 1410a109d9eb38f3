use rand::RngExt;
use rtest_core::Stream;
use serde_json::Value;

use super::Source;
use super::mutation::{Mutation, mutations};
use crate::openapi::generate::Shape;
use crate::openapi::operation::{Location, MediaKind, Operation, Parameter};
use crate::openapi::pointer::Pointer;
use crate::openapi::request::{Body, Case, Fault, Intent, may_read_as_valid};

/// The methods that a path may not declare and that are tried then. `HEAD` and `OPTIONS` are
/// answered by many servers on their own, `TRACE` by what stands before them.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Requests in which one thing is not valid, whichever way it is read; at most so many, drawn from
/// all that there are.
pub(crate) fn invalid(source: &Source<'_>, base: &Case) -> Vec<Case> {
    let mut all = Vec::new();
    for (index, parameter) in source.parameters() {
        all.extend(missing_parameter(base, index, parameter));
        all.extend(invalid_parameter(source, base, index, parameter));
    }
    all.extend(invalid_body(source, base));
    sample(all, source.most, &mut source.stream("invalid"))
}

/// So many, in their order.
fn sample(mut all: Vec<Case>, most: usize, rng: &mut Stream) -> Vec<Case> {
    while all.len() > most {
        all.remove(rng.random_range(0..all.len()));
    }
    all
}

fn faulty(base: &Case, what: String, at: &Pointer) -> Case {
    let mut case = base.clone();
    case.intent = Intent::Invalid(Fault {
        what,
        at: at.clone(),
    });
    case
}

/// Headers have a check of their own; a path without its parameter is another path.
fn missing_parameter(base: &Case, index: usize, parameter: &Parameter) -> Option<Case> {
    let can_miss = matches!(parameter.location, Location::Query | Location::Cookie);
    if !parameter.required || !can_miss {
        return None;
    }
    let what = format!("{} is missing", named(parameter));
    let mut case = faulty(base, what, &parameter.at);
    case.parameters.remove(&index);
    Some(case)
}

fn named(parameter: &Parameter) -> String {
    format!(
        "{} parameter `{}`",
        parameter.location.name(),
        parameter.name
    )
}

fn invalid_parameter(
    source: &Source<'_>,
    base: &Case,
    index: usize,
    parameter: &Parameter,
) -> Vec<Case> {
    let mut rng = source.stream(&format!("invalid/{}", parameter.name));
    let valid = match base.parameters.get(&index) {
        Some(value) => value.clone(),
        None => match source.parameter(parameter, Shape::Any, &mut rng) {
            Ok(value) => value,
            Err(_) => return Vec::new(),
        },
    };
    let Some((_, schema)) = source.schemas.schema(&parameter.schema) else {
        return Vec::new();
    };
    let alphabet = source.alphabet(parameter);
    let is_text = |value: &Value| match value {
        Value::String(text) => !text.trim().is_empty(),
        // As text these are lists and objects no more.
        Value::Array(items) => items
            .iter()
            .all(|item| !item.is_array() && !item.is_object()),
        Value::Object(_) | Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
    };
    let mut cases = Vec::new();
    for Mutation { path, what, value } in mutations(source.schemas, schema, &valid) {
        let empty = matches!(&value, Value::Array(items) if items.is_empty());
        if !is_text(&value) || empty || !alphabet.can_say(&value) {
            continue;
        }
        if !may_read_as_valid(&value, |one| is_valid(source, &parameter.schema, one)) {
            let what = format!("{}{path} {what}", named(parameter));
            let at = broken(source, &parameter.schema, &value);
            let mut case = faulty(base, what, &at);
            case.parameters.insert(index, value);
            cases.push(case);
        }
    }
    cases
}

fn invalid_body(source: &Source<'_>, base: &Case) -> Vec<Case> {
    let Some(body) = &source.operation.body else {
        return Vec::new();
    };
    let mut cases = Vec::new();
    if body.required {
        let mut case = faulty(base, "the body is missing".to_owned(), &body.at);
        case.body = None;
        cases.push(case);
    }
    for (index, media) in body.media.iter().enumerate() {
        if media.kind() == MediaKind::Json {
            let mut case = faulty(base, "the body is not JSON".to_owned(), &media.at);
            case.body = Some(Body::Broken(index, "{\"rtest\": ".to_owned()));
            cases.push(case);
        }
        let Some(at) = &media.schema else { continue };
        let Some((_, schema)) = source.schemas.schema(at) else {
            continue;
        };
        let mut rng = source.stream(&format!("invalid/{}", media.media_type));
        let Some(valid) = whole_body(source, index, &mut rng) else {
            continue;
        };
        for Mutation { path, what, value } in mutations(source.schemas, schema, &valid) {
            let is_wrong = match media.kind() {
                MediaKind::Json => !is_valid(source, at, &value),
                // What is no object has no fields to send.
                MediaKind::Form | MediaKind::Multipart => {
                    value.is_object() && !may_read_as_valid(&value, |one| is_valid(source, at, one))
                }
                MediaKind::Plain | MediaKind::Other => false,
            };
            if is_wrong {
                let at = broken(source, at, &value);
                let mut case = faulty(base, format!("the body's `${path}` {what}"), &at);
                case.body = Some(Body::Value(index, value));
                cases.push(case);
            }
        }
    }
    cases
}

/// Whether a value is valid, as far as the schema can be used at all.
fn is_valid(source: &Source<'_>, at: &Pointer, value: &Value) -> bool {
    source.schemas.is_valid(at, value) != Ok(false)
}

/// The keyword that a value breaks.
fn broken(source: &Source<'_>, schema: &Pointer, value: &Value) -> Pointer {
    let violations = source.schemas.violations(schema, value).unwrap_or_default();
    let first = violations.into_iter().next();
    first.map_or_else(|| schema.clone(), |first| first.keyword)
}

/// A valid body with everything in it that can be made wrong.
fn whole_body(source: &Source<'_>, media: usize, rng: &mut Stream) -> Option<Value> {
    let shapes = [Shape::Most, Shape::Least];
    shapes
        .iter()
        .find_map(|shape| match source.body(media, *shape, rng) {
            Ok(Body::Value(_, value)) => Some(value),
            _ => None,
        })
}

/// For each header that is required, a request without it.
pub(crate) fn missing_headers(source: &Source<'_>, base: &Case) -> Vec<Case> {
    let parameters = source.operation.parameters.iter().enumerate();
    parameters
        .filter(|(_, one)| one.required && one.location == Location::Header)
        .map(|(index, parameter)| {
            let mut case = base.clone();
            case.intent = Intent::MissingHeader(parameter.name.clone(), parameter.at.clone());
            case.parameters.remove(&index);
            case
        })
        .collect()
}

/// A valid request without credentials, where some are asked for.
pub(crate) fn no_credentials(source: &Source<'_>, base: &Case) -> Option<Case> {
    let asked = !source.operation.credentials.is_empty();
    asked.then(|| Case {
        intent: Intent::NoCredentials,
        ..base.clone()
    })
}

/// For each method that a path does not declare, a request; made of one of its operations, the
/// first of them, so that each path is asked once.
pub(crate) fn unsupported_methods(
    source: &Source<'_>,
    base: &Case,
    all: &[Operation],
) -> Vec<Case> {
    let own = source.operation;
    let first = all.iter().find(|one| one.path == own.path);
    if !first.is_some_and(|first| std::ptr::eq(first, own)) {
        return Vec::new();
    }
    let path = base.wire(own, "", &[]).target;
    let path = path.split('?').next().unwrap_or_default();
    let declared = |method: &str| {
        let mut operations = all.iter();
        operations.any(|one| one.method == method && leads_to(&one.path, path))
    };
    let methods = METHODS.iter().filter(|method| !declared(method));
    methods
        .map(|method| Case {
            intent: Intent::UnsupportedMethod(own.at.clone()),
            method: (*method).to_owned(),
            parameters: base.parameters.clone(),
            body: None,
        })
        .collect()
}

/// Whether a path with holes may be this path.
fn leads_to(template: &str, path: &str) -> bool {
    let (mut holes, mut steps) = (template.split('/'), path.split('/'));
    loop {
        match (holes.next(), steps.next()) {
            (None, None) => return true,
            (Some(hole), Some(step)) if hole == step || hole.contains('{') => {}
            _ => return false,
        }
    }
}
