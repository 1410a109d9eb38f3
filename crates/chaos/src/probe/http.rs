use std::collections::BTreeMap;

use rtest_core::causes;
use rtest_core::expectation::{Answer, Expectation};
use rtest_core::plan::{HttpCall, Target};

use super::{Means, Probe};
use crate::drill::DrillError;
use crate::fault::FaultFuture;
use crate::hypothesis::ASK_LIMIT;

/// More of an answer is not looked at.
const LARGEST_BODY: usize = 1024 * 1024;

/// A call, and what its answer must be.
#[derive(Debug)]
pub(crate) struct Http {
    caller: Caller,
    expectations: Vec<Expectation>,
}

/// A call.
#[derive(Debug)]
pub(crate) struct Caller {
    client: reqwest::Client,
    url: String,
    call: HttpCall,
}

/// Status, headers and body.
pub(crate) type Answered = (u16, Vec<(String, String)>, Vec<u8>);

/// The client of all HTTP probes.
pub(crate) fn client() -> Result<reqwest::Client, DrillError> {
    reqwest::Client::builder()
        // A target on this machine is not reached through the environment's proxy.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        // A fault may have left a kept connection half dead; a probe is about the service.
        .pool_max_idle_per_host(0)
        .timeout(ASK_LIMIT)
        .build()
        .map_err(DrillError::Client)
}

impl Http {
    pub(super) fn new(
        target: &Target,
        call: &HttpCall,
        expectations: &[Expectation],
        means: &Means<'_>,
    ) -> Result<Self, DrillError> {
        Ok(Self {
            caller: Caller::new(target, call, means)?,
            expectations: expectations.to_vec(),
        })
    }
}

impl Caller {
    pub(crate) fn new(
        target: &Target,
        call: &HttpCall,
        means: &Means<'_>,
    ) -> Result<Self, DrillError> {
        let base = base_url(target, means.addresses)?;
        Ok(Self {
            client: means.client.clone(),
            url: format!("{base}{}", call.path),
            call: call.clone(),
        })
    }

    /// Calls once.
    pub(crate) async fn answer(&self) -> Result<Answered, String> {
        let method = reqwest::Method::from_bytes(self.call.method.as_bytes())
            .map_err(|_| format!("`{}` is not a method", self.call.method))?;
        let mut request = self.client.request(method, &self.url);
        if let Some(json) = &self.call.json {
            request = request.json(json);
        }
        let failed = |error: reqwest::Error| format!("no answer: {}", causes(&error));
        let mut response = request.send().await.map_err(failed)?;
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST_BODY {
                return Err("an answer of more than 1 MiB".to_owned());
            }
        }
        Ok((response.status().as_u16(), headers, body))
    }
}

impl Probe for Http {
    fn expected(&self) -> String {
        let all: Vec<String> = self
            .expectations
            .iter()
            .map(Expectation::to_string)
            .collect();
        if all.is_empty() {
            "an answer".to_owned()
        } else {
            all.join(", ")
        }
    }

    fn ask(&self) -> FaultFuture<'_, Result<(), String>> {
        Box::pin(async {
            let (status, headers, body) = self.caller.answer().await?;
            let answer = Answer {
                status,
                headers: &headers,
                body: &body,
            };
            let unmet: Vec<String> = self
                .expectations
                .iter()
                .filter_map(|expectation| expectation.meet(&answer).err())
                .map(|unmet| format!("{} instead of {}", unmet.actual, unmet.expected))
                .collect();
            if unmet.is_empty() {
                Ok(())
            } else {
                Err(unmet.join("; "))
            }
        })
    }
}

fn base_url(target: &Target, addresses: &BTreeMap<String, String>) -> Result<String, DrillError> {
    match target {
        Target::Service(name) => addresses
            .get(name)
            .map(|url| url.trim_end_matches('/').to_owned())
            .ok_or_else(|| DrillError::UnknownService(name.clone())),
        Target::Address {
            scheme,
            authority,
            base_path,
        } => Ok(format!("{}://{authority}{base_path}", scheme.name())),
    }
}
