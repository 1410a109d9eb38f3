use reqwest::header::SET_COOKIE;
use rtest_core::event::Mismatch;
use serde_json::Value;

use super::body::Content;
use super::difference::Difference;
use super::named::{Kind, Named};
use super::place::Place;
use super::response::SpringResponse;
use crate::json_text::Step;
use crate::mismatch::{body_place, cut, excerpt};
use crate::provider::Answer;

/// An answer held against its contract.
pub(super) struct Judgement<'a> {
    expected: &'a SpringResponse,
    place: &'a Place,
    answer: &'a Answer,
    mismatches: Vec<Mismatch>,
}

impl<'a> Judgement<'a> {
    /// Where the answer differs: its status, then headers and cookies, then the body.
    ///
    /// # Errors
    /// In plain words, why the two cannot be compared.
    pub(super) fn of(
        expected: &'a SpringResponse,
        place: &'a Place,
        answer: &'a Answer,
    ) -> Result<Vec<Mismatch>, String> {
        let mut judgement = Self {
            expected,
            place,
            answer,
            mismatches: Vec::new(),
        };
        judgement.status();
        for (kind, all) in [
            (Kind::Header, &expected.headers),
            (Kind::Cookie, &expected.cookies),
        ] {
            for named in all {
                judgement.named(kind, named)?;
            }
        }
        judgement.body()?;
        cut(&mut judgement.mismatches, 0);
        Ok(judgement.mismatches)
    }

    fn status(&mut self) {
        let (expected, actual) = (self.expected.status, self.answer.status);
        if expected == actual {
            return;
        }
        let body = match self.answer.body.is_empty() {
            true => String::new(),
            false => format!(", with {}", excerpt(&self.answer.body)),
        };
        let mut at = self.expected.at.clone();
        at.push(Step::Key("status".to_owned()));
        let difference = Difference {
            message: format!("the provider answered {actual}{body}; the contract has {expected}"),
            expected: expected.to_string(),
            actual: actual.to_string(),
        };
        self.tell("status".to_owned(), difference, &at);
    }

    fn named(&mut self, kind: Kind, named: &Named) -> Result<(), String> {
        let actual = match kind {
            Kind::Header => self.headers(&named.name),
            Kind::Cookie => self.cookies(&named.name),
        };
        if let Some(difference) = named.differs(kind, &actual, "answer")? {
            let location = format!("{} {}", kind.word(), named.name);
            self.tell(location, difference, &named.at);
        }
        Ok(())
    }

    fn headers(&self, name: &str) -> Vec<String> {
        let values = self.answer.headers.get_all(name).iter();
        let values = values.map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned());
        values.collect()
    }

    /// The values that the answer sets a cookie to.
    fn cookies(&self, name: &str) -> Vec<String> {
        let set = self.headers(SET_COOKIE.as_str());
        let pairs = set.iter().filter_map(|cookie| {
            let pair = cookie.split(';').next()?;
            let (is, value) = pair.split_once('=')?;
            (is.trim() == name).then(|| value.trim().trim_matches('"').to_owned())
        });
        pairs.collect()
    }

    fn body(&mut self) -> Result<(), String> {
        let expected = self.expected;
        if let Some((pattern, at)) = &expected.whole {
            if !pattern.matches(&String::from_utf8_lossy(&self.answer.body))? {
                let message = format!("the body is not {}", pattern.shown());
                self.whole_body(pattern.shown().to_owned(), message, at);
            }
        } else if !matches!(expected.body.content, Content::Nothing | Content::Json(_)) {
            self.bytes();
        }
        if expected.listed.is_none() && expected.matchers.is_empty() {
            return Ok(());
        }
        match serde_json::from_slice::<Value>(&self.answer.body) {
            Ok(body) => self.json(&body),
            Err(_) => {
                let has = expected.body.json().map(crate::mismatch::value);
                self.whole_body(
                    has.unwrap_or_default(),
                    "the body is not JSON".to_owned(),
                    &expected.body.at,
                );
                Ok(())
            }
        }
    }

    /// A body that is compared as it is.
    fn bytes(&mut self) {
        let expected = &self.expected.body;
        let (has, is) = (expected.bytes().unwrap_or_default(), &self.answer.body);
        let same = match &expected.content {
            // A text file ends in a line break that nobody means.
            Content::Text(_) => has.trim_ascii_end() == is.trim_ascii_end(),
            _ => has[..] == is[..],
        };
        if !same {
            self.whole_body(excerpt(&has), "the body differs".to_owned(), &expected.at);
        }
    }

    fn json(&mut self, body: &Value) -> Result<(), String> {
        let expected = self.expected;
        if let Some(listed) = &expected.listed {
            for lack in listed.lacks(body)? {
                let at = [&expected.body.at[..], &lack.at].concat();
                let place = body_place(&lack.at);
                let difference = Difference {
                    message: format!("`{place}` {}", lack.what),
                    expected: lack.expected,
                    actual: lack.actual,
                };
                self.tell(format!("body {place}"), difference, &at);
            }
        }
        for matcher in &expected.matchers {
            if let Some(difference) = matcher.differs(body)? {
                self.tell(format!("body {}", matcher.shown), difference, &matcher.at);
            }
        }
        Ok(())
    }

    fn whole_body(&mut self, expected: String, message: String, at: &[Step]) {
        let (message, actual) = match self.answer.body.is_empty() {
            true => ("the answer has no body".to_owned(), "nothing".to_owned()),
            false => (message, excerpt(&self.answer.body)),
        };
        let difference = Difference {
            expected,
            actual,
            message,
        };
        self.tell("body".to_owned(), difference, at);
    }

    fn tell(&mut self, location: String, difference: Difference, at: &[Step]) {
        self.mismatches.push(Mismatch {
            location,
            expected: difference.expected,
            actual: difference.actual,
            message: difference.message,
            span: self.place.span(at),
            reproduce: None,
        });
    }
}
