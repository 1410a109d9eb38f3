//! What a probe asks, one file each.
//!
//! A new probe is one file that implements [`Probe`], and one line in [`of_plan`].

mod command;
mod http;
mod sql;
mod tcp;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rtest_core::event::ProbeResult;
use rtest_core::plan::ProbeKind;
use tokio::time::timeout;

use crate::drill::DrillError;
use crate::fault::FaultFuture;
use crate::hypothesis::ASK_LIMIT;

pub(crate) use command::Runner;
pub(crate) use http::{Answered, Caller, client};
pub(crate) use sql::Database;

/// Something that is asked whether all is well.
pub(crate) trait Probe: Send + Sync + fmt::Debug {
    /// What it expects, in words.
    fn expected(&self) -> String;

    /// Asks once.
    ///
    /// # Errors
    /// What was there instead.
    ///
    /// # Cancellation
    /// Safe: nothing of it goes on.
    fn ask(&self) -> FaultFuture<'_, Result<(), String>>;
}

/// What probes ask with.
#[derive(Debug)]
pub(crate) struct Means<'a> {
    pub(crate) client: reqwest::Client,
    /// The URL of each service.
    pub(crate) addresses: &'a BTreeMap<String, String>,
    /// What fills `{{ catalog.url }}`.
    pub(crate) variables: &'a BTreeMap<String, String>,
    /// The run's mark, in the environment of what is started.
    pub(crate) mark: Option<(String, String)>,
}

/// The probe of a plan; `None` for what is judged from the record.
pub(crate) fn of_plan(
    kind: &ProbeKind,
    means: &Means<'_>,
) -> Result<Option<Arc<dyn Probe>>, DrillError> {
    Ok(Some(match kind {
        ProbeKind::Metric(_) => return Ok(None),
        ProbeKind::Http {
            target,
            call,
            expectations,
        } => Arc::new(http::Http::new(target, call, expectations, means)?),
        ProbeKind::Tcp(target) => Arc::new(tcp::Tcp::new(target, means)?),
        ProbeKind::Command(plan) => Arc::new(command::Command::new(plan, means)?),
        ProbeKind::Sql(plan) => Arc::new(sql::Sql::new(plan, means)?),
    }))
}

/// Asks once, within the limit of one answer.
pub(crate) async fn ask(probe: &dyn Probe) -> ProbeResult {
    let answer = timeout(ASK_LIMIT, probe.ask()).await.unwrap_or_else(|_| {
        let limit = rtest_core::unit::format_duration(ASK_LIMIT);
        Err(format!("no answer within {limit}"))
    });
    ProbeResult {
        held: answer.is_ok(),
        expected: probe.expected(),
        actual: answer.err().unwrap_or_else(|| "as expected".to_owned()),
    }
}

#[cfg(test)]
mod tests;
