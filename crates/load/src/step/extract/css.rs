use std::fmt;

use scraper::Selector;

use super::{Extract, Part};
use crate::step::reading::Reading;

/// The first element that a selector selects in an HTML body: an attribute, or its text without
/// the white space around it.
#[derive(Debug)]
pub(super) struct Css {
    /// As it was written.
    source: String,
    selector: Selector,
    attribute: Option<String>,
}

impl Css {
    /// # Errors
    /// It is not a selector.
    pub(super) fn new(selector: &str, attribute: Option<&str>) -> Result<Self, String> {
        Ok(Self {
            source: selector.to_owned(),
            selector: Selector::parse(selector)
                .map_err(|error| format!("`{selector}` is not a CSS selector: {error}"))?,
            // As the parser of HTML has them.
            attribute: attribute.map(str::to_ascii_lowercase),
        })
    }
}

impl Extract for Css {
    fn find(&self, answer: &Reading<'_>) -> Option<Box<str>> {
        let element = answer.html().select(&self.selector).next()?;
        match &self.attribute {
            Some(attribute) => element.attr(attribute).map(Into::into),
            None => Some(element.text().collect::<String>().trim().into()),
        }
    }

    fn looks_at(&self) -> Part {
        Part::Body
    }
}

impl fmt::Display for Css {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.attribute {
            Some(attribute) => write!(f, "an element `{}` with `{attribute}`", self.source),
            None => write!(f, "an element `{}`", self.source),
        }
    }
}
