use std::sync::Arc;

use pact_models::PactSpecification;
use rtest_core::Span;
use serde_json::Value;

use crate::interaction::{Contract, Exchange, Interaction, Obstacle};
use crate::json_text::{JsonText, Step};
use crate::pact::http::PactHttp;
use crate::pact::message::PactMessage;
use crate::source::broker::Links;
use crate::state::ProviderState;
use crate::unreadable::{UnreadableContract, UnreadableKind};

/// A contract file that holds JSON; whose contract it is, is known before the rest is checked.
#[derive(Debug)]
pub(crate) struct Document {
    text: Arc<JsonText>,
    json: Value,
}

impl Document {
    /// The JSON of a file; `shown` is its path as the user is told it.
    ///
    /// # Errors
    /// It is not UTF-8, or not JSON.
    pub(super) fn parse(bytes: Vec<u8>, shown: Arc<str>) -> Result<Self, UnreadableContract> {
        let text = JsonText::decode(bytes, shown)?;
        let parsed = serde_json::from_str(text.as_str());
        let text = Arc::new(text);
        match parsed {
            Ok(json) => Ok(Self { text, json }),
            Err(error) => {
                let at = text.offset(error.line(), error.column());
                let message = error.to_string();
                // The place is in the span.
                let message = message.split(" at line ").next().unwrap_or_default();
                Err(UnreadableContract {
                    span: Some(text.span(at..at + 1)),
                    kind: UnreadableKind::NotJson(message.to_owned()),
                })
            }
        }
    }

    /// The provider that the contract is about, if it names one.
    pub(crate) fn provider(&self) -> Option<&str> {
        self.json["provider"]["name"].as_str()
    }

    /// Checks the rest.
    ///
    /// # Errors
    /// It is not a pact, or of an unknown version. An interaction that is malformed does not fail
    /// the contract: it is one that cannot be verified.
    pub(crate) fn into_contract(self, messages: &str) -> Result<Contract, UnreadableContract> {
        let name_of = |party: &str| {
            self.json[party]["name"]
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| {
                    self.not_a_pact(
                        &[party],
                        format!("it does not say `{party}: {{ name: … }}`"),
                    )
                })
        };
        let provider = name_of("provider")?;
        let consumer = name_of("consumer")?;
        let version = self.version()?;
        let mut interactions = Vec::new();
        let mut listed = false;
        for list in ["interactions", "messages"] {
            let Some(value) = self.json.get(list) else {
                continue;
            };
            let Some(items) = value.as_array() else {
                return Err(self.not_a_pact(&[list], format!("`{list}` is not a list")));
            };
            listed = true;
            let offsets = self.text.items(list);
            let is_message = list == "messages";
            for (index, (json, at)) in items.iter().zip(offsets).enumerate() {
                interactions.push(self.interaction(json, index, at, version, is_message, messages));
            }
        }
        if !listed {
            return Err(self.not_a_pact(&[], "it has no `interactions`".to_owned()));
        }
        Ok(Contract {
            consumer,
            provider,
            source: Arc::clone(self.text.file()),
            links: Links::of(&self.json),
            interactions,
        })
    }

    fn not_a_pact(&self, path: &[&str], why: String) -> UnreadableContract {
        UnreadableContract {
            span: Some(self.locate(path)),
            kind: UnreadableKind::NotAPact(why),
        }
    }

    fn locate(&self, path: &[&str]) -> Span {
        let text = self.text.as_str();
        let root = text.len() - text.trim_start().len();
        let steps: Vec<Step> = path
            .iter()
            .map(|key| Step::Key((*key).to_owned()))
            .collect();
        self.text.locate(root, &steps)
    }

    /// V3 where the file does not say: what `pact_models` takes such files for.
    fn version(&self) -> Result<PactSpecification, UnreadableContract> {
        let paths: [&[&str]; 3] = [
            &["metadata", "pactSpecification", "version"],
            &["metadata", "pact-specification", "version"],
            &["metadata", "pactSpecificationVersion"],
        ];
        for path in paths {
            let value = path
                .iter()
                .try_fold(&self.json, |value, key| value.get(*key))
                .filter(|value| !value.is_null());
            let Some(value) = value else { continue };
            let version = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let mut parts = version.trim().trim_start_matches(['v', 'V']).split('.');
            return match (parts.next(), parts.next()) {
                (Some("1"), Some("1")) => Ok(PactSpecification::V1_1),
                (Some("1"), _) => Ok(PactSpecification::V1),
                (Some("2"), _) => Ok(PactSpecification::V2),
                (Some("3"), _) => Ok(PactSpecification::V3),
                (Some("4"), _) => Ok(PactSpecification::V4),
                _ => Err(UnreadableContract {
                    span: Some(self.locate(path)),
                    kind: UnreadableKind::UnknownVersion(version),
                }),
            };
        }
        Ok(PactSpecification::V3)
    }

    fn interaction(
        &self,
        json: &Value,
        index: usize,
        at: usize,
        version: PactSpecification,
        is_message: bool,
        messages: &str,
    ) -> Interaction {
        let description = match json.get("description") {
            Some(Value::String(text)) => text.clone(),
            _ => format!("interaction {}", index + 1),
        };
        let raw = Raw {
            json,
            index,
            version,
            text: &self.text,
            at,
        };
        Interaction {
            id: json.get("_id").and_then(Value::as_str).map(str::to_owned),
            states: ProviderState::all_of(json),
            request: request_line(json),
            // Its description says more than the brace that it begins with.
            span: self.text.locate(at, &[Step::Key("description".to_owned())]),
            pending: json.get("pending").and_then(Value::as_bool) == Some(true),
            in_order: false,
            description,
            exchange: raw.exchange(is_message, messages),
        }
    }
}

/// The JSON of an interaction, and where it stands.
pub(super) struct Raw<'a> {
    pub(super) json: &'a Value,
    pub(super) index: usize,
    pub(super) version: PactSpecification,
    pub(super) text: &'a Arc<JsonText>,
    pub(super) at: usize,
}

impl Raw<'_> {
    fn exchange(&self, is_message: bool, messages: &str) -> Result<Arc<dyn Exchange>, Obstacle> {
        let broken = |why: &str| Err(Obstacle::Broken(why.to_owned()));
        if !self.json.is_object() {
            return broken("it is not a JSON object");
        }
        let kind = match self.version {
            PactSpecification::V4 => self.json.get("type").and_then(Value::as_str),
            _ if is_message => Some("Asynchronous/Messages"),
            _ => Some("Synchronous/HTTP"),
        };
        match kind {
            Some("Synchronous/HTTP") => Ok(Arc::new(PactHttp::read(self)?)),
            Some("Asynchronous/Messages" | "Synchronous/Messages") => {
                Ok(Arc::new(PactMessage::read(self, messages)?))
            }
            Some(other) => broken(&format!("its `type` is `{other}`: not one of pact's")),
            None => broken("it has no `type`, which a V4 pact requires"),
        }
    }
}

/// The request in one line, as far as the JSON has one.
fn request_line(json: &Value) -> String {
    let Some(request) = json.get("request").filter(|request| request.is_object()) else {
        return "message".to_owned();
    };
    if request.get("contents").is_some() {
        return "message, answered".to_owned();
    }
    let text = |key: &str, default: &str| {
        let value = request.get(key).and_then(Value::as_str);
        value.unwrap_or(default).to_owned()
    };
    let query = match request.get("query") {
        Some(Value::String(query)) if !query.is_empty() => format!("?{query}"),
        Some(Value::Object(parameters)) if !parameters.is_empty() => {
            let pairs: Vec<String> = parameters
                .iter()
                .flat_map(|(name, value)| {
                    let values = match value {
                        Value::Array(values) => values.as_slice(),
                        other => std::slice::from_ref(other),
                    };
                    values.iter().map(move |value| match value {
                        Value::String(value) => format!("{name}={value}"),
                        Value::Null => name.clone(),
                        other => format!("{name}={other}"),
                    })
                })
                .collect();
            format!("?{}", pairs.join("&"))
        }
        _ => String::new(),
    };
    format!(
        "{} {}{query}",
        text("method", "GET").to_uppercase(),
        text("path", "/")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(json: &str) -> Result<Contract, UnreadableContract> {
        Document::parse(json.as_bytes().to_vec(), "p.json".into())?.into_contract("/")
    }

    fn fixture(name: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pacts");
        std::fs::read(format!("{folder}/{name}")).expect(name)
    }

    proptest::proptest! {
        #[test]
        fn a_damaged_pact_is_read_or_refused_without_a_panic(
            name in proptest::sample::select(vec!["web-storefront.json", "mobile-storefront.json"]),
            damage in proptest::collection::vec((0_usize..4000, proptest::sample::select(&b"0{}[]\",:-$x \xff"[..])), 1..4),
        ) {
            let mut bytes = fixture(name);
            for (at, byte) in damage {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            let _ = Document::parse(bytes, "p.json".into()).and_then(|it| it.into_contract("/"));
        }
    }

    fn refusal(json: &[u8]) -> (String, String) {
        let error = Document::parse(json.to_vec(), "p.json".into())
            .and_then(|it| it.into_contract("/"))
            .expect_err("malformed");
        let span = error
            .span
            .as_ref()
            .map_or_else(String::new, Span::to_string);
        (span, error.kind.to_string())
    }

    #[test]
    fn what_is_not_a_pact_is_refused_at_its_place() {
        let parties = r#""consumer": {"name": "c"}, "provider": {"name": "p"}"#;
        let cases: [(&[u8], &str, &str); 7] = [
            (b"{\n  \"a\": 1,\n}", "p.json:3:1", "trailing comma"),
            (b"", "p.json:1:1", "EOF"),
            (b"{\n \"a\": \"\xff\"}", "p.json:2:8", "UTF-8"),
            (b"[1]", "p.json:1:1", "`provider: { name: … }`"),
            (
                b"{\"provider\": {\"name\": \"p\"}, \"consumer\": {}}",
                "p.json:1:29",
                "`consumer: { name: … }`",
            ),
            (
                &format!("{{{parties}}}").into_bytes(),
                "p.json:1:1",
                "no `interactions`",
            ),
            (
                &format!("{{{parties},\n \"interactions\": 7}}").into_bytes(),
                "p.json:2:2",
                "not a list",
            ),
        ];
        for (json, place, words) in cases {
            let (span, message) = refusal(json);
            assert_eq!(span, place, "{message}");
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn versions_1_to_4_are_taken_and_others_refused_where_they_stand() {
        let with = |metadata: &str| {
            contract(&format!(
                "{{\"consumer\":{{\"name\":\"c\"}},\"provider\":{{\"name\":\"p\"}},\
                 \"interactions\":[],\n\"metadata\":{metadata}}}"
            ))
        };
        for version in ["1.0.0", "1.1", "2", "2.0.0", "3.0.0", "4.0"] {
            let metadata = format!(r#"{{"pactSpecification":{{"version":"{version}"}}}}"#);
            assert!(with(&metadata).is_ok(), "{version}");
        }
        assert!(with(r#"{"pactSpecificationVersion":"2.0.0"}"#).is_ok());
        for version in ["9.0", "0.9", "latest", ""] {
            let metadata = format!(r#"{{"pactSpecification":{{"version":"{version}"}}}}"#);
            let error = with(&metadata).expect_err(version);
            let span = error.span.as_ref().map(Span::to_string);
            assert_eq!(span.as_deref(), Some("p.json:2:34"), "{error}");
            assert!(error.to_string().starts_with("RT0502: "), "{error}");
        }
    }

    #[test]
    fn a_malformed_interaction_fails_alone_and_by_name() {
        let contract = contract(
            r#"{"consumer": {"name": "c"}, "provider": {"name": "p"}, "interactions": [
              {"description": "fine", "request": {"path": "/a", "query": "x=1"}},
              {"description": "text as status", "response": {"status": "200"}},
              {"description": "negative status", "response": {"status": -1}},
              {"description": "list as request", "request": []},
              7
            ], "metadata": {"pactSpecification": {"version": "2.0.0"}}}"#,
        )
        .expect("a pact");
        let outcomes: Vec<(&str, bool)> = contract
            .interactions
            .iter()
            .map(|one| (one.description.as_str(), one.exchange.is_ok()))
            .collect();
        assert_eq!(
            outcomes,
            [
                ("fine", true),
                ("text as status", false),
                ("negative status", false),
                ("list as request", false),
                ("interaction 5", false)
            ]
        );
        assert_eq!(contract.interactions[0].request, "GET /a?x=1");
        assert_eq!(contract.interactions[1].span.line, 3);
    }
}
