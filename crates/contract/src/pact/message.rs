use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use pact_models::PactSpecification;
use pact_models::interaction::Interaction as _;
use pact_models::json_utils::json_to_string;
use pact_models::message::Message;
use pact_models::v4::async_message::AsynchronousMessage;
use pact_models::v4::http_parts::HttpResponse;
use pact_models::v4::message_parts::MessageContents;
use pact_models::v4::sync_message::SynchronousMessage;
use reqwest::Request;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use rtest_core::Stream;
use rtest_core::event::Mismatch;
use serde_json::{Value, json};

use super::document::Raw;
use super::{http_parts, limits, matched};
use crate::interaction::{Exchange, Obstacle};
use crate::mismatch::{Place, excerpt, explain};
use crate::provider::{Answer, Provider};

/// The header in which a provider gives a message's metadata: base64 of a JSON object.
const METADATA: &str = "pact-message-metadata";

/// A message that the consumer relies on. The provider gives it where it is told, by
/// `POST {description, providerStates}`, as Pact's verifiers ask for it.
#[derive(Debug)]
pub(super) struct PactMessage {
    kind: Kind,
    /// What the message, or what answers it, must be.
    expected: MessageContents,
    /// Where messages are given.
    path: String,
    /// What the provider is asked.
    question: Value,
    place: Place,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Of V3, whose rules are spelled otherwise.
    V3(Box<Message>),
    Asynchronous(Box<AsynchronousMessage>),
    Synchronous(Box<SynchronousMessage>),
}

impl PactMessage {
    /// # Errors
    /// It is malformed, or asks for more than can be done.
    pub(super) fn read(raw: &Raw<'_>, path: &str) -> Result<Self, Obstacle> {
        let kind = parse(raw).map_err(Obstacle::Broken)?;
        let (transport, config, expected) = match &kind {
            Kind::V3(message) => (None, HashMap::new(), message.as_message_content()),
            Kind::Asynchronous(message) => (
                message.transport.as_deref(),
                message.plugin_config.clone(),
                message.contents.clone(),
            ),
            Kind::Synchronous(message) => {
                let [response] = message.response.as_slice() else {
                    let count = message.response.len();
                    let why = format!("it has {count} responses, and one can be verified");
                    return Err(Obstacle::Unsupported(why));
                };
                let config = message.plugin_config.clone();
                (message.transport.as_deref(), config, response.clone())
            }
        };
        if let Some(obstacle) = limits::of_message(transport, &config, &expected) {
            return Err(obstacle);
        }
        Ok(Self {
            question: question(raw, &kind),
            place: place(raw, &kind),
            path: path.to_owned(),
            kind,
            expected,
        })
    }
}

fn parse(raw: &Raw<'_>) -> Result<Kind, String> {
    let unreadable = |error| format!("it cannot be read: {error}");
    if raw.version != PactSpecification::V4 {
        // Before V3 there were no messages; those in such files are spelled as V3's.
        let message = Message::from_json(raw.index, raw.json, &PactSpecification::V3);
        return Ok(Kind::V3(Box::new(message.map_err(unreadable)?)));
    }
    if raw.json.get("type").and_then(Value::as_str) == Some("Synchronous/Messages") {
        let message = SynchronousMessage::from_json(raw.json, raw.index);
        return Ok(Kind::Synchronous(Box::new(message.map_err(unreadable)?)));
    }
    let message = AsynchronousMessage::from_json(raw.json, raw.index);
    Ok(Kind::Asynchronous(Box::new(message.map_err(unreadable)?)))
}

fn question(raw: &Raw<'_>, kind: &Kind) -> Value {
    let (description, states) = match kind {
        Kind::V3(message) => (message.description(), message.provider_states()),
        Kind::Asynchronous(message) => (message.description(), message.provider_states()),
        Kind::Synchronous(message) => (message.description(), message.provider_states()),
    };
    let mut question = json!({ "description": description });
    if !states.is_empty() {
        let states = states.iter().map(|state| state.to_json());
        question["providerStates"] = states.collect();
    }
    if let Kind::Synchronous(_) = kind
        && let Some(request) = raw.json.get("request")
    {
        question["request"] = request.clone();
    }
    question
}

fn place(raw: &Raw<'_>, kind: &Kind) -> Place {
    let contents: &[&str] = match kind {
        Kind::V3(_) => &["contents"],
        _ => &["contents", "content"],
    };
    let metadata = if raw.json.get("metaData").is_some() {
        "metaData"
    } else {
        "metadata"
    };
    match kind {
        Kind::Synchronous(_) => {
            Place::new(raw.text, raw.at, "response", contents, metadata).item(0)
        }
        _ => Place::whole(raw.text, raw.at, contents, metadata),
    }
}

impl Exchange for PactMessage {
    fn request<'a>(
        &'a self,
        _values: BTreeMap<String, Value>,
        _rng: Stream,
        provider: &'a Provider,
    ) -> BoxFuture<'a, Result<Request, String>> {
        Box::pin(async move {
            let mut request = provider.request("POST", &self.path)?;
            let of = HeaderValue::from_static("application/json");
            request.headers_mut().insert(CONTENT_TYPE, of);
            *request.body_mut() = Some(self.question.to_string().into());
            Ok(request)
        })
    }

    fn judge(&self, answer: Answer) -> Result<Vec<Mismatch>, String> {
        if !(200..300).contains(&answer.status) {
            let (status, body) = (answer.status, excerpt(&answer.body));
            return Err(format!(
                "the provider gave no message: `POST {}` was answered {status}: {body}",
                self.path
            ));
        }
        limits::of_arrived(&answer.headers, &answer.body)?;
        let given = given(answer)?;
        let found = matched::found(self.kind.clone().compare(given.clone()))?;
        let (expected, given) = (as_response(&self.expected), as_response(&given));
        Ok(explain(&self.place, &expected, &given, &found))
    }

    fn is_request(&self) -> bool {
        false
    }
}

impl Kind {
    fn compare(
        self,
        actual: MessageContents,
    ) -> Option<Result<Vec<pact_matching::Mismatch>, String>> {
        let (pact, _) = matched::surroundings();
        let expected = match self {
            Self::Synchronous(message) => {
                let (expected, actual) = (&message.response, [actual]);
                let found =
                    pact_matching::match_sync_message_response(&message, expected, &actual, &pact);
                return found.now_or_never().map(Ok);
            }
            Self::V3(message) => message.boxed(),
            Self::Asynchronous(message) => message.boxed(),
        };
        let actual = AsynchronousMessage {
            contents: actual,
            ..AsynchronousMessage::default()
        };
        let actual = actual.boxed();
        let found = pact_matching::match_message(&expected, &actual, &pact);
        found.now_or_never().map(Ok)
    }
}

/// The message in an answer: its contents are the body, its metadata in a header.
///
/// # Errors
/// The metadata is not what it should be.
fn given(answer: Answer) -> Result<MessageContents, String> {
    let mut metadata = HashMap::new();
    if let Some(of) = answer.headers.get(CONTENT_TYPE) {
        let of = String::from_utf8_lossy(of.as_bytes()).into_owned();
        metadata.insert("contentType".to_owned(), Value::String(of));
    }
    if let Some(encoded) = answer.headers.get(METADATA) {
        let decoded = STANDARD.decode(encoded.as_bytes()).ok();
        let object = decoded.and_then(|json| serde_json::from_slice(&json).ok());
        let Some(Value::Object(object)) = object else {
            return Err(format!(
                "the header `{METADATA}` is not the base64 of a JSON object"
            ));
        };
        metadata.extend(object);
    }
    Ok(MessageContents {
        contents: http_parts::response(answer).body,
        metadata,
        ..MessageContents::default()
    })
}

/// Contents and metadata as body and headers, which is how they are told.
fn as_response(contents: &MessageContents) -> HttpResponse {
    let metadata = contents.metadata.iter();
    let headers = metadata.map(|(name, value)| (name.clone(), vec![json_to_string(value)]));
    let rules = &contents.matching_rules;
    HttpResponse {
        headers: Some(headers.collect()),
        body: contents.contents.clone(),
        matching_rules: rules.rename("content", "body").rename("metadata", "header"),
        ..HttpResponse::default()
    }
}
