use reqwest::header::SET_COOKIE;
use rtest_core::event::Mismatch;
use rtest_core::{REDACTED, Secrets};
use serde_json::Value;

use super::body::Content;
use super::named::{Kind, Named};
use super::place::Place;
use super::response::SpringResponse;
use crate::json_text::Step;
use crate::mismatch::{body_place, cut, excerpt, shorten};
use crate::provider::Answer;

/// What stands for a value that is not there.
const NOTHING: &str = "nothing";

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
        self.mismatches.push(Mismatch {
            location: "status".to_owned(),
            message: format!("the provider answered {actual}{body}; the contract has {expected}"),
            expected: expected.to_string(),
            actual: actual.to_string(),
            span: self.place.span(&at),
            reproduce: None,
        });
    }

    fn named(&mut self, kind: Kind, named: &Named) -> Result<(), String> {
        let actual = match kind {
            Kind::Header => self.headers(&named.name),
            Kind::Cookie => self.cookies(&named.name),
        };
        let holds = match &named.pattern {
            Some(pattern) => {
                let mut all = true;
                for value in &actual {
                    all &= pattern.matches(value)?;
                }
                all
            }
            None => named.values.iter().all(|value| actual.contains(value)),
        };
        if holds && !actual.is_empty() {
            return Ok(());
        }
        let is_secret = kind == Kind::Cookie || Secrets::is_secret_header(&named.name);
        let show = |values: &[String]| match is_secret {
            true => REDACTED.to_owned(),
            false => shorten(&values.join(", "), 120),
        };
        let (word, name) = (kind.word(), &named.name);
        let (expected, asked) = match (&named.pattern, &named.values[..]) {
            (Some(pattern), _) => {
                let shown = pattern.shown().to_owned();
                (shown.clone(), format!("the contract asks for {shown}"))
            }
            (None, []) => (
                "any value".to_owned(),
                "the contract asks for one".to_owned(),
            ),
            (None, values) => (show(values), format!("the contract has `{}`", show(values))),
        };
        let (message, actual) = if actual.is_empty() {
            let message = format!("the answer has no {word} `{name}`, {asked}");
            (message, NOTHING.to_owned())
        } else {
            let is = show(&actual);
            (format!("{word} `{name}` is `{is}`, {asked}"), is)
        };
        self.mismatches.push(Mismatch {
            location: format!("{word} {name}"),
            expected,
            actual,
            message,
            span: self.place.span(&named.at),
            reproduce: None,
        });
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
        if let Some((pattern, at)) = &self.expected.whole {
            let text = String::from_utf8_lossy(&self.answer.body);
            if !pattern.matches(&text)? {
                let message = format!("the body is not {}", pattern.shown());
                self.whole_body(pattern.shown().to_owned(), message, at);
            }
            return Ok(());
        }
        let content = &self.expected.body.content;
        if matches!(content, Content::Nothing | Content::Json(_)) {
            return self.json();
        }
        let has = self.expected.body.bytes().unwrap_or_default();
        // A text file ends in a line break that nobody means.
        let trimmed = |bytes: &[u8]| bytes.trim_ascii_end().to_vec();
        let is = &self.answer.body;
        let same = match content {
            Content::Text(_) => trimmed(&has) == trimmed(is),
            _ => has[..] == is[..],
        };
        if !same {
            let message = match is.is_empty() {
                true => "the answer has no body".to_owned(),
                false => "the body differs".to_owned(),
            };
            let at = self.expected.body.at.clone();
            self.whole_body(excerpt(&has), message, &at);
        }
        Ok(())
    }

    fn json(&mut self) -> Result<(), String> {
        let expected = self.expected;
        if expected.listed.is_none() && expected.matchers.is_empty() {
            return Ok(());
        }
        let Ok(body) = serde_json::from_slice::<Value>(&self.answer.body) else {
            let has = expected.body.json().map(crate::mismatch::value);
            let message = match self.answer.body.is_empty() {
                true => "the answer has no body".to_owned(),
                false => "the body is not JSON".to_owned(),
            };
            self.whole_body(has.unwrap_or_default(), message, &expected.body.at);
            return Ok(());
        };
        if let Some(listed) = &expected.listed {
            for lack in listed.lacks(&body)? {
                let at = [&expected.body.at[..], &lack.at].concat();
                let place = body_place(&lack.at);
                self.mismatches.push(Mismatch {
                    location: format!("body {place}"),
                    message: format!("`{place}` {}", lack.what),
                    expected: lack.expected,
                    actual: lack.actual,
                    span: self.place.span(&at),
                    reproduce: None,
                });
            }
        }
        for matcher in &expected.matchers {
            if let Some(difference) = matcher.differs(&body)? {
                self.mismatches.push(Mismatch {
                    location: format!("body {}", matcher.shown),
                    expected: difference.expected,
                    actual: difference.actual,
                    message: difference.message,
                    span: self.place.span(&matcher.at),
                    reproduce: None,
                });
            }
        }
        Ok(())
    }

    fn whole_body(&mut self, expected: String, message: String, at: &[Step]) {
        self.mismatches.push(Mismatch {
            location: "body".to_owned(),
            expected,
            actual: match self.answer.body.is_empty() {
                true => NOTHING.to_owned(),
                false => excerpt(&self.answer.body),
            },
            message,
            span: self.place.span(at),
            reproduce: None,
        });
    }
}
