use std::collections::HashSet;

use pact_matching::Mismatch as Found;
use pact_models::HttpStatus;
use pact_models::matchingrules::{MatchingRule, MatchingRuleCategory};
use pact_models::v4::http_parts::HttpResponse;
use rtest_core::event::Mismatch;
use rtest_core::{REDACTED, Secrets};
use serde_json::Value;

use crate::mismatch::body_path::BodyPath;
use crate::mismatch::place::Place;
use crate::mismatch::{expected, rename, shown};

/// Most mismatches that are told of one interaction; the last tells how many there are beyond.
const MAX_TOLD: usize = 50;

/// Most findings that are looked at: each is searched for in the contract's text.
const MAX_LOOKED_AT: usize = 500;

/// What stands for a value that is not there.
const NOTHING: &str = "nothing";

/// How `pact_matching` begins what it says about an object that lacks fields. It names the object
/// only; which fields, is seen by comparing. Were the words to change, its own sentence about the
/// object would be shown.
const LACKS_FIELDS: &str = "Actual map is missing the following keys";

/// Tells each mismatch that `pact_matching` found once, in plain words, at its place in the
/// contract: status, then headers, then the body, in the contract's order.
pub(crate) fn explain(
    place: &Place,
    expected: &HttpResponse,
    actual: &HttpResponse,
    found: &[Found],
) -> Vec<Mismatch> {
    let json = |part: &HttpResponse| serde_json::from_slice(part.body.value()?.as_ref()).ok();
    let rules = |category| expected.matching_rules.rules_for_category(category);
    let is_json = expected.content_type().is_some_and(|of| of.is_json());
    let explainer = Explainer {
        place,
        expected,
        actual,
        expected_json: is_json.then(|| json(expected)).flatten(),
        actual_json: json(actual),
        header_rules: rules("header"),
        body_rules: rules("body"),
        status_rules: rules("status"),
    };
    // `pact_matching` collects in hash maps: sorted first, so that a cut always leaves the same.
    let mut found: Vec<&Found> = found.iter().collect();
    found.sort_by_cached_key(|one| order(one));
    let beyond = found.len().saturating_sub(MAX_LOOKED_AT);
    found.truncate(MAX_LOOKED_AT);
    let mut told: Vec<(u8, Mismatch)> = Vec::new();
    for one in found {
        match one {
            Found::StatusMismatch { .. } => told.push((0, explainer.status())),
            Found::HeaderMismatch { key, .. } | Found::MetadataMismatch { key, .. } => {
                told.push((1, explainer.header(key)));
            }
            Found::BodyTypeMismatch {
                expected, actual, ..
            } => told.push(explainer.body_type(expected, actual)),
            Found::BodyMismatch {
                path,
                expected,
                actual,
                mismatch,
            } => {
                let all = explainer.body(&BodyFinding {
                    path: BodyPath::parse(path),
                    expected: expected.as_deref(),
                    actual: actual.as_deref(),
                    said: mismatch,
                });
                told.extend(all.into_iter().map(|one| (2, one)));
            }
            // Parts of a request: nobody matches one here.
            Found::MethodMismatch { .. }
            | Found::PathMismatch { .. }
            | Found::QueryMismatch { .. } => {}
        }
    }
    told.sort_by(|(part, one), (other_part, other)| {
        let place = |one: &Mismatch| (one.span.line, one.span.column);
        part.cmp(other_part)
            .then_with(|| place(one).cmp(&place(other)))
            .then_with(|| one.location.cmp(&other.location))
    });
    let mut seen = HashSet::new();
    let mut mismatches: Vec<Mismatch> = told
        .into_iter()
        .map(|(_, one)| one)
        .filter(|one| seen.insert(one.location.clone()))
        .collect();
    cut(&mut mismatches, beyond);
    mismatches
}

/// Leaves the mismatches that are told of one interaction. The last tells how many more there are,
/// the `beyond` that were not even looked at included.
pub(crate) fn cut(mismatches: &mut Vec<Mismatch>, beyond: usize) {
    let beyond = beyond + mismatches.len().saturating_sub(MAX_TOLD);
    mismatches.truncate(MAX_TOLD);
    if beyond > 0
        && let Some(last) = mismatches.last_mut()
    {
        last.message
            .push_str(&format!("; {beyond} more differences are not listed"));
    }
}

/// The place of a finding, for sorting.
fn order(found: &Found) -> (u8, &str, &str) {
    match found {
        Found::StatusMismatch { mismatch, .. } => (0, "", mismatch),
        Found::HeaderMismatch { key, mismatch, .. }
        | Found::MetadataMismatch { key, mismatch, .. } => (1, key, mismatch),
        Found::BodyTypeMismatch { mismatch, .. } => (2, "", mismatch),
        Found::BodyMismatch { path, mismatch, .. } => (3, path, mismatch),
        _ => (4, "", ""),
    }
}

struct Explainer<'a> {
    place: &'a Place,
    expected: &'a HttpResponse,
    actual: &'a HttpResponse,
    expected_json: Option<Value>,
    actual_json: Option<Value>,
    header_rules: Option<MatchingRuleCategory>,
    body_rules: Option<MatchingRuleCategory>,
    status_rules: Option<MatchingRuleCategory>,
}

/// What `pact_matching` says about one place in the body.
struct BodyFinding<'a> {
    path: BodyPath,
    expected: Option<&'a [u8]>,
    actual: Option<&'a [u8]>,
    said: &'a str,
}

impl Explainer<'_> {
    fn status(&self) -> Mismatch {
        let rule = self.status_rules.as_ref().and_then(|rules| {
            let mut rules = rules.rules.values().flat_map(|list| &list.rules);
            rules.find_map(|rule| match rule {
                MatchingRule::StatusCode(of) => Some(status_class(of)),
                _ => None,
            })
        });
        let expected = rule.unwrap_or_else(|| self.expected.status.to_string());
        let actual = self.actual.status;
        let body = match self.actual.body.value() {
            Some(body) => format!(", with {}", shown::excerpt(&body)),
            None => String::new(),
        };
        Mismatch {
            location: "status".to_owned(),
            message: format!("the provider answered {actual}{body}; the contract has {expected}"),
            expected,
            actual: actual.to_string(),
            reproduce: None,
            span: self.place.status(),
        }
    }

    fn header(&self, name: &str) -> Mismatch {
        let values = |part: &HttpResponse| {
            let headers = part.headers.iter().flatten();
            let mut named = headers.filter(|(header, _)| header.eq_ignore_ascii_case(name));
            named.next().map(|(_, values)| {
                if Secrets::is_secret_header(name) {
                    REDACTED.to_owned()
                } else {
                    shown::shorten(&values.join(", "), 120)
                }
            })
        };
        let rule = self.header_rules.as_ref().and_then(|rules| {
            let mut rules = rules.rules.iter().filter(|(path, _)| {
                path.first_field()
                    .is_some_and(|field| field.eq_ignore_ascii_case(name))
            });
            let (_, list) = rules.next()?;
            expected::asked_by(list.rules.first()?, None)
        });
        let has = values(self.expected).unwrap_or_default();
        let actual = values(self.actual);
        let word = self.place.header_word();
        let message = match (&actual, &rule) {
            (None, _) => format!("the answer has no {word} `{name}`"),
            (Some(is), Some(rule)) => {
                format!("{word} `{name}` is `{is}`, the contract asks for {rule}")
            }
            (Some(is), None) => format!("{word} `{name}` is `{is}`, the contract has `{has}`"),
        };
        Mismatch {
            location: format!("{word} {name}"),
            expected: rule.unwrap_or(has),
            actual: actual.unwrap_or_else(|| NOTHING.to_owned()),
            message,
            reproduce: None,
            span: self.place.header(name),
        }
    }

    /// A body of another type. Where the contract states the type in a header, that header is
    /// the field that differs.
    fn body_type(&self, expected: &str, actual: &str) -> (u8, Mismatch) {
        let headers = self.expected.headers.iter().flatten();
        let mut names = headers.map(|(name, _)| name);
        let name = names.find(|name| name.eq_ignore_ascii_case("content-type"));
        let message = format!("the body is {actual}, the contract has {expected}");
        let (part, location, span) = match name {
            Some(name) => (
                1,
                self.place.header_word().to_owned() + " " + name,
                self.place.header(name),
            ),
            None => (2, "body".to_owned(), self.place.body([])),
        };
        let mismatch = Mismatch {
            location,
            expected: expected.to_owned(),
            actual: actual.to_owned(),
            message,
            reproduce: None,
            span,
        };
        (part, mismatch)
    }

    fn body(&self, found: &BodyFinding<'_>) -> Vec<Mismatch> {
        let BodyFinding { path, said, .. } = found;
        let (Some(contract), Some(answer)) = (&self.expected_json, &self.actual_json) else {
            return vec![if path.is_root() {
                self.whole_body(said)
            } else {
                self.parameter(found)
            }];
        };
        let has = path.value_in(contract, true);
        let is = path.value_in(answer, false);
        if said.starts_with(LACKS_FIELDS)
            && let (Some(Value::Object(has)), Some(Value::Object(is))) = (has, is)
        {
            let missing = has.iter().filter(|(field, _)| !is.contains_key(*field));
            return missing
                .map(|(field, example)| {
                    let path = path.member(field);
                    let mut message = format!("`{}` is missing from the answer", path.show());
                    if let Some(name) = rename::likely_new_name(field, has, is) {
                        message.push_str(&format!(
                            "; likely renamed to `{name}`, which is new and of the same type"
                        ));
                    }
                    self.field(&path, Some(example), None, message)
                })
                .collect();
        }
        let message = self.field_message(path, has, is, said);
        vec![self.field(path, has, is, message)]
    }

    /// A body that is not JSON on both sides.
    fn whole_body(&self, said: &str) -> Mismatch {
        let bytes = |part: &HttpResponse| part.body.value();
        let (has, is) = (bytes(self.expected), bytes(self.actual));
        let show = |body: &Option<bytes::Bytes>| match body {
            Some(body) => shown::excerpt(body),
            None => NOTHING.to_owned(),
        };
        let message = match (&self.expected_json, &is) {
            (_, None) => "the answer has no body".to_owned(),
            (None, Some(_)) if has.is_none() => {
                "the answer has a body, the contract has none".to_owned()
            }
            (Some(_), Some(_)) => "the body is not JSON".to_owned(),
            (None, Some(_)) => format!("the body differs: {}", shown::shorten(said, 200)),
        };
        let location = if self.expected_json.is_some() {
            "body $"
        } else {
            "body"
        };
        Mismatch {
            location: location.to_owned(),
            expected: show(&has),
            actual: show(&is),
            message,
            reproduce: None,
            span: self.place.body([]),
        }
    }

    /// A field of a form, the one kind of body without JSON that has fields.
    fn parameter(&self, found: &BodyFinding<'_>) -> Mismatch {
        let show = |value: Option<&[u8]>| value.map_or_else(|| NOTHING.to_owned(), shown::excerpt);
        Mismatch {
            location: format!("body {}", found.path.show()),
            expected: show(found.expected),
            actual: show(found.actual),
            message: shown::shorten(found.said, 200),
            reproduce: None,
            span: self.place.body([]),
        }
    }

    fn field(
        &self,
        path: &BodyPath,
        has: Option<&Value>,
        is: Option<&Value>,
        message: String,
    ) -> Mismatch {
        let rule = self.rule(path);
        let asked = rule.as_ref().and_then(|rule| expected::asked_by(rule, has));
        let expected = match (asked, has) {
            (Some(asked), Some(Value::Array(_) | Value::Object(_)) | None) => asked,
            (Some(asked), Some(example)) => format!("{asked}, such as {}", shown::value(example)),
            (None, Some(value)) => shown::value(value),
            (None, None) => NOTHING.to_owned(),
        };
        Mismatch {
            location: format!("body {}", path.show()),
            expected,
            actual: is.map_or_else(|| NOTHING.to_owned(), shown::value),
            message,
            reproduce: None,
            span: self.place.body(path.steps()),
        }
    }

    fn field_message(
        &self,
        path: &BodyPath,
        has: Option<&Value>,
        is: Option<&Value>,
        said: &str,
    ) -> String {
        let at = path.show();
        let rule = self.rule(path);
        let asked = rule.as_ref().and_then(|rule| expected::asked_by(rule, has));
        let by_equality = matches!(rule, None | Some(MatchingRule::Equality));
        match (has, is) {
            (Some(Value::Array(has)), Some(Value::Array(is))) => {
                let size = rule.as_ref().and_then(expected::size_asked_by);
                let count = shown::items(is.len());
                match (asked, size) {
                    (Some(asked), Some((least, most))) if !(least..=most).contains(&is.len()) => {
                        format!("`{at}` has {count}, the contract asks for {asked}")
                    }
                    (None, _) if by_equality && has.len() != is.len() => {
                        format!("`{at}` has {count}, the contract has {}", has.len())
                    }
                    _ => format!("`{at}`: {}", shown::shorten(said, 200)),
                }
            }
            (Some(has), Some(is)) if shown::type_of(has) != shown::type_of(is) => {
                let kind = shown::type_of(is);
                match asked {
                    Some(asked) => format!("`{at}` is {kind}, the contract asks for {asked}"),
                    None => {
                        let has = shown::type_of(has);
                        format!("`{at}` is {kind}, the contract has {has}")
                    }
                }
            }
            (Some(Value::Object(_)), _) | (None, _) | (_, None) => {
                format!("`{at}`: {}", shown::shorten(said, 200))
            }
            (Some(has), Some(is)) => {
                let is = shown::value(is);
                match asked {
                    Some(asked) => format!("`{at}` is {is}, the contract asks for {asked}"),
                    None if by_equality => {
                        format!("`{at}` is {is}, the contract has {}", shown::value(has))
                    }
                    None => format!("`{at}`: {}", shown::shorten(said, 200)),
                }
            }
        }
    }

    /// The contract's rule for the field, the first where there are several.
    fn rule(&self, path: &BodyPath) -> Option<MatchingRule> {
        let tokens = path.tokens();
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        let rules = self.body_rules.as_ref()?.select_best_matcher(&tokens);
        rules.rules.into_iter().next()
    }
}

fn status_class(status: &HttpStatus) -> String {
    match status {
        HttpStatus::Information => "1xx".to_owned(),
        HttpStatus::Success => "2xx".to_owned(),
        HttpStatus::Redirect => "3xx".to_owned(),
        HttpStatus::ClientError => "4xx".to_owned(),
        HttpStatus::ServerError => "5xx".to_owned(),
        HttpStatus::NonError => "a status below 400".to_owned(),
        HttpStatus::Error => "a status of 400 or above".to_owned(),
        HttpStatus::StatusCodes(codes) => {
            let codes: Vec<String> = codes.iter().map(u16::to_string).collect();
            codes.join(" or ")
        }
    }
}
