use std::fmt;

use hyper::header::HeaderName;
use regex::Regex;

use super::regex::first_match;
use super::{Extract, Part};
use crate::step::reading::Reading;

/// A header's first value, or a part of it.
#[derive(Debug)]
pub(super) struct Header {
    name: HeaderName,
    regex: Option<Regex>,
}

impl Header {
    /// # Errors
    /// No header can have that name.
    pub(super) fn new(name: &str, regex: Option<&Regex>) -> Result<Self, String> {
        Ok(Self {
            name: HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("`{name}` is not a header's name"))?,
            regex: regex.cloned(),
        })
    }
}

impl Extract for Header {
    fn find(&self, answer: &Reading<'_>) -> Option<Box<str>> {
        let value = answer.header(&self.name)?;
        match &self.regex {
            Some(regex) => first_match(regex, &value),
            None => Some(value.into()),
        }
    }

    fn looks_at(&self) -> Part {
        Part::Headers
    }
}

impl fmt::Display for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.regex {
            Some(regex) => write!(f, "a match of /{regex}/ in the header `{}`", self.name),
            None => write!(f, "the header `{}`", self.name),
        }
    }
}
