//! Lists, and mappings whose keys are names that the user chose.

use rtest_core::{Code, Diagnostic};
use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::node::{Kind, Node};
use crate::shape::{Shape, wrong_type};
use crate::spanned::Spanned;

/// A list of at least `MIN` items.
#[derive(Clone, Debug)]
pub(crate) struct List<T, const MIN: usize = 0> {
    /// The items that could be read.
    pub(crate) items: Vec<Spanned<T>>,
    /// Whether that is all of them.
    pub(crate) is_complete: bool,
}

impl<T: Shape, const MIN: usize> Shape for List<T, MIN> {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let Kind::Sequence(items) = &node.kind else {
            let hint = node.scalar_text().map(|text| {
                let words: Vec<&str> = text.split_whitespace().collect();
                format!("write a list: `[{}]`", words.join(", "))
            });
            wrong_type(node, "a list", hint.as_deref(), found);
            return None;
        };
        if items.len() < MIN {
            found.add(
                Diagnostic::new(
                    Code::OutOfRange,
                    "the list is empty, and needs at least one item",
                )
                .at(&node.span),
            );
            return None;
        }
        let read: Vec<Spanned<T>> = items
            .iter()
            .filter_map(|item| Some(Spanned::new(T::read(item, found)?, item.span.clone())))
            .collect();
        Some(Self {
            is_complete: read.len() == items.len(),
            items: read,
        })
    }

    fn schema() -> Value {
        json!({ "type": "array", "items": T::schema(), "minItems": MIN })
    }
}

/// One value or a list of at least one.
#[derive(Clone, Debug)]
pub(crate) struct OneOrMany<T>(pub(crate) Vec<Spanned<T>>);

impl<T: Shape> Shape for OneOrMany<T> {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        if matches!(node.kind, Kind::Sequence(_)) {
            List::<T, 1>::read(node, found).map(|list| Self(list.items))
        } else {
            T::read(node, found).map(|one| Self(vec![Spanned::new(one, node.span.clone())]))
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [T::schema(), List::<T, 1>::schema()] })
    }
}

/// A mapping from names that the user chose, at least `MIN` of them.
#[derive(Clone, Debug)]
pub(crate) struct Named<T, const MIN: usize = 0>(pub(crate) Vec<NamedEntry<T>>);

/// A name and what it names.
#[derive(Clone, Debug)]
pub(crate) struct NamedEntry<T> {
    /// The name. It is there also where its value could not be read, so that references to it
    /// are not reported as a second error.
    pub(crate) name: Spanned<String>,
    /// The value, where it could be read.
    pub(crate) value: Option<Spanned<T>>,
}

impl<T> NamedEntry<T> {
    /// Name and value, where the value could be read.
    pub(crate) fn given(&self) -> Option<(&Spanned<String>, &Spanned<T>)> {
        Some((&self.name, self.value.as_ref()?))
    }
}

impl<T: Shape, const MIN: usize> Shape for Named<T, MIN> {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let Kind::Mapping(entries) = &node.kind else {
            wrong_type(node, "a mapping from names", None, found);
            return None;
        };
        if entries.len() < MIN {
            found.add(
                Diagnostic::new(
                    Code::OutOfRange,
                    "the mapping is empty, and needs at least one name",
                )
                .at(&node.span),
            );
            return None;
        }
        let read = |(key, value): &(crate::node::Key, Node)| NamedEntry {
            name: Spanned::new(key.text.clone(), key.span.clone()),
            value: T::read(value, found).map(|read| Spanned::new(read, value.span.clone())),
        };
        Some(Self(entries.iter().map(read).collect()))
    }

    fn schema() -> Value {
        json!({ "type": "object", "additionalProperties": T::schema(), "minProperties": MIN })
    }
}
