use super::folder::Folder;
use super::part::{Fault, Part};
use super::request::SpringRequest;
use super::response::SpringResponse;
use crate::interaction::Obstacle;
use crate::mismatch::shorten;

/// Longest description that names an interaction, in characters.
const LONGEST_NAME: usize = 120;

/// What a contract says of itself, and what it asks for.
#[derive(Debug)]
pub(super) struct SpringContract {
    /// Which of several that match a stub answers with: the lowest.
    pub(super) priority: u64,
    pub(super) request: SpringRequest,
    pub(super) response: SpringResponse,
}

pub(super) const KEYS: [&str; 11] = [
    "request",
    "response",
    "input",
    "outputMessage",
    "description",
    "label",
    "name",
    "priority",
    "ignored",
    "inProgress",
    "metadata",
];

impl SpringContract {
    /// # Errors
    /// It is malformed, not to be tried, or asks for what cannot be verified.
    pub(super) fn read(part: &Part<'_>, folder: &Folder) -> Result<Self, Fault> {
        const WHAT: &str = "a contract";
        let keyed = part.keyed(WHAT, &KEYS)?;
        for key in ["name", "description", "label"] {
            keyed.read(key, Part::text)?;
        }
        keyed.read("metadata", Part::members)?;
        let priority = keyed.read("priority", Part::whole)?;
        for (key, why) in [
            ("ignored", "the contract says `ignored: true`"),
            ("inProgress", "the contract says `inProgress: true`"),
        ] {
            if keyed.read(key, Part::flag)? == Some(true) {
                return Err(Fault {
                    at: part.at.clone(),
                    obstacle: Obstacle::Skipped(why.to_owned()),
                });
            }
        }
        if let Some(input) = keyed.get("input").or_else(|| keyed.get("outputMessage")) {
            return Err(message(&input));
        }
        Ok(Self {
            priority: priority.unwrap_or(u64::MAX),
            request: SpringRequest::read(&keyed.required(WHAT, "request")?, folder)?,
            response: SpringResponse::read(&keyed.required(WHAT, "response")?, folder)?,
        })
    }
}

fn message(part: &Part<'_>) -> Fault {
    let triggered = part.value.get("triggeredBy");
    match triggered.and_then(|it| it.as_str()) {
        Some(method) => {
            let method = shorten(method, 60);
            part.unsupported(format!(
                "it is a message that `{method}` sends, a method of the provider's own tests in Java"
            ))
        }
        None => part.unsupported("it is a message, and what sends it is not reached over HTTP"),
    }
}

/// What a contract calls itself: by its name, or else its description.
pub(super) fn name(part: &Part<'_>) -> Option<String> {
    ["name", "description"].into_iter().find_map(|key| {
        let text = part.value.get(key)?.as_str()?;
        let words: Vec<&str> = text.split_whitespace().collect();
        (!words.is_empty()).then(|| shorten(&words.join(" "), LONGEST_NAME))
    })
}

/// What is asked in one line, of a contract that cannot be read too.
pub(super) fn request_line(part: &Part<'_>) -> String {
    let text = |value: &serde_json::Value, key: &str| {
        value.get(key).and_then(|it| it.as_str()).map(str::to_owned)
    };
    if let Some(request) = part.value.get("request") {
        let url = text(request, "url").or_else(|| text(request, "urlPath"));
        let method = text(request, "method").unwrap_or_else(|| "GET".to_owned());
        return format!("{} {}", method.to_uppercase(), url.unwrap_or_default());
    }
    match part
        .value
        .get("outputMessage")
        .and_then(|it| text(it, "sentTo"))
    {
        Some(channel) => format!("message to {channel}"),
        None => "message".to_owned(),
    }
}
