use rtest_core::expectation::{Expectation, JsonType, ValueMatch};
use rtest_core::{Code, Diagnostic, Span};
use serde_json::Value;

use crate::check::{Context, pattern, template};
use crate::collection::{Named, NamedEntry, OneOrMany};
use crate::file::{CaseExpect, Check, Matcher, MatcherRecord, ProbeCall, Status};
use crate::node::{Kind, Node};
use crate::shape::Field;
use crate::spanned::{Spanned, join};

/// The keys with which a suite says what an answer is expected to be; checks and probes have them.
pub(super) struct Expected<'a> {
    status: &'a Field<Status>,
    headers: &'a Field<Named<Matcher, 1>>,
    json: &'a Field<Named<Matcher, 1>>,
    body_contains: &'a Field<OneOrMany<String>>,
}

impl<'a> From<&'a Check> for Expected<'a> {
    fn from(check: &'a Check) -> Self {
        Self {
            status: &check.status,
            headers: &check.headers,
            json: &check.json,
            body_contains: &check.body_contains,
        }
    }
}

impl<'a> From<&'a CaseExpect> for Expected<'a> {
    fn from(expect: &'a CaseExpect) -> Self {
        Self {
            status: &expect.status,
            headers: &expect.headers,
            json: &expect.json,
            body_contains: &expect.body_contains,
        }
    }
}

impl<'a> From<&'a ProbeCall> for Expected<'a> {
    fn from(call: &'a ProbeCall) -> Self {
        Self {
            status: &call.status,
            headers: &call.headers,
            json: &call.json,
            body_contains: &call.body_contains,
        }
    }
}

/// What is held against a matcher.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// A header's value: always text.
    Header,
    /// What a JSONPath selects, or a text as the value that it spells.
    Json,
}

impl Expected<'_> {
    /// Whether none of the keys is there.
    pub(super) fn is_empty(&self) -> bool {
        self.status.is_absent()
            && self.headers.is_absent()
            && self.json.is_absent()
            && self.body_contains.is_absent()
    }

    /// One expectation for each entry, with the entry's place.
    pub(super) fn check(&self, cx: &mut Context<'_>) -> Vec<Spanned<Expectation>> {
        let mut checked = Vec::new();
        if let Some(status) = self.status.entry() {
            let expectation = Expectation::Status(status.value.value.0.clone());
            checked.push(Spanned::new(expectation, status.whole.clone()));
        }
        for entry in entries(self.headers) {
            checked.extend(self.header(entry, cx));
        }
        for entry in entries(self.json) {
            checked.extend(self.json(entry, cx));
        }
        let texts = self.body_contains.value().map(|texts| &texts.0);
        for text in texts.into_iter().flatten() {
            template::refuse(&text.value, &text.span, cx);
            let expectation = Expectation::BodyContains(text.value.clone());
            checked.push(Spanned::new(expectation, text.span.clone()));
        }
        checked
    }

    fn header(
        &self,
        entry: &NamedEntry<Matcher>,
        cx: &mut Context<'_>,
    ) -> Option<Spanned<Expectation>> {
        let (name, matcher) = entry.given()?;
        let value = value_match(&matcher.value, Subject::Header, cx)?;
        let expectation = Expectation::Header {
            name: name.value.clone(),
            value,
        };
        Some(Spanned::new(expectation, place(name, matcher)))
    }

    fn json(
        &self,
        entry: &NamedEntry<Matcher>,
        cx: &mut Context<'_>,
    ) -> Option<Spanned<Expectation>> {
        let path = &entry.name;
        let path = pattern::json_path(&path.value, &path.span, Code::BadExpectation, cx);
        let (name, matcher) = entry.given()?;
        let value = value_match(&matcher.value, Subject::Json, cx)?;
        let expectation = Expectation::Json { path: path?, value };
        Some(Spanned::new(expectation, place(name, matcher)))
    }
}

fn entries(field: &Field<Named<Matcher, 1>>) -> impl Iterator<Item = &NamedEntry<Matcher>> {
    field.value().map(|named| &named.0).into_iter().flatten()
}

fn place(name: &Spanned<String>, matcher: &Spanned<Matcher>) -> Span {
    match &matcher.value {
        Matcher::Equals(node) if node.scalar_text().is_some() => join(&name.span, &matcher.span),
        Matcher::Equals(_) | Matcher::Meets(_) => name.span.clone(),
    }
}

pub(super) fn value_match(
    matcher: &Matcher,
    subject: Subject,
    cx: &mut Context<'_>,
) -> Option<ValueMatch> {
    match matcher {
        Matcher::Equals(node) => equality(node, subject, cx),
        Matcher::Meets(record) => meets(record, subject, cx),
    }
}

pub(super) fn equality(node: &Node, subject: Subject, cx: &mut Context<'_>) -> Option<ValueMatch> {
    let mut refused = false;
    node.texts(&mut |text, span| refused |= !template::expected(text, span, cx));
    if refused {
        return None;
    }
    match (subject, node.scalar_text(), &node.kind) {
        // Headers are text: `content-length: 12` is the text `12`.
        (Subject::Header, Some(text), _) => Some(ValueMatch::Equals(Value::from(text))),
        (Subject::Header, None, _) => {
            cx.found.add(
                Diagnostic::new(
                    Code::BadExpectation,
                    format!("a header's value is text, not {}", node.describe()),
                )
                .at(&node.span)
                .hint("for a header that must not be there: `{ exists: false }`"),
            );
            None
        }
        (Subject::Json, _, Kind::Faulty) => None,
        (Subject::Json, ..) => Some(ValueMatch::Equals(node.to_json())),
    }
}

pub(super) fn meets(
    record: &MatcherRecord,
    subject: Subject,
    cx: &mut Context<'_>,
) -> Option<ValueMatch> {
    let matches = record
        .matches
        .spanned()
        .and_then(|text| pattern::regex(&text.value, &text.span, Code::BadExpectation, cx));
    let mut bad = |message: String, at: &Span| {
        cx.found
            .add(Diagnostic::new(Code::BadExpectation, message).at(at));
    };
    let mut all = Vec::new();
    if let Some(of_type) = record.of_type.entry() {
        if subject == Subject::Header && of_type.value.value.0 != JsonType::String {
            bad("a header's value is always text".to_owned(), &of_type.whole);
        }
        all.push(ValueMatch::Type(of_type.value.value.0));
    }
    all.extend(record.min.value().map(|min| ValueMatch::Min(*min)));
    all.extend(record.max.value().map(|max| ValueMatch::Max(*max)));
    if let (Some(min), Some(max)) = (record.min.value(), record.max.spanned())
        && *min > max.value
    {
        bad(
            format!("nothing is both >= {min} and <= {}", max.value),
            &max.span,
        );
    }
    all.extend(matches.map(ValueMatch::Matches));
    if let Some(exists) = record.exists.entry() {
        if !exists.value.value && !all.is_empty() {
            bad(
                "what must not be there can meet nothing else".to_owned(),
                &exists.key,
            );
        }
        all.push(ValueMatch::Exists(exists.value.value));
    }
    match all.len() {
        0 => None,
        1 => all.pop(),
        _ => Some(ValueMatch::All(all)),
    }
}
