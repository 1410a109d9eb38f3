use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::Clock;
use rtest_core::event::ProbeResult;
use rtest_core::expectation::{Answer, Expectation};
use rtest_core::plan::{HttpCall, ProbeKind, ProbePlan, Target};
use rtest_core::unit::format_duration;
use tokio::time::{sleep, timeout};

use crate::drill::DrillError;
use rtest_core::causes;

/// How long one answer to a probe may take.
pub const ASK_LIMIT: Duration = Duration::from_secs(5);
/// How long the steady state may take to come back after the last fault.
pub const SETTLE_LIMIT: Duration = Duration::from_secs(5);
/// Between two looks whether it has come back.
const SETTLE_PAUSE: Duration = Duration::from_millis(100);
/// More of an answer is not looked at.
const LARGEST_BODY: usize = 1024 * 1024;

/// The HTTP probes of a hypothesis, ready to be asked.
#[derive(Debug)]
pub(crate) struct Hypothesis {
    probes: Vec<HttpProbe>,
    client: reqwest::Client,
}

/// One HTTP probe.
#[derive(Debug)]
pub(crate) struct HttpProbe {
    /// Index into the plan's hypothesis.
    pub(crate) index: u16,
    url: String,
    call: HttpCall,
    expectations: Vec<Expectation>,
}

impl Hypothesis {
    /// Resolves the probes of a plan; those on metrics are left out.
    pub(crate) fn new(
        plan: &[(u16, ProbePlan)],
        addresses: &BTreeMap<String, String>,
    ) -> Result<Self, DrillError> {
        let probes = plan
            .iter()
            .filter_map(|(index, probe)| match &probe.kind {
                ProbeKind::Metric(_) => None,
                ProbeKind::Http {
                    target,
                    call,
                    expectations,
                } => Some(base_url(target, addresses).map(|base| HttpProbe {
                    index: *index,
                    url: format!("{base}{}", call.path),
                    call: call.clone(),
                    expectations: expectations.clone(),
                })),
            })
            .collect::<Result<_, _>>()?;
        let client = reqwest::Client::builder()
            // A target on this machine is not reached through the environment's proxy.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // A fault may have left a kept connection half dead; a probe is about the service.
            .pool_max_idle_per_host(0)
            .timeout(ASK_LIMIT)
            .build()
            .map_err(DrillError::Client)?;
        Ok(Self { probes, client })
    }

    pub(crate) fn probes(&self) -> &[HttpProbe] {
        &self.probes
    }

    /// Asks once.
    pub(crate) async fn ask(&self, probe: &HttpProbe) -> ProbeResult {
        let expected = expected(&probe.expectations);
        match self.answer(probe).await {
            Err(error) => ProbeResult {
                held: false,
                expected,
                actual: error,
            },
            Ok((status, headers, body)) => {
                let answer = Answer {
                    status,
                    headers: &headers,
                    body: &body,
                };
                let unmet: Vec<String> = probe
                    .expectations
                    .iter()
                    .filter_map(|expectation| expectation.meet(&answer).err())
                    .map(|unmet| format!("{} instead of {}", unmet.actual, unmet.expected))
                    .collect();
                ProbeResult {
                    held: unmet.is_empty(),
                    expected,
                    actual: if unmet.is_empty() {
                        "as expected".to_owned()
                    } else {
                        unmet.join("; ")
                    },
                }
            }
        }
    }

    async fn answer(
        &self,
        probe: &HttpProbe,
    ) -> Result<(u16, Vec<(String, String)>, Vec<u8>), String> {
        let HttpProbe { url, call, .. } = probe;
        let method = reqwest::Method::from_bytes(call.method.as_bytes())
            .map_err(|_| format!("`{}` is not a method", call.method))?;
        let mut request = self.client.request(method, url);
        if let Some(json) = &call.json {
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

/// Asks until it holds, or until the time is up; then the last answer counts.
pub(crate) async fn settle<A>(
    ask: impl Fn() -> A,
    clock: &Arc<dyn Clock>,
    limit: Duration,
) -> ProbeResult
where
    A: Future<Output = ProbeResult>,
{
    let began = clock.now();
    let mut last = None;
    let settled = async {
        loop {
            let mut result = ask().await;
            if result.held {
                if last.is_some() {
                    let after = format_duration(whole_millis(clock.now() - began));
                    result.actual = format!("{}, after {after}", result.actual);
                }
                break result;
            }
            last = Some(result);
            sleep(SETTLE_PAUSE).await;
        }
    };
    let settled = timeout(limit, settled).await;
    settled.unwrap_or_else(|_| {
        let mut result = last.unwrap_or_else(|| ProbeResult {
            held: false,
            expected: "an answer".to_owned(),
            actual: "none".to_owned(),
        });
        result.actual = format!(
            "{}, still so after {}",
            result.actual,
            format_duration(limit)
        );
        result
    })
}

fn whole_millis(duration: Duration) -> Duration {
    Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
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

fn expected(expectations: &[Expectation]) -> String {
    let all: Vec<String> = expectations.iter().map(Expectation::to_string).collect();
    if all.is_empty() {
        "an answer".to_owned()
    } else {
        all.join(", ")
    }
}

#[cfg(test)]
mod tests;
