use std::sync::Arc;

use rtest_core::Span;

use crate::json_text::{JsonText, Step};
use crate::yaml_text::Document;

/// Where the parts of a contract stand in its file.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) text: Arc<JsonText>,
    pub(super) document: Arc<Document>,
}

impl Place {
    /// The span of what a way leads to, or of the nearest part around it.
    pub(super) fn span(&self, at: &[Step]) -> Span {
        self.document.locate(&self.text, at)
    }
}
