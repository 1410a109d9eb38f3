//! What keeps an interaction from being verified: kinds that are not supported, and rules whose
//! work could not be bounded.

use pact_models::bodies::OptionalBody;
use pact_models::generators::{Generator, Generators};
use pact_models::matchingrules::{MatchingRule, MatchingRules};
use pact_models::v4::synch_http::SynchronousHttp;
use regex::RegexBuilder;

/// Why messages fail.
pub(crate) const MESSAGE: &str =
    "it is a message interaction, and only HTTP interactions can be verified";

/// Longest regular expression, in bytes. The longest in use, for e-mail addresses, is half of it.
const MAX_REGEX: usize = 16 << 10;

/// Largest program that a regular expression may compile to, in bytes: repetitions of repetitions
/// (`(a{1000}){1000}`) grow beyond every bound.
const MAX_REGEX_PROGRAM: usize = 4 << 20;

/// Why the interaction cannot be verified, if so.
pub(crate) fn obstacle(interaction: &SynchronousHttp) -> Option<String> {
    if let Some(transport) = &interaction.transport
        && !matches!(transport.as_str(), "http" | "https")
    {
        return Some(format!(
            "its transport `{transport}` needs a plugin, which rtest does not load"
        ));
    }
    if !interaction.plugin_config.is_empty() {
        return Some("it needs a pact plugin, which rtest does not load".to_owned());
    }
    let response = &interaction.response;
    if let (OptionalBody::Present(..), Some(of)) = (&response.body, response.content_type()) {
        if of.is_xml() {
            return Some(format!(
                "its response is `{of}`, and XML bodies cannot be verified"
            ));
        }
        if of.main_type == "multipart" {
            return Some(format!(
                "its response is `{of}`, and multipart bodies cannot be verified"
            ));
        }
    }
    rules(&response.matching_rules).or_else(|| generators(&interaction.request.generators))
}

fn rules(rules: &MatchingRules) -> Option<String> {
    let categories = rules.rules.values();
    categories
        .flat_map(|category| category.rules.values())
        .flat_map(|list| &list.rules)
        .find_map(rule)
}

fn rule(rule: &MatchingRule) -> Option<String> {
    match rule {
        MatchingRule::Regex(text) => regex(text),
        MatchingRule::Plugin { name, .. } => {
            Some(format!("its matching rule `{name}` is not one of pact's"))
        }
        MatchingRule::ArrayContains(variants) => variants
            .iter()
            .flat_map(|(_, category, _)| category.rules.values())
            .flat_map(|list| &list.rules)
            .find_map(self::rule),
        MatchingRule::EachKey(definition) | MatchingRule::EachValue(definition) => definition
            .rules
            .iter()
            .filter_map(|rule| rule.as_ref().left())
            .find_map(self::rule),
        _ => None,
    }
}

fn generators(generators: &Generators) -> Option<String> {
    let categories = generators.categories.values();
    categories
        .flat_map(|category| category.values())
        .find_map(|one| match one {
            Generator::Regex(text) => regex(text),
            _ => None,
        })
}

fn regex(text: &str) -> Option<String> {
    if text.len() > MAX_REGEX {
        return Some(format!(
            "it has a regular expression of {} bytes; at most {MAX_REGEX} are taken",
            text.len()
        ));
    }
    // Only the size is asked. What this engine does not understand (a look-ahead), the one that
    // matches may, and if not it says so.
    match RegexBuilder::new(text)
        .size_limit(MAX_REGEX_PROGRAM)
        .build()
    {
        Err(regex::Error::CompiledTooBig(_)) => Some(format!(
            "its regular expression `{}` repeats too much to be run",
            crate::mismatch::shorten(text, 60)
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn obstacle_of(json: serde_json::Value) -> Option<String> {
        obstacle(&SynchronousHttp::from_json(&json, 0).expect("an interaction"))
    }

    fn with_rule(rule: serde_json::Value) -> Option<String> {
        obstacle_of(
            json!({ "response": { "matchingRules": { "body": { "$.a": { "matchers": [rule] } } } } }),
        )
    }

    #[test]
    fn ordinary_rules_are_no_obstacle() {
        for rule in [
            json!({ "match": "type" }),
            json!({ "match": "regex", "regex": "^[A-Z]{2}\\d+$" }),
            json!({ "match": "regex", "regex": "^(?=.*x).+$" }),
            json!({ "match": "arrayContains", "variants": [] }),
        ] {
            assert_eq!(with_rule(rule.clone()), None, "{rule}");
        }
    }

    #[test]
    fn regular_expressions_without_bound_are_refused_wherever_they_hide() {
        let huge = json!({ "match": "regex", "regex": "a".repeat(MAX_REGEX + 1) });
        let nested = json!({ "match": "regex", "regex": "(((a{1000}){1000}){1000}){1000}" });
        let variant = json!({ "index": 0, "rules": { "$.x": { "matchers": [nested.clone()] } } });
        for rule in [
            huge,
            nested.clone(),
            json!({ "match": "arrayContains", "variants": [variant] }),
            json!({ "match": "eachValue", "value": "a", "rules": [nested] }),
        ] {
            let obstacle = with_rule(rule.clone()).expect("refused");
            assert!(obstacle.contains("regular expression"), "{obstacle}");
        }
        let generated = json!({ "request": { "generators": { "path": {
            "type": "Regex", "regex": "(a{9999}){9999}" } } } });
        assert!(obstacle_of(generated).is_some());
    }

    #[test]
    fn what_only_plugins_can_do_is_refused() {
        assert!(with_rule(json!({ "match": "jwt" })).is_some_and(|why| why.contains("`jwt`")));
        assert!(
            obstacle_of(json!({ "transport": "grpc" })).is_some_and(|why| why.contains("grpc"))
        );
    }

    #[test]
    fn xml_bodies_are_refused() {
        let body = json!({ "content": "<a/>", "contentType": "application/xml", "encoded": false });
        let obstacle = obstacle_of(json!({ "response": { "body": body } })).expect("refused");
        assert!(obstacle.contains("XML"), "{obstacle}");
    }
}
