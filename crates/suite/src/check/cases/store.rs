use rtest_core::plan::{
    CaseStepKind, ConsumeStep, PublishStep, RedisStep, SqlExpectation, SqlStep,
};
use rtest_core::{Code, Diagnostic, Template};

use super::Around;
use crate::check::expectation::{Subject, value_match};
use crate::check::load::body;
use crate::check::reference::speaking;
use crate::check::{Context, pattern, probe, template};
use crate::file::{KafkaKeys, RedisKeys, RowsOrValue, SqlKeys};
use crate::shape::Field;

pub(super) fn sql(
    keys: &SqlKeys,
    around: &Around<'_>,
    cx: &mut Context<'_>,
) -> Option<CaseStepKind> {
    let service = speaking(&keys.service, "postgres", around.services, cx);
    let query = filled(&keys.query, cx);
    let expected = match &keys.expect {
        Field::Absent => None,
        Field::Faulty(_) => return None,
        Field::Given(entry) => {
            let expected = match &entry.value.value {
                RowsOrValue::Rows(rows) => SqlExpectation::Rows(probe::rows(&rows.items, cx)?),
                RowsOrValue::Value(matcher) => {
                    SqlExpectation::Value(value_match(matcher, Subject::Json, cx)?)
                }
            };
            Some((expected, entry.key.clone()))
        }
    };
    Some(CaseStepKind::Sql(SqlStep {
        service: service?,
        query: query?,
        expected,
    }))
}

pub(super) fn redis(
    keys: &RedisKeys,
    around: &Around<'_>,
    cx: &mut Context<'_>,
) -> Option<CaseStepKind> {
    let service = speaking(&keys.service, "redis", around.services, cx);
    let words = keys.command.value()?;
    for word in &words.items {
        template::check(&word.value, &word.span, cx);
    }
    let expected = match &keys.expect {
        Field::Absent => None,
        Field::Faulty(_) => return None,
        Field::Given(entry) => {
            let expected = value_match(&entry.value.value, Subject::Json, cx)?;
            Some((expected, entry.whole.clone()))
        }
    };
    Some(CaseStepKind::Redis(RedisStep {
        service: service?,
        command: words.items.iter().map(|word| word.value.clone()).collect(),
        expected,
    }))
}

pub(super) fn kafka(
    keys: &KafkaKeys,
    around: &Around<'_>,
    cx: &mut Context<'_>,
) -> Option<CaseStepKind> {
    let service = speaking(&keys.service, "kafka", around.services, cx);
    if keys.publish.is_absent() {
        for (name, key) in [("key", keys.key.key()), ("json", keys.json.key())] {
            refuse(name, "publish", key, cx);
        }
        return consume(keys, service?, cx);
    }
    refuse("expect", "consume", keys.expect.key(), cx);
    let topic = filled(&keys.publish, cx);
    let key = match &keys.key {
        Field::Absent => None,
        _ => Some(filled(&keys.key, cx)?),
    };
    let Some(json) = keys.json.value() else {
        if let (true, Some(at)) = (keys.json.is_absent(), keys.publish.key()) {
            let message = "a message that is put into a topic needs `json`";
            cx.found
                .add(Diagnostic::new(Code::MissingKey, message).at(at));
        }
        return None;
    };
    Some(CaseStepKind::Publish(PublishStep {
        service: service?,
        topic: topic?,
        key,
        json: body::json(&json.0, cx)?,
    }))
}

fn consume(keys: &KafkaKeys, service: String, cx: &mut Context<'_>) -> Option<CaseStepKind> {
    let topic = filled(&keys.consume, cx);
    let entries = match &keys.expect {
        Field::Absent => &[][..],
        Field::Faulty(_) => return None,
        Field::Given(entry) => entry.value.value.0.as_slice(),
    };
    let mut expected = Vec::new();
    for entry in entries {
        let name = &entry.name;
        let path = pattern::json_path(&name.value, &name.span, Code::BadExpectation, cx);
        let (_, matcher) = entry.given()?;
        let value = value_match(&matcher.value, Subject::Json, cx)?;
        expected.push((path?, value, name.span.clone()));
    }
    Some(CaseStepKind::Consume(ConsumeStep {
        service,
        topic: topic?,
        expected,
    }))
}

fn refuse(key: &str, of: &str, at: Option<&rtest_core::Span>, cx: &mut Context<'_>) {
    if let Some(at) = at {
        let message = format!("`{key}` belongs to `{of}`");
        cx.found
            .add(Diagnostic::new(Code::UnknownKey, message).at(at));
    }
}

fn filled(field: &Field<Template>, cx: &mut Context<'_>) -> Option<Template> {
    let text = field.spanned()?;
    template::check(&text.value, &text.span, cx);
    Some(text.value.clone())
}
