use std::sync::Arc;

use rtest_core::Span;

use crate::json_text::{JsonText, Step};

/// Where the parts of an expected answer stand in a contract's text.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    text: Arc<JsonText>,
    /// Byte offset of the interaction's JSON object.
    at: usize,
    /// From there to the answer.
    answer: Vec<Step>,
    /// From the answer to its body.
    body: Vec<Step>,
    /// The member of the answer that has its headers, or its metadata.
    headers: &'static str,
}

impl Place {
    /// An answer that is a member of the interaction.
    pub(crate) fn new(
        text: &Arc<JsonText>,
        at: usize,
        answer: &str,
        body: &[&str],
        headers: &'static str,
    ) -> Self {
        Self {
            answer: vec![key(answer)],
            ..Self::whole(text, at, body, headers)
        }
    }

    /// An answer that is the whole interaction.
    pub(crate) fn whole(
        text: &Arc<JsonText>,
        at: usize,
        body: &[&str],
        headers: &'static str,
    ) -> Self {
        Self {
            text: Arc::clone(text),
            at,
            answer: Vec::new(),
            body: body.iter().map(|name| key(name)).collect(),
            headers,
        }
    }

    /// The item of the list that the answer is in.
    pub(crate) fn item(mut self, index: usize) -> Self {
        self.answer.push(Step::Index(index));
        self
    }

    pub(super) fn status(&self) -> Span {
        self.span([key("status")])
    }

    pub(super) fn header(&self, name: &str) -> Span {
        self.span([key(self.headers), Step::AnyCase(name.to_owned())])
    }

    pub(super) fn body(&self, path: impl IntoIterator<Item = Step>) -> Span {
        self.span(self.body.iter().cloned().chain(path))
    }

    /// What the headers are called where they are told.
    pub(super) fn header_word(&self) -> &'static str {
        match self.headers {
            "headers" => "header",
            _ => "metadata",
        }
    }

    fn span(&self, path: impl IntoIterator<Item = Step>) -> Span {
        let steps: Vec<Step> = self.answer.iter().cloned().chain(path).collect();
        self.text.locate(self.at, &steps)
    }
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}
