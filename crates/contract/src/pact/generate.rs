//! Values that a pact wants generated, drawn from the run's seed: `pact_models` draws them from
//! the system, and no two runs would be the same.

use pact_models::bodies::OptionalBody;
use pact_models::generators::{Generator, GeneratorCategory, Generators, UuidFormat};
use pact_models::path_exp::{DocPath, PathToken};
use pact_models::v4::http_parts::{HttpRequest, HttpResponse};
use rand::RngExt as _;
use rtest_core::{Seed, Stream};
use serde_json::Value;

use crate::regex_text;

/// Longest generated text, in characters.
const LONGEST: u16 = 10_000;

/// The response with the values of its body and headers that it wants generated. Dates and times,
/// and what comes from provider states or the address of a mock server, stay the contract's own.
pub(super) fn generated(response: &HttpResponse, rng: &mut Stream) -> HttpResponse {
    let mut response = response.clone();
    for (path, generator) in drawable(&response.generators, &GeneratorCategory::HEADER) {
        let name = path.first_field().unwrap_or_default();
        let mut headers = response.headers.iter_mut().flatten();
        let named = headers.find(|(it, _)| it.eq_ignore_ascii_case(name));
        if let Some((_, values)) = named
            && let Some(value) = value(&generator, rng)
        {
            *values = vec![text(value)];
        }
    }
    draw_body(&mut response.body, &response.generators, rng);
    response
}

/// The request with the values that can be drawn. What it still wants generated comes from elsewhere:
/// from the clock and provider states, and into a body that is not JSON.
pub(super) fn drawn_request(request: &HttpRequest, rng: &mut Stream) -> HttpRequest {
    let mut request = request.clone();
    let wanted = std::mem::take(&mut request.generators);
    for (_, generator) in drawable(&wanted, &GeneratorCategory::PATH) {
        request.path = value(&generator, rng).map_or(request.path, text);
    }
    for (path, generator) in drawable(&wanted, &GeneratorCategory::QUERY) {
        let name = path.first_field().unwrap_or_default().to_owned();
        let query = request.query.get_or_insert_default();
        for parameter in query.entry(name).or_insert_with(|| vec![None]) {
            *parameter = value(&generator, rng).map(text);
        }
    }
    for (path, generator) in drawable(&wanted, &GeneratorCategory::HEADER) {
        let name = path.first_field().unwrap_or_default();
        let headers = request.headers.get_or_insert_default();
        let known = headers.keys().find(|it| it.eq_ignore_ascii_case(name));
        let name = known.map_or(name, String::as_str).to_owned();
        headers.insert(name, value(&generator, rng).map(text).into_iter().collect());
    }
    let is_json = draw_body(&mut request.body, &wanted, rng);
    let mut left = wanted;
    for (category, generators) in &mut left.categories {
        if is_json || *category != GeneratorCategory::BODY {
            generators.retain(|_, generator| !is_drawable(generator));
        }
    }
    request.generators = left;
    request
}

/// Whether the body is JSON: then what can be drawn of it is.
fn draw_body(body: &mut OptionalBody, generators: &Generators, rng: &mut Stream) -> bool {
    let generators = drawable(generators, &GeneratorCategory::BODY);
    if generators.is_empty() {
        return false;
    }
    let OptionalBody::Present(bytes, of, hint) = &*body else {
        return false;
    };
    let Ok(mut json) = serde_json::from_slice::<Value>(bytes) else {
        return false;
    };
    for (path, generator) in generators {
        let tokens: Vec<&PathToken> = (path.tokens().iter())
            .filter(|token| **token != PathToken::Root)
            .collect();
        replace(&mut json, &tokens, &generator, rng);
    }
    *body = OptionalBody::Present(json.to_string().into(), of.clone(), *hint);
    true
}

/// Whether a value can be drawn; which one that would be is of no account.
fn is_drawable(generator: &Generator) -> bool {
    value(generator, &mut Seed::new(0).stream("contract")).is_some()
}

/// A map without an order: sorted, so that the same seed always gives the same values.
fn drawable(generators: &Generators, category: &GeneratorCategory) -> Vec<(DocPath, Generator)> {
    let generators = generators.categories.get(category);
    let mut generators: Vec<(DocPath, Generator)> = (generators.into_iter().flatten())
        .filter(|(_, generator)| is_drawable(generator))
        .map(|(path, generator)| (path.clone(), generator.clone()))
        .collect();
    generators.sort_by_key(|(path, _)| path.to_string());
    generators
}

fn replace(target: &mut Value, path: &[&PathToken], generator: &Generator, rng: &mut Stream) {
    let Some((token, rest)) = path.split_first() else {
        if let Some(value) = value(generator, rng) {
            // Text stays text, whatever is drawn for it.
            *target = match target {
                Value::String(_) => Value::String(text(value)),
                _ => value,
            };
        }
        return;
    };
    match (token, target) {
        (PathToken::Field(name), Value::Object(members)) => {
            if let Some(member) = members.get_mut(name) {
                replace(member, rest, generator, rng);
            }
        }
        (PathToken::Index(index), Value::Array(items)) => {
            if let Some(item) = items.get_mut(*index) {
                replace(item, rest, generator, rng);
            }
        }
        (PathToken::Star, Value::Object(members)) => {
            let members = members.values_mut();
            members.for_each(|member| replace(member, rest, generator, rng));
        }
        (PathToken::Star | PathToken::StarIndex, Value::Array(items)) => {
            let items = items.iter_mut();
            items.for_each(|item| replace(item, rest, generator, rng));
        }
        _ => {}
    }
}

fn value(generator: &Generator, rng: &mut Stream) -> Option<Value> {
    Some(match generator {
        Generator::RandomInt(least, most) => {
            let (least, most) = (least.min(most), most.max(least));
            rng.random_range(*least..=*most).into()
        }
        Generator::RandomBoolean => rng.random_bool(0.5).into(),
        Generator::RandomDecimal(digits) => decimal(*digits, rng),
        Generator::RandomHexadecimal(digits) => drawn("0123456789ABCDEF", *digits, rng).into(),
        Generator::RandomString(size) => {
            let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
            drawn(letters, *size, rng).into()
        }
        Generator::Regex(pattern) => regex_text::matching(pattern, rng)?.into(),
        Generator::Uuid(format) => uuid(*format, rng).into(),
        Generator::Date(..)
        | Generator::Time(..)
        | Generator::DateTime(..)
        | Generator::ProviderStateGenerator(..)
        | Generator::MockServerURL(..)
        | Generator::ArrayContains(_)
        | Generator::Plugin { .. } => return None,
    })
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// A number of so many digits, with a point among them.
fn decimal(digits: u16, rng: &mut Stream) -> Value {
    let before = drawn("123456789", 1, rng);
    // A float has no more digits than these.
    let after = drawn("123456789", digits.clamp(2, 16) - 1, rng);
    let number: f64 = format!("{before}.{after}").parse().unwrap_or_default();
    number.into()
}

fn drawn(from: &str, count: u16, rng: &mut Stream) -> String {
    let from = from.as_bytes();
    let characters = (0..count.min(LONGEST)).map(|_| from[rng.random_range(0..from.len())]);
    characters.map(char::from).collect()
}

/// A UUID of version 4 (RFC 9562, 5.4).
fn uuid(format: Option<UuidFormat>, rng: &mut Stream) -> String {
    let bits: u128 = rng.random();
    let bits = bits & !(0xf << 76) | (4 << 76);
    let bits = bits & !(0b11 << 62) | (0b10 << 62);
    let hex = format!("{bits:032x}");
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    match format {
        Some(UuidFormat::Simple) => hex,
        Some(UuidFormat::UpperCaseHyphenated) => parts.join("-").to_uppercase(),
        Some(UuidFormat::Urn) => format!("urn:uuid:{}", parts.join("-")),
        Some(UuidFormat::LowerCaseHyphenated) | None => parts.join("-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(seed: u64) -> Value {
        let response = HttpResponse::from_json(&json!({
            "status": 200,
            "headers": { "X-Id": ["x"] },
            "body": { "contentType": "application/json", "content": {
                "id": 1, "text": "7", "items": [{ "n": 0 }, { "n": 0 }], "uuid": "", "when": "2000-01-01"
            } },
            "generators": {
                "header": { "X-Id": { "type": "RandomHexadecimal", "digits": 6 } },
                "body": {
                    "$.id": { "type": "RandomInt", "min": 100, "max": 200 },
                    "$.text": { "type": "RandomInt", "min": 100, "max": 200 },
                    "$.items[*].n": { "type": "RandomInt", "min": 1, "max": 1_000_000 },
                    "$.uuid": { "type": "Uuid" },
                    "$.when": { "type": "Date" },
                    "$.gone": { "type": "RandomBoolean" }
                }
            }
        }))
        .expect("a response");
        let drawn = generated(&response, &mut Seed::new(seed).stream("stub/0"));
        let header = drawn.headers.expect("headers")["X-Id"].clone();
        assert_eq!(header[0].len(), 6);
        let bytes = drawn.body.value().expect("a body");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    #[test]
    fn all_of_a_request_is_drawn_but_what_comes_from_elsewhere() {
        let request = HttpRequest::from_json(&json!({
            "method": "POST", "path": "/users/1", "query": { "page": ["1", "2"] },
            "headers": { "X-Id": ["x"] },
            "body": { "contentType": "application/json", "content": { "id": 1, "when": "2000-01-01" } },
            "generators": {
                "path": { "type": "Regex", "regex": "/users/\\d{6}" },
                "query": { "page": { "type": "RandomInt", "min": 1, "max": 1_000_000 } },
                "header": { "x-id": { "type": "Uuid" }, "X-New": { "type": "RandomString", "size": 8 } },
                "body": {
                    "$.id": { "type": "ProviderState", "expression": "${id}" },
                    "$.when": { "type": "RandomHexadecimal", "digits": 8 }
                }
            }
        }))
        .expect("a request");
        let of = |seed: u64| drawn_request(&request, &mut Seed::new(seed).stream("contract"));
        let one = of(1);
        assert_eq!(one, of(1));
        let other = of(2);
        assert_ne!((&one.path, &one.query), (&other.path, &other.query));
        let pages = &one.query.as_ref().expect("a query")["page"];
        assert_ne!(pages[0], pages[1]);
        let headers = one.headers.as_ref().expect("headers");
        assert_eq!((headers.len(), headers["X-Id"][0].len()), (2, 36));
        assert_eq!(headers["X-New"][0].len(), 8);
        let left: Vec<_> = one.generators.categories.values().flatten().collect();
        assert_eq!(left.len(), 1, "{left:?}");
        assert!(matches!(left[0].1, Generator::ProviderStateGenerator(..)));
    }

    #[test]
    fn values_are_drawn_from_the_seed_and_dates_stay() {
        let one = body(1);
        assert_eq!(one, body(1));
        assert_ne!(one, body(2));
        assert!((100..=200).contains(&one["id"].as_i64().expect("a number")));
        assert_eq!(one["text"].as_str().map(str::len), Some(3));
        assert_ne!(one["items"][0], one["items"][1]);
        assert_eq!(one["when"], "2000-01-01");
        let uuid = one["uuid"].as_str().expect("text");
        assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
        assert!(one.get("gone").is_none());
    }
}
