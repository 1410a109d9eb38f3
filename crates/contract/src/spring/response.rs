use std::time::Duration;

use serde_json::Value;

use super::body::{self, Body, Content};
use super::folder::Folder;
use super::listed::Listed;
use super::matcher::{BodyMatcher, Matchers};
use super::named::{Kind, Named};
use super::part::{Fault, Part};
use super::pattern::Pattern;
use crate::json_text::Step;

/// The answer that a contract asks for.
#[derive(Debug)]
pub(super) struct SpringResponse {
    pub(super) status: u16,
    pub(super) headers: Vec<Named>,
    pub(super) cookies: Vec<Named>,
    pub(super) body: Body,
    /// What of a JSON body no matcher is about.
    pub(super) listed: Option<Listed>,
    pub(super) matchers: Vec<BodyMatcher>,
    /// What the whole body must match as text, instead of being the contract's.
    pub(super) whole: Option<(Pattern, Vec<Step>)>,
    /// How long a stub takes over it.
    pub(super) delay: Duration,
    /// The way to it.
    pub(super) at: Vec<Step>,
}

/// Longest delay of a stub's answer, in milliseconds.
const MAX_DELAY_MS: u64 = 600_000;

impl SpringResponse {
    /// # Errors
    /// It is malformed, or asks for what cannot be verified.
    pub(super) fn read(part: &Part<'_>, folder: &Folder) -> Result<Self, Fault> {
        let known = [
            "status",
            "headers",
            "cookies",
            "matchers",
            "async",
            "fixedDelayMilliseconds",
        ];
        let known = [&known[..], &body::KEYS].concat();
        let keyed = part.keyed("a response", &known)?;
        refuse_references(part)?;
        let matchers = keyed.read("matchers", |part| {
            part.keyed("`matchers` of a response", &["body", "headers", "cookies"])
        })?;
        let headers = Kind::Header.read(&keyed, matchers.as_ref())?;
        let body = Body::read(&keyed, content_type(&headers), folder)?;
        // It makes Spring's own tests wait; a request waits for its answer anyway.
        keyed.read("async", Part::flag)?;
        let Matchers { places, whole } = Matchers::read(matchers.as_ref(), &body)?;
        if let Content::Xml(_) = body.content
            && whole.is_none()
        {
            let at = Part {
                value: part.value,
                at: body.at.clone(),
            };
            return Err(at.unsupported("its body is XML, which is not compared here"));
        }
        Ok(Self {
            status: status(&keyed.required("a response", "status")?)?,
            cookies: Kind::Cookie.read(&keyed, matchers.as_ref())?,
            headers,
            listed: match whole {
                Some(_) => None,
                None => Listed::without(&body, &places),
            },
            matchers: places,
            whole,
            delay: keyed
                .read("fixedDelayMilliseconds", delay)?
                .unwrap_or_default(),
            body,
            at: part.at.clone(),
        })
    }
}

/// The content type that headers state.
pub(super) fn content_type(headers: &[Named]) -> Option<&str> {
    let mut headers = headers.iter();
    let header = headers.find(|it| it.name.eq_ignore_ascii_case("content-type"))?;
    header.values.first().map(String::as_str)
}

fn status(part: &Part<'_>) -> Result<u16, Fault> {
    let status = part.whole()?;
    match u16::try_from(status) {
        Ok(status) if (100..1000).contains(&status) => Ok(status),
        _ => Err(part.broken(format!("`{status}` is not a status code"))),
    }
}

fn delay(part: &Part<'_>) -> Result<Duration, Fault> {
    let delay = part.whole()?;
    if delay > MAX_DELAY_MS {
        return Err(part.broken(format!("it is longer than {MAX_DELAY_MS} ms")));
    }
    Ok(Duration::from_millis(delay))
}

/// Values that refer to the request (`{{{ request.url }}}`) are filled in by Spring Cloud
/// Contract's own engine of templates.
fn refuse_references(part: &Part<'_>) -> Result<(), Fault> {
    let is_reference = |text: &str| text.contains("{{{") && text.contains("}}}");
    match part.value {
        Value::String(text) if is_reference(text) => {
            let text = crate::mismatch::shorten(text, 60);
            let why = format!("`{text}` refers to the request, which is not filled in here");
            Err(part.unsupported(why))
        }
        Value::Object(_) => {
            let members = part.members()?;
            members.iter().try_for_each(|(_, it)| refuse_references(it))
        }
        Value::Array(_) => part.items()?.iter().try_for_each(refuse_references),
        _ => Ok(()),
    }
}
