use pact_models::matchingrules::MatchingRule;
use serde_json::Value;

use crate::mismatch::shown;

/// What a rule asks for, in words; nothing where the example itself is asked for, or where only
/// the example can be shown.
pub(super) fn asked_by(rule: &MatchingRule, example: Option<&Value>) -> Option<String> {
    let items = || {
        if example.is_some_and(|value| !value.is_array()) {
            // The rule of an array, handed down to its items.
            return example.map(|value| shown::type_of(value).to_owned());
        }
        Some(match size_asked_by(rule)? {
            (least, usize::MAX) => format!("an array of at least {}", shown::items(least)),
            (0, most) => format!("an array of at most {}", shown::items(most)),
            (least, most) => format!("an array of {least} to {}", shown::items(most)),
        })
    };
    let dated = |what: &str, format: &str| {
        if format.is_empty() {
            what.to_owned()
        } else {
            format!("{what} like `{}`", shown::shorten(format, 40))
        }
    };
    match rule {
        MatchingRule::Regex(regex) => {
            Some(format!("text matching /{}/", shown::shorten(regex, 60)))
        }
        MatchingRule::Type => example.map(|value| shown::type_of(value).to_owned()),
        MatchingRule::MinType(_) | MatchingRule::MaxType(_) | MatchingRule::MinMaxType(..) => {
            items()
        }
        MatchingRule::Timestamp(format) => Some(dated("a date and time", format)),
        MatchingRule::Time(format) => Some(dated("a time", format)),
        MatchingRule::Date(format) => Some(dated("a date", format)),
        MatchingRule::Include(part) => {
            Some(format!("text containing `{}`", shown::shorten(part, 60)))
        }
        MatchingRule::Number => Some("a number".to_owned()),
        MatchingRule::Integer => Some("an integer".to_owned()),
        MatchingRule::Decimal => Some("a number with a fraction".to_owned()),
        MatchingRule::Boolean => Some("a boolean".to_owned()),
        MatchingRule::Null => Some("null".to_owned()),
        MatchingRule::NotEmpty => Some("a value that is not empty".to_owned()),
        MatchingRule::Semver => Some("a semantic version".to_owned()),
        MatchingRule::ContentType(of) => Some(format!("content of type {of}")),
        MatchingRule::Equality
        | MatchingRule::Values
        | MatchingRule::ArrayContains(_)
        | MatchingRule::StatusCode(_)
        | MatchingRule::EachKey(_)
        | MatchingRule::EachValue(_)
        | MatchingRule::Plugin { .. } => None,
    }
}

/// How many items, at least and at most, a rule asks an array for.
pub(super) fn size_asked_by(rule: &MatchingRule) -> Option<(usize, usize)> {
    match rule {
        MatchingRule::MinType(least) => Some((*least, usize::MAX)),
        MatchingRule::MaxType(most) => Some((0, *most)),
        MatchingRule::MinMaxType(least, most) => Some((*least, *most)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rules_are_said_in_words() {
        let say = |rule: MatchingRule, example: Value| asked_by(&rule, Some(&example));
        assert_eq!(
            say(MatchingRule::Type, json!("x")).as_deref(),
            Some("a string")
        );
        assert_eq!(
            say(MatchingRule::Regex("^A+$".into()), json!("A")).as_deref(),
            Some("text matching /^A+$/")
        );
        assert_eq!(
            say(MatchingRule::MinType(2), json!([1])).as_deref(),
            Some("an array of at least 2 items")
        );
        assert_eq!(
            say(MatchingRule::MinMaxType(1, 1), json!([1])).as_deref(),
            Some("an array of 1 to 1 item")
        );
        assert_eq!(
            say(MatchingRule::MinType(2), json!(1)).as_deref(),
            Some("a number"),
            "the rule of an array, handed down to its items"
        );
        assert_eq!(say(MatchingRule::Equality, json!(1)), None);
    }
}
