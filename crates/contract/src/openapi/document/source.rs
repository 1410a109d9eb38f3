use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use rtest_core::Span;
use serde_json::Value;

use super::error::{UnreadableDocument, UnreadableKind};
use super::place;
use crate::json_text::JsonText;
use crate::openapi::pointer::Pointer;
use crate::yaml_text::{self, Limits, NotYaml, Place};

/// The largest documents in use (those of code hosting and of clouds) have half a million values.
/// For the depth see [`STACK`](super::STACK).
const LARGE: Limits = Limits {
    depth: 100,
    values: 3_000_000,
    aliased: 200_000,
};

/// A file of a document: where each part of it stands.
#[derive(Debug)]
pub(crate) struct Source {
    text: JsonText,
    places: Place,
}

impl Source {
    /// Reads a file of at most `limit` bytes; `shown` is its path as the user is told it.
    ///
    /// # Errors
    /// The file cannot be read, is too large, or is neither JSON nor YAML in UTF-8.
    pub(crate) fn read(
        path: &Path,
        shown: Arc<str>,
        limit: u64,
    ) -> Result<(Self, Value), UnreadableDocument> {
        let file = shown.to_string();
        let mut bytes = Vec::new();
        // One byte more than the limit, so that a longer file is told from one of just that size.
        let read = File::open(path)
            .and_then(|opened| opened.take(limit.saturating_add(1)).read_to_end(&mut bytes));
        if let Err(error) = read {
            return Err(UnreadableKind::Io { file, error }.nowhere());
        }
        if bytes.len() as u64 > limit {
            return Err(UnreadableKind::TooLarge { file }.nowhere());
        }
        let is_json = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        Self::parse(bytes, shown, is_json)
    }

    /// JSON where it must be, else YAML, of which JSON is a part.
    pub(super) fn parse(
        bytes: Vec<u8>,
        shown: Arc<str>,
        is_json: bool,
    ) -> Result<(Self, Value), UnreadableDocument> {
        let text = match String::from_utf8(bytes) {
            Ok(text) => match text.strip_prefix('\u{feff}') {
                // Editors on Windows leave a byte order mark.
                Some(rest) => rest.to_owned(),
                None => text,
            },
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                // Alike up to the first bad byte, which is all that the span shows.
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                return Err(UnreadableKind::NotText.at(JsonText::new(shown, text).span(at..at + 1)));
            }
        };
        let text = JsonText::new(shown, text);
        if is_json || text.as_str().trim_start().starts_with('{') {
            match serde_json::from_str(text.as_str()) {
                Ok(value) => {
                    let places = place::of_json(text.as_str());
                    return Ok((Self { text, places }, value));
                }
                Err(error) if is_json => {
                    let at = text.offset(error.line(), error.column());
                    let message = error.to_string();
                    // The place is in the span.
                    let message = message.split(" at line ").next().unwrap_or_default();
                    let kind = UnreadableKind::NotJson(message.to_owned());
                    return Err(kind.at(text.span(at..at + 1)));
                }
                // YAML in braces.
                Err(_) => {}
            }
        }
        let not_yaml = |error: NotYaml| UnreadableKind::NotYaml(error.why).at(error.span);
        let documents = yaml_text::documents(&text, LARGE).map_err(not_yaml)?;
        let mut documents = documents.into_iter();
        match (documents.next(), documents.next()) {
            (Some(document), None) => {
                let places = document.places;
                Ok((Self { text, places }, document.value))
            }
            (None, _) => {
                let kind = UnreadableKind::NotYaml("it is empty".to_owned());
                Err(kind.at(text.span(0..1)))
            }
            (Some(_), Some(second)) => {
                let words = "a second document begins here, and one is read";
                let kind = UnreadableKind::NotYaml(words.to_owned());
                Err(kind.at(text.span(second.places.mark)))
            }
        }
    }

    /// The span of what stands at a pointer in `value`, which was read from here, or of the
    /// nearest place around it.
    pub(crate) fn locate(&self, value: &Value, at: &Pointer) -> Span {
        self.text.span(place::locate(&self.places, value, at))
    }
}
