//! Extractors: where in an answer a value is. A new one is a file in `extract/` and a line in
//! [`compile`].

mod css;
mod header;
mod json;
mod regex;

use std::fmt;

use rtest_core::plan::Extractor as Plan;

use super::reading::Reading;

/// Finds a value in answers. Shown, it says what is looked for: `$.id in the body`.
pub(crate) trait Extract: fmt::Debug + fmt::Display {
    /// The value; nothing where there is none.
    fn find(&self, answer: &Reading<'_>) -> Option<Box<str>>;

    /// Where it looks, which then has to be kept of the answer.
    fn looks_at(&self) -> Part;
}

/// A part of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The headers.
    Headers,
    /// The body.
    Body,
}

/// The extractor that the plan asks for.
///
/// # Errors
/// In plain words, why it cannot find anything ever.
pub(crate) fn compile(plan: &Plan) -> Result<Box<dyn Extract>, String> {
    #[rustfmt::skip] // one line each
    let extract: Box<dyn Extract> = match plan {
        Plan::Json(path) => Box::new(json::Json::new(path)),
        Plan::Header { name, regex } => Box::new(header::Header::new(name, regex.as_ref())?),
        Plan::Regex(regex) => Box::new(regex::Regex::new(regex)),
        Plan::Css { selector, attribute } => Box::new(css::Css::new(selector, attribute.as_deref())?),
    };
    Ok(extract)
}

#[cfg(test)]
mod tests;
