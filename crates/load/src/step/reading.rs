use std::borrow::Cow;
use std::cell::OnceCell;

use hyper::header::{HeaderName, HeaderValue};
use rtest_core::event::Mismatch;
use rtest_core::expectation::{self, Expectation, Unmet};
use rtest_core::plan::AnswerJudge;
use scraper::Html;

use super::json::Json;
use crate::client::Answer;

/// One answer, as checks, captures and measures look at it. Each form of its body is made when it
/// is first asked for, and once.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    answer: &'a Answer,
    /// The body as JSON.
    pub(crate) json: Json<'a>,
    text: OnceCell<Cow<'a, str>>,
    html: OnceCell<Html>,
    headers: OnceCell<Vec<(String, String)>>,
}

impl<'a> Reading<'a> {
    /// Has made nothing yet.
    pub(crate) fn new(answer: &'a Answer) -> Self {
        Self {
            answer,
            json: Json::new(&answer.body),
            text: OnceCell::new(),
            html: OnceCell::new(),
            headers: OnceCell::new(),
        }
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub(crate) fn text(&self) -> &str {
        self.text
            .get_or_init(|| String::from_utf8_lossy(&self.answer.body))
    }

    /// The body as HTML. Everything is HTML of a kind.
    pub(crate) fn html(&self) -> &Html {
        self.html.get_or_init(|| Html::parse_document(self.text()))
    }

    /// A header's first value.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<Cow<'_, str>> {
        let value = self.answer.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()))
    }

    /// Holds the answer against an expectation.
    ///
    /// # Errors
    /// What was expected and what was there.
    pub(crate) fn meet(&self, expectation: &Expectation) -> Result<(), Unmet> {
        let looks_at_headers = matches!(expectation, Expectation::Header { .. });
        let answer = expectation::Answer {
            status: self.answer.status,
            headers: if looks_at_headers {
                self.headers()
            } else {
                &[]
            },
            body: &self.answer.body,
        };
        expectation.meet_with(&answer, || self.json.whole())
    }

    /// Where the answer differs from a contract.
    ///
    /// # Errors
    /// In plain words, why the two cannot be compared.
    pub(crate) fn judged_by(&self, judge: &dyn AnswerJudge) -> Result<Vec<Mismatch>, String> {
        judge.judge(&expectation::Answer {
            status: self.answer.status,
            headers: self.headers(),
            body: &self.answer.body,
        })
    }

    fn headers(&self) -> &[(String, String)] {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        self.headers.get_or_init(|| {
            let headers = self.answer.headers.iter();
            headers
                .map(|(name, value)| (name.as_str().to_owned(), text(value)))
                .collect()
        })
    }
}
