use std::time::Duration;

use rtest_core::Code;
use serde_json::Value;

/// Most characters of a broker's words that are told.
const TOLD: usize = 500;

/// A broker that did not give what it was asked for. The text names its address and what was asked.
#[derive(Debug, thiserror::Error)]
#[error("the broker at {broker} {kind}")]
pub(crate) struct BrokerError {
    /// `host:port`.
    pub(crate) broker: String,
    pub(crate) kind: BrokerErrorKind,
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrokerErrorKind {
    #[error("cannot be asked: {0}")]
    Unaskable(String),
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    #[error("did not answer `{asked}` within {}s", .limit.as_secs())]
    Timeout { asked: String, limit: Duration },
    #[error("gave no whole answer to `{asked}`: {why}")]
    Broken { asked: String, why: String },
    #[error("answered `{asked}` with more than {} MiB", .limit >> 20)]
    TooLarge { asked: String, limit: usize },
    #[error("does not let `{asked}` in, which showed {shown}: {status}{}", said(.words))]
    Refused {
        asked: String,
        shown: String,
        status: u16,
        words: String,
    },
    #[error("answered `{asked}` with {status}{}", said(.words))]
    Status {
        asked: String,
        status: u16,
        words: String,
    },
    #[error("answered `{asked}` with something else than a broker's HAL: {why}")]
    NotHal { asked: String, why: String },
    #[error("has no link `{rel}` in `{asked}`: {hint}")]
    NoLink {
        asked: String,
        rel: &'static str,
        hint: &'static str,
    },
    #[error("knows no provider `{provider}`; {there}")]
    UnknownProvider { provider: String, there: String },
    #[error("has no pact of provider `{provider}` for {asked}; {there}")]
    NoPacts {
        provider: String,
        asked: String,
        there: String,
    },
}

impl BrokerErrorKind {
    /// Whether there is nothing to verify, rather than something that cannot be had.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::UnknownProvider { .. } | Self::NoPacts { .. } => Code::NothingVerified,
            _ => Code::UnreadableContract,
        }
    }
}

fn said(words: &str) -> String {
    match words {
        "" => String::new(),
        words => format!(": {words}"),
    }
}

/// What the body of an error says: the errors of its JSON, or its text.
pub(super) fn words(body: &[u8]) -> String {
    let words = match serde_json::from_slice::<Value>(body) {
        Ok(json) => {
            let errors = ["errors", "error"].iter().find_map(|key| json.get(*key));
            spoken(errors.unwrap_or(&json))
        }
        Err(_) => String::from_utf8_lossy(body).trim().to_owned(),
    };
    match words.char_indices().nth(TOLD) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

/// Text, a list of it, messages by field, or an object that has a message.
fn spoken(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(spoken).collect::<Vec<_>>().join("; "),
        Value::Object(fields) => {
            let keys = ["message", "detail", "title"];
            let message = keys.iter().find_map(|key| fields.get(*key)?.as_str());
            if let Some(message) = message {
                return message.to_owned();
            }
            let all = fields.iter();
            let all: Vec<_> = all
                .map(|(field, value)| format!("{field}: {}", spoken(value)))
                .collect();
            all.join("; ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brokers_words_are_found_in_each_of_the_forms_that_it_has() {
        for (body, expected) in [
            (r#"{"errors": ["a", "b"]}"#, "a; b"),
            (
                r#"{"errors": {"version": ["can't be blank"]}}"#,
                "version: can't be blank",
            ),
            (
                r#"{"error": {"type": "x", "message": "no such thing"}}"#,
                "no such thing",
            ),
            (
                r#"{"title": "Validation errors", "errors": [{"detail": "is blank", "instance": "/v"}]}"#,
                "is blank",
            ),
            (r#"{"title": "Conflict", "detail": "taken"}"#, "taken"),
            ("", ""),
            (" gone \n", "gone"),
        ] {
            assert_eq!(words(body.as_bytes()), expected, "{body}");
        }
        let long = words("ü".repeat(TOLD + 1).as_bytes());
        assert_eq!(long.chars().count(), TOLD + 1);
    }
}
