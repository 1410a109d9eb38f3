use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use rtest_core::Span;
use serde_json::Value;

use super::error::{UnreadableDocument, UnreadableKind};
use super::yaml::{self, Place};
use crate::json_text::{JsonText, Step};
use crate::openapi::pointer::Pointer;

/// A file of a document: where each part of it stands.
#[derive(Debug)]
pub(crate) struct Source {
    text: JsonText,
    /// Only of YAML: in JSON, places are looked for when one is asked for.
    places: Option<Place>,
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
                Ok(value) => return Ok((Self { text, places: None }, value)),
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
        let (value, places) = yaml::parse(&text)?;
        Ok((
            Self {
                text,
                places: Some(places),
            },
            value,
        ))
    }

    /// The span of what stands at a pointer in `value`, which was read from here, or of the
    /// nearest place around it.
    pub(crate) fn locate(&self, value: &Value, at: &Pointer) -> Span {
        match &self.places {
            Some(places) => self.text.span(places.locate(value, at)),
            None => {
                let text = self.text.as_str();
                let root = text.len() - text.trim_start().len();
                let steps: Vec<Step> = at
                    .steps()
                    .map(|step| match step.parse() {
                        // Of an object it is the member of that name.
                        Ok(index) => Step::Index(index),
                        Err(_) => Step::Key(step.into_owned()),
                    })
                    .collect();
                self.text.locate(root, &steps)
            }
        }
    }
}
