use regex::RegexBuilder;

use crate::mismatch::shorten;

/// Longest regular expression, in bytes. The longest in use, for e-mail addresses, is half of it.
pub(crate) const MAX_REGEX: usize = 16 << 10;

/// Largest program that a regular expression may compile to, in bytes: repetitions of repetitions
/// (`(a{1000}){1000}`) grow beyond every bound.
const MAX_REGEX_PROGRAM: usize = 4 << 20;

/// Why a contract's regular expression is not run, if so. Only its size is asked: what this engine
/// does not understand (a look-ahead), the one that matches may, and if not it says so.
pub(crate) fn too_much(text: &str) -> Option<String> {
    if text.len() > MAX_REGEX {
        return Some(format!(
            "it has a regular expression of {} bytes; at most {MAX_REGEX} are taken",
            text.len()
        ));
    }
    match bounded(text).build() {
        Err(regex::Error::CompiledTooBig(_)) => Some(format!(
            "its regular expression `{}` repeats too much to be run",
            shorten(text, 60)
        )),
        _ => None,
    }
}

/// A regular expression that compiles to no more than is taken.
pub(crate) fn bounded(text: &str) -> RegexBuilder {
    let mut builder = RegexBuilder::new(text);
    builder.size_limit(MAX_REGEX_PROGRAM);
    builder
}
