use rtest_core::expectation::ValueMatch;
use rtest_core::plan::Condition;
use rtest_core::{Code, Diagnostic, Span};

use crate::check::expectation::{Subject, equality, meets};
use crate::check::{Context, template};
use crate::file::ConditionKeys;

/// Checks a condition; `key` is the one that it stands under.
pub(super) fn check(
    condition: &ConditionKeys,
    key: &Span,
    cx: &mut Context<'_>,
) -> Option<Condition> {
    if let Some(value) = condition.value.spanned() {
        template::check(&value.value, &value.span, cx);
        if value.value.variables().next().is_none() {
            cx.found.add(
                Diagnostic::new(
                    Code::BadExpectation,
                    "the condition is always the same: its `value` has no hole",
                )
                .at(&value.span)
                .hint("write `\"{{ name }}\"`, with a name that a step captures or a feeder has"),
            );
        }
    }
    let matcher = condition.matcher();
    let asks = [
        condition.equals.key(),
        matcher.of_type.key(),
        matcher.min.key(),
        matcher.max.key(),
        matcher.matches.key(),
        matcher.exists.key(),
    ];
    if asks.iter().all(Option::is_none) {
        cx.found.add(
            Diagnostic::new(Code::BadExpectation, "the condition asks for nothing")
                .at(key)
                .hint("add `equals`, `type`, `min`, `max`, `matches` or `exists`"),
        );
        return None;
    }
    let equals = condition
        .equals
        .value()
        .and_then(|wanted| equality(&wanted.0, Subject::Json, cx));
    let met = meets(&matcher, Subject::Json, cx);
    if let (Some(false), Some(equals)) = (condition.exists.value(), condition.equals.key()) {
        cx.found.add(
            Diagnostic::new(
                Code::BadExpectation,
                "what must not be there equals nothing",
            )
            .at(equals),
        );
    }
    let is = match (equals, met) {
        (Some(ValueMatch::All(all)), None) => ValueMatch::All(all),
        (Some(one), Some(ValueMatch::All(mut all))) => {
            all.insert(0, one);
            ValueMatch::All(all)
        }
        (Some(one), Some(other)) => ValueMatch::All(vec![one, other]),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return None,
    };
    Some(Condition {
        value: condition.value.value()?.clone(),
        is,
    })
}
