//! How nodes become values, and how the same values describe themselves as JSON Schema.

use rtest_core::{Code, Diagnostic, Span};
use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::node::{Kind, Node};
use crate::spanned::{Spanned, join};

/// A kind of value that the suite language has.
///
/// Not `serde::Deserialize`: that ends at the first error, and a suite is told all of its errors
/// at once. Reading and schema stand side by side in one trait so that they cannot drift apart.
pub(crate) trait Shape: Sized {
    /// Reads a node. `None` where it cannot be read; why is then in `found`.
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self>;

    /// What [`Shape::read`] takes, as JSON Schema (draft 7).
    fn schema() -> Value;
}

/// One key of a record, as far as it was there and could be read.
#[derive(Clone, Debug)]
pub(crate) enum Field<T> {
    /// The key is not there.
    Absent,
    /// The key is there; its value could not be read, which has been reported.
    Faulty(Span),
    /// The key is there and its value was read.
    Given(Entry<T>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry<T> {
    /// Where the key stands.
    pub(crate) key: Span,
    /// The key and, where that is a scalar on the same line, its value: what a verdict points at.
    pub(crate) whole: Span,
    /// The value.
    pub(crate) value: Spanned<T>,
}

impl<T> Field<T> {
    /// The key and its value, where the value was read.
    pub(crate) fn entry(&self) -> Option<&Entry<T>> {
        match self {
            Self::Given(entry) => Some(entry),
            Self::Absent | Self::Faulty(_) => None,
        }
    }

    /// The value with its place, where it was read.
    pub(crate) fn spanned(&self) -> Option<&Spanned<T>> {
        self.entry().map(|entry| &entry.value)
    }

    /// The value, where it was read.
    pub(crate) fn value(&self) -> Option<&T> {
        self.spanned().map(|spanned| &spanned.value)
    }

    /// Where the key stands, where it is there at all.
    pub(crate) fn key(&self) -> Option<&Span> {
        match self {
            Self::Absent => None,
            Self::Faulty(key) => Some(key),
            Self::Given(entry) => Some(&entry.key),
        }
    }

    /// Whether the key is not there.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

/// Reads the value of a key.
pub(crate) fn read_field<T: Shape>(key: &Span, node: &Node, found: &mut Diagnostics) -> Field<T> {
    match T::read(node, found) {
        Some(value) => Field::Given(Entry {
            key: key.clone(),
            whole: if node.scalar_text().is_some() {
                join(key, &node.span)
            } else {
                key.clone()
            },
            value: Spanned::new(value, node.span.clone()),
        }),
        None => Field::Faulty(key.clone()),
    }
}

/// A node that is not what it should be. Says nothing about a node that has been reported.
pub(crate) fn wrong_type(node: &Node, expected: &str, hint: Option<&str>, found: &mut Diagnostics) {
    if matches!(node.kind, Kind::Faulty) {
        return;
    }
    let diagnostic = Diagnostic::new(
        Code::WrongType,
        format!("expected {expected}, found {}", node.describe()),
    )
    .at(&node.span);
    found.add(match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    });
}

/// The words, each in backquotes, with commas between.
pub(crate) fn quoted_list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words
        .into_iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// `did you mean …?` where a candidate is near, else what there is.
pub(crate) fn suggestion<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
    otherwise: &str,
) -> Option<String> {
    if let Some(near) = rtest_core::nearest(word, candidates.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let all = quoted_list(candidates);
    (!all.is_empty()).then(|| format!("{otherwise} {all}"))
}
