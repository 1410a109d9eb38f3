use rtest_core::Stream;
use serde_json::Value;

use super::body::Content;
use super::contract::SpringContract;
use super::named::Kind;
use super::request::SpringRequest;
use crate::mismatch::{body_place, shorten};
use crate::stub::{Asked, Difference, Double, StubAnswer, pairs};

/// Longest value that is shown, in characters.
const LONGEST: usize = 120;

impl Double for SpringContract {
    fn differences(&self, asked: &Asked) -> Result<Vec<Difference>, String> {
        self.request.differences(asked)
    }

    fn answer(&self, _rng: &mut Stream) -> StubAnswer {
        let response = &self.response;
        let headers = response.headers.iter().flat_map(|it| {
            let values = it.values.iter();
            values.map(|value| (it.name.clone(), value.clone()))
        });
        let cookies = response.cookies.iter().flat_map(|it| {
            let values = it.values.iter();
            values.map(|value| ("set-cookie".to_owned(), format!("{}={value}", it.name)))
        });
        StubAnswer {
            status: response.status,
            headers: headers.chain(cookies).collect(),
            content_type: response.body.natural_type().map(str::to_owned),
            body: response.body.bytes().unwrap_or_default().into(),
            delay: response.delay,
        }
    }

    fn priority(&self) -> u64 {
        self.priority
    }
}

impl SpringRequest {
    /// How a request differs from what the contract's matchers, or its own values, ask for.
    fn differences(&self, asked: &Asked) -> Result<Vec<Difference>, String> {
        let mut differences = Vec::new();
        let mut differ = |location: String, message: String| {
            differences.push(Difference::new(location, message));
        };
        if self.method != asked.method {
            let (is, has) = (&asked.method, &self.method);
            let message = format!("the method is {is}, the contract has {has}");
            differ("method".to_owned(), message);
        }
        if let Some(message) = self.refuses_url(asked)? {
            differ("path".to_owned(), message);
        }
        let sent = asked.parameters();
        for parameter in &self.query {
            let of_name = sent.iter().filter(|(name, _)| *name == parameter.name);
            let values: Vec<&str> = of_name.map(|(_, value)| value.as_str()).collect();
            if let Some(message) = parameter.refuses(&values)? {
                differ(format!("query {}", parameter.name), message);
            }
        }
        for (kind, all) in [(Kind::Header, &self.headers), (Kind::Cookie, &self.cookies)] {
            for named in all {
                let actual = match kind {
                    Kind::Header => asked.values(&named.name),
                    Kind::Cookie => asked.cookies(&named.name),
                };
                if let Some(difference) = named.differs(kind, &actual, "request")? {
                    let location = format!("{} {}", kind.word(), named.name);
                    differ(location, difference.message);
                }
            }
        }
        self.refuse_body(asked, &mut differ)?;
        Ok(differences)
    }

    fn refuses_url(&self, asked: &Asked) -> Result<Option<String>, String> {
        let is = match self.is_whole_url {
            true => asked.target(),
            false => asked.path.clone(),
        };
        let shown = shorten(&is, LONGEST);
        if let Some(pattern) = &self.url_pattern {
            let asks = pattern.shown();
            return Ok((!pattern.matches(&is)?)
                .then(|| format!("the path is `{shown}`, the contract asks for {asks}")));
        }
        let (path, query) = match self.url.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.url.as_str(), None),
        };
        let same_path = asked.path.trim_start_matches('/') == path.trim_start_matches('/');
        let same_query = !self.is_whole_url
            || pairs(query.unwrap_or_default())
                == pairs(asked.query.as_deref().unwrap_or_default());
        Ok((!same_path || !same_query)
            .then(|| format!("the path is `{shown}`, the contract has `{}`", self.url)))
    }

    fn refuse_body(
        &self,
        asked: &Asked,
        differ: &mut impl FnMut(String, String),
    ) -> Result<(), String> {
        let here = || "body".to_owned();
        if let Some(multipart) = &self.multipart {
            for name in multipart.missing_in(&asked.body) {
                differ(here(), format!("the body has no part `{name}`"));
            }
            return Ok(());
        }
        let text = || String::from_utf8_lossy(&asked.body);
        match (&self.matchers.whole, &self.body.content) {
            (Some((pattern, _)), _) => {
                if !pattern.matches(&text())? {
                    differ(here(), format!("the body is not {}", pattern.shown()));
                }
            }
            (None, Content::Nothing | Content::Json(_)) => {}
            (None, Content::Form(fields)) => {
                let sent = pairs(&text());
                for (name, _) in fields.iter().filter(|field| !sent.contains(field)) {
                    differ(here(), format!("field `{name}` of the form differs"));
                }
            }
            (None, Content::Xml(_) | Content::Text(_) | Content::Bytes(_)) => {
                if self.body.bytes().unwrap_or_default() != asked.body {
                    differ(here(), "the body differs".to_owned());
                }
            }
        }
        if self.listed.is_none() && self.matchers.places.is_empty() {
            return Ok(());
        }
        self.refuse_json(asked, differ)
    }

    fn refuse_json(
        &self,
        asked: &Asked,
        differ: &mut impl FnMut(String, String),
    ) -> Result<(), String> {
        let Ok(body) = serde_json::from_slice::<Value>(&asked.body) else {
            differ("body".to_owned(), "the body is not JSON".to_owned());
            return Ok(());
        };
        if let Some(listed) = &self.listed {
            for lack in listed.lacks(&body)? {
                let place = body_place(&lack.at);
                let what = lack.what.replace("the answer", "the request");
                differ(format!("body {place}"), format!("`{place}` {what}"));
            }
        }
        for matcher in &self.matchers.places {
            if let Some(difference) = matcher.differs(&body)? {
                differ(format!("body {}", matcher.shown), difference.message);
            }
        }
        Ok(())
    }
}
