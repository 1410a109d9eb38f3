//! Values taken from an answer: for later steps, or for the suite's own metrics.

use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::form::{By, Form, Forms};
use crate::node::{Kind, Node};
use crate::record::record;
use crate::shape::Shape;

/// Where in an answer a value is.
const PLACES: Forms = Forms {
    by: By::Key,
    forms: &[
        place("`json`", &["json"], &[]),
        place("`header`", &["header"], &["regex"]),
        place("`css`", &["css"], &["attribute"]),
        place("`regex`", &["regex"], &[]),
    ],
};

const fn place(
    what: &'static str,
    names: &'static [&'static str],
    optional: &'static [&'static str],
) -> Form {
    Form {
        what,
        names,
        required: &[],
        optional,
        hint: "",
    }
}

/// A value taken from an answer.
#[derive(Clone, Debug)]
pub(crate) enum Capture {
    /// By a JSONPath.
    Path(String),
    /// As the mapping says.
    By(Box<CaptureKeys>),
}

record! {
    /// A value taken from an answer.
    CaptureKeys, "a capture", one of ["json", "header", "css", "regex"], forms PLACES {
        /// A JSONPath (RFC 9535) in the body. A string is taken as it is, anything else as JSON.
        json "json": optional String,
        /// A header's first value.
        header "header": optional String,
        /// A CSS selector in an HTML body: the text of the first element that it selects.
        css "css": optional String,
        /// A regular expression in the body or, beside `header`, in the header: its first group, or else all that it matches.
        regex "regex": optional String,
        /// The element's attribute instead of its text. Beside `css`.
        attribute "attribute": optional String,
        /// The value where nothing is found. Without one, requests that need it fail.
        default "default": optional String,
    }
}

impl AsRef<Self> for Capture {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Shape for Capture {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        match node.kind {
            Kind::Mapping(_) => CaptureKeys::read(node, found).map(|keys| Self::By(Box::new(keys))),
            _ => String::read(node, found).map(Self::Path),
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [path_schema(), CaptureKeys::schema()] })
    }
}

fn path_schema() -> Value {
    json!({ "type": "string", "pattern": r"^\s*\$", "examples": ["$.id", "$.items[0].name"] })
}

/// A value added to a metric of the suite's own.
#[derive(Clone, Debug)]
pub(crate) enum Measure {
    /// Always the same.
    Constant(f64),
    /// A JSONPath, or text with holes.
    Text(String),
    /// As the mapping says.
    By(Box<MeasureKeys>),
}

record! {
    /// A number taken from an answer.
    MeasureKeys, "a measure", one of ["json", "header", "css", "regex"], forms PLACES {
        /// A JSONPath (RFC 9535) in the body.
        json "json": optional String,
        /// A header's first value.
        header "header": optional String,
        /// A CSS selector in an HTML body: the text of the first element that it selects.
        css "css": optional String,
        /// A regular expression in the body or, beside `header`, in the header: its first group, or else all that it matches.
        regex "regex": optional String,
        /// The element's attribute instead of its text. Beside `css`.
        attribute "attribute": optional String,
    }
}

impl Shape for Measure {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        match &node.kind {
            Kind::Mapping(_) => MeasureKeys::read(node, found).map(|keys| Self::By(Box::new(keys))),
            Kind::Bool(value, _) => Some(Self::Constant(f64::from(u8::from(*value)))),
            Kind::Number(..) => f64::read(node, found).map(Self::Constant),
            _ => String::read(node, found).map(Self::Text),
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [
            { "type": ["number", "boolean"] },
            { "type": "string", "pattern": r"^\s*\$|\{\{", "examples": ["$.total", "{{ total }}"] },
            MeasureKeys::schema(),
        ] })
    }
}
