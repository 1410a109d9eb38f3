//! What a request sends along: fields of queries and forms, parts of multipart bodies.

use rtest_core::Template;
use serde_json::{Value, json};

use crate::collection::{Named, OneOrMany};
use crate::diagnostics::Diagnostics;
use crate::node::{Kind, Node};
use crate::record::record;
use crate::shape::Shape;

/// Fields by name; a list of values sends the field once for each.
pub(crate) type Fields = Named<OneOrMany<Template>, 1>;

/// A part of a multipart body.
#[derive(Clone, Debug)]
pub(crate) enum PartValue {
    /// Text without a type of its own.
    Plain(Template),
    /// Text with a type.
    Text(Box<TextPart>),
    /// A file.
    File(Box<FilePart>),
}

record! {
    /// A file as a part of a multipart body.
    FilePart, "a file part" {
        /// The file, relative to the suite file.
        file "file": required String,
        /// Its name as the target sees it; the file's own where absent.
        filename "filename": optional String,
        /// The part's `content-type`; `application/octet-stream` where absent.
        content_type "content_type": optional String,
    }
}

record! {
    /// Text with a type as a part of a multipart body.
    TextPart, "a text part" {
        /// The text.
        text "text": required Template,
        /// The part's `content-type`.
        content_type "content_type": optional String,
    }
}

impl Shape for PartValue {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        match &node.kind {
            Kind::Mapping(entries) if entries.iter().any(|(key, _)| key.text == "text") => {
                TextPart::read(node, found).map(|part| Self::Text(Box::new(part)))
            }
            Kind::Mapping(_) => FilePart::read(node, found).map(|part| Self::File(Box::new(part))),
            _ => Template::read(node, found).map(Self::Plain),
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [Template::schema(), FilePart::schema(), TextPart::schema()] })
    }
}
