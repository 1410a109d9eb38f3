use std::fmt;

use super::{Extract, Part};
use crate::step::reading::Reading;

/// What the first group of an expression matches in the body, or else all of the match.
#[derive(Debug)]
pub(super) struct Regex(regex::Regex);

impl Regex {
    pub(super) fn new(regex: &regex::Regex) -> Self {
        Self(regex.clone())
    }
}

impl Extract for Regex {
    fn find(&self, answer: &Reading<'_>) -> Option<Box<str>> {
        first_match(&self.0, answer.text())
    }

    fn looks_at(&self) -> Part {
        Part::Body
    }
}

impl fmt::Display for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a match of /{}/ in the body", self.0)
    }
}

/// What the first group matches, or else all of the match. A group that takes no part in the
/// match matches nothing.
pub(super) fn first_match(regex: &regex::Regex, text: &str) -> Option<Box<str>> {
    let found = regex.captures(text)?;
    let group = usize::from(regex.captures_len() > 1);
    Some(found.get(group)?.as_str().into())
}
