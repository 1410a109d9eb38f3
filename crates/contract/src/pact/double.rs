use std::time::Duration;

use futures_util::FutureExt as _;
use pact_matching::Mismatch;
use pact_models::bodies::OptionalBody;
use percent_encoding::percent_decode_str;
use rtest_core::{Secrets, Stream};

use super::generate::generated;
use super::http::PactHttp;
use super::{http_parts, limits, matched};
use crate::mismatch::shorten;
use crate::stub::{Asked, Difference, Double, StubAnswer};

/// Longest sentence of a difference, in characters.
const LONGEST: usize = 200;

impl Double for PactHttp {
    fn differences(&self, asked: &Asked) -> Result<Vec<Difference>, String> {
        let expected = &self.http.request;
        if !expected.method.eq_ignore_ascii_case(&asked.method) {
            // Another method is another question: no more is looked at than whether the path is
            // the same.
            let mut differences = vec![method(&expected.method, asked)];
            let has_rules = expected.matching_rules.rules_for_category("path").is_some();
            if !has_rules && expected.path != asked.path {
                differences.push(path(&expected.path, asked));
            }
            return Ok(differences);
        }
        limits::of_arrived(&asked.headers, &asked.body)?;
        let mut actual = http_parts::request(asked);
        if !expected.path.contains('%') {
            let decoded = percent_decode_str(&actual.path).decode_utf8_lossy();
            actual.path = decoded.into_owned();
        }
        let (pact, around) = matched::surroundings();
        let found = pact_matching::match_request(expected.clone(), actual, &pact, &around);
        let found = (found.now_or_never()).ok_or("it can only be matched by a plugin")?;
        let found = found.map_err(|error| error.to_string())?.mismatches();
        Ok(found.iter().map(|one| difference(one, asked)).collect())
    }

    fn answer(&self, rng: &mut Stream) -> StubAnswer {
        let response = generated(&self.http.response, rng);
        // A map without an order: sorted, so that every answer has the same bytes.
        let mut headers: Vec<(String, String)> = (response.headers.iter().flatten())
            .flat_map(|(name, values)| {
                values
                    .iter()
                    .map(move |value| (name.clone(), value.clone()))
            })
            .collect();
        headers.sort();
        let content_type = response.content_type().filter(|of| !of.is_unknown());
        StubAnswer {
            status: response.status,
            headers,
            content_type: content_type.map(|of| of.to_string()),
            body: match &response.body {
                OptionalBody::Present(bytes, ..) => bytes.clone(),
                OptionalBody::Null => "null".into(),
                OptionalBody::Empty | OptionalBody::Missing => Default::default(),
            },
            delay: Duration::ZERO,
        }
    }
}

fn method(expected: &str, asked: &Asked) -> Difference {
    let is = &asked.method;
    Difference::new(
        "method",
        format!("the method is {is}, the contract has {expected}"),
    )
}

fn path(expected: &str, asked: &Asked) -> Difference {
    let is = shorten(&asked.path, LONGEST);
    Difference::new(
        "path",
        format!("the path is `{is}`, the contract has `{expected}`"),
    )
}

fn difference(found: &Mismatch, asked: &Asked) -> Difference {
    let (location, said) = match found {
        Mismatch::MethodMismatch { expected, .. } => return method(expected, asked),
        Mismatch::PathMismatch { mismatch, .. } => ("path".to_owned(), mismatch),
        Mismatch::QueryMismatch {
            parameter,
            mismatch,
            ..
        } => (format!("query {parameter}"), mismatch),
        Mismatch::HeaderMismatch { key, .. } if Secrets::is_secret_header(key) => {
            return Difference::new(format!("header {key}"), format!("header `{key}` differs"));
        }
        Mismatch::HeaderMismatch { key, mismatch, .. } => (format!("header {key}"), mismatch),
        Mismatch::BodyTypeMismatch { mismatch, .. } => ("body".to_owned(), mismatch),
        Mismatch::BodyMismatch { path, mismatch, .. } => (format!("body {path}"), mismatch),
        // Parts of an answer and of a message: nobody matches one here.
        Mismatch::StatusMismatch { mismatch, .. } | Mismatch::MetadataMismatch { mismatch, .. } => {
            ("request".to_owned(), mismatch)
        }
    };
    Difference::new(location, shorten(said, LONGEST))
}
