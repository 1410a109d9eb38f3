//! What keeps an interaction from being verified: kinds that are not supported, and rules and
//! bodies whose work could not be bounded.

use std::collections::HashMap;

use pact_models::bodies::OptionalBody;
use pact_models::generators::{Generator, Generators};
use pact_models::matchingrules::{MatchingRule, MatchingRules};
use pact_models::v4::http_parts::HttpRequest;
use pact_models::v4::message_parts::MessageContents;
use pact_models::v4::synch_http::SynchronousHttp;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::bounded_regex;
use crate::interaction::Obstacle;

/// Deepest nesting of an XML document: who reads it recurses.
const MAX_XML_DEPTH: usize = 200;

/// Why an HTTP interaction cannot be verified, if so.
pub(super) fn of_http(interaction: &SynchronousHttp) -> Option<Obstacle> {
    let response = &interaction.response;
    plugin(
        interaction.transport.as_deref(),
        &["http", "https"],
        &interaction.plugin_config,
    )
    .or_else(|| body(&response.body).map(Obstacle::Broken))
    .or_else(|| rules(&response.matching_rules).map(work))
    .or_else(|| generators(&interaction.request.generators).map(work))
}

/// Why a message cannot be verified, if so.
pub(super) fn of_message(
    transport: Option<&str>,
    plugin_config: &HashMap<String, HashMap<String, Value>>,
    contents: &MessageContents,
) -> Option<Obstacle> {
    let transports = ["message", "async-message", "sync-message", "http", "https"];
    plugin(transport, &transports, plugin_config)
        .or_else(|| body(&contents.contents).map(Obstacle::Broken))
        .or_else(|| rules(&contents.matching_rules).map(work))
}

/// Why no request can be held against an interaction's, if so.
pub(super) fn of_request(request: &HttpRequest) -> Option<String> {
    let of_rules = || match rules(&request.matching_rules)? {
        Rule::Foreign(why) | Rule::Unbounded(why) => Some(why),
    };
    body(&request.body).or_else(of_rules)
}

/// Why a body that arrived cannot be looked at, if so.
///
/// # Errors
/// In plain words.
pub(super) fn of_arrived(headers: &HeaderMap, body: &[u8]) -> Result<(), String> {
    let of = headers.get(reqwest::header::CONTENT_TYPE);
    let of = of.and_then(|of| of.to_str().ok()).unwrap_or_default();
    if of.contains("xml") && is_too_deep(body) {
        return Err(format!(
            "the body is XML nested more than {MAX_XML_DEPTH} deep"
        ));
    }
    Ok(())
}

fn work(rule: Rule) -> Obstacle {
    match rule {
        Rule::Foreign(why) => Obstacle::Unsupported(why),
        Rule::Unbounded(why) => Obstacle::Broken(why),
    }
}

/// What is wrong with a rule.
enum Rule {
    /// It is not one of pact's.
    Foreign(String),
    Unbounded(String),
}

fn plugin(
    transport: Option<&str>,
    known: &[&str],
    plugin_config: &HashMap<String, HashMap<String, Value>>,
) -> Option<Obstacle> {
    if let Some(transport) = transport.filter(|it| !known.contains(it)) {
        return Some(Obstacle::Unsupported(format!(
            "its transport `{transport}` needs a plugin, which rtest does not load"
        )));
    }
    let needs = "it needs a pact plugin, which rtest does not load";
    (!plugin_config.is_empty()).then(|| Obstacle::Unsupported(needs.to_owned()))
}

fn body(body: &OptionalBody) -> Option<String> {
    let is_xml = body.content_type().is_some_and(|of| of.is_xml());
    let bytes = body.value().filter(|_| is_xml)?;
    is_too_deep(&bytes).then(|| format!("its body is XML nested more than {MAX_XML_DEPTH} deep"))
}

/// Counts tags that open and tags that close; what is no XML at all is told by whoever reads it.
fn is_too_deep(xml: &[u8]) -> bool {
    let mut depth: usize = 0;
    let mut tags = xml.split(|byte| *byte == b'<').skip(1);
    tags.any(|tag| {
        let end = tag.iter().position(|byte| *byte == b'>');
        let closes_itself = end.is_some_and(|end| end > 0 && tag[end - 1] == b'/');
        match tag.first() {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') => {}
            _ if closes_itself => {}
            _ => depth += 1,
        }
        depth > MAX_XML_DEPTH
    })
}

fn rules(rules: &MatchingRules) -> Option<Rule> {
    let categories = rules.rules.values();
    categories
        .flat_map(|category| category.rules.values())
        .flat_map(|list| &list.rules)
        .find_map(rule)
}

fn rule(rule: &MatchingRule) -> Option<Rule> {
    match rule {
        MatchingRule::Regex(text) => bounded_regex::too_much(text).map(Rule::Unbounded),
        MatchingRule::Plugin { name, .. } => Some(Rule::Foreign(format!(
            "its matching rule `{name}` is not one of pact's"
        ))),
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

fn generators(generators: &Generators) -> Option<Rule> {
    let categories = generators.categories.values();
    categories
        .flat_map(|category| category.values())
        .find_map(|one| match one {
            Generator::Regex(text) => bounded_regex::too_much(text).map(Rule::Unbounded),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounded_regex::MAX_REGEX;
    use serde_json::json;

    fn obstacle_of(json: serde_json::Value) -> Option<Obstacle> {
        of_http(&SynchronousHttp::from_json(&json, 0).expect("an interaction"))
    }

    fn with_rule(rule: serde_json::Value) -> Option<Obstacle> {
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
            let Some(Obstacle::Broken(why)) = with_rule(rule.clone()) else {
                panic!("not refused: {rule}");
            };
            assert!(why.contains("regular expression"), "{why}");
        }
        let generated = json!({ "request": { "generators": { "path": {
            "type": "Regex", "regex": "(a{9999}){9999}" } } } });
        assert!(obstacle_of(generated).is_some());
    }

    #[test]
    fn what_only_plugins_can_do_is_unsupported() {
        for (interaction, word) in [
            (with_rule(json!({ "match": "jwt" })), "`jwt`"),
            (obstacle_of(json!({ "transport": "grpc" })), "grpc"),
        ] {
            let Some(Obstacle::Unsupported(why)) = interaction else {
                panic!("{word} is taken");
            };
            assert!(why.contains(word), "{why}");
        }
    }

    #[test]
    fn xml_is_read_to_a_depth() {
        let xml = |depth: usize| {
            let (open, close) = ("<a x='1'><b/>".repeat(depth), "</a>".repeat(depth));
            let body = format!("<?xml version='1.0'?><!-- -->{open}{close}");
            json!({ "content": body, "contentType": "application/xml", "encoded": false })
        };
        let of = |depth| obstacle_of(json!({ "response": { "body": xml(depth) } }));
        assert_eq!(of(MAX_XML_DEPTH), None);
        let Some(Obstacle::Broken(why)) = of(MAX_XML_DEPTH + 1) else {
            panic!("deeper is taken");
        };
        assert!(why.contains("nested"), "{why}");
    }
}
