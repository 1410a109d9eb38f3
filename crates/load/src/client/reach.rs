use std::sync::Arc;
use std::time::Duration;

use rtest_core::Clock;
use rtest_core::plan::HttpPlan;
use rtest_core::sample::ErrorKind;
use tokio_util::sync::CancellationToken;

use super::connector::Connector;
use super::progress::Progress;
use super::protocol::Protocol;
use crate::context::ResolvedTarget;
use crate::error::{LoadError, LoadErrorKind};
use crate::patience::Patience;

/// Opens one connection to a target as its load would, with all that lies in between, and closes
/// it again: so that a target that is not there is one error before the load, not as many as there
/// are requests.
///
/// # Errors
/// What the plan has cannot be used, or no connection could be opened within `within`.
///
/// # Cancellation
/// Dropping the future closes the connection.
pub async fn reach(
    plan: &HttpPlan,
    target: &ResolvedTarget,
    clock: &Arc<dyn Clock>,
    within: Duration,
) -> Result<(), LoadError> {
    let protocol = Arc::new(Protocol::compile(plan, target)?);
    let connector = Connector::new(protocol, Arc::clone(clock));
    let begun = clock.now();
    let mut patience = Patience::new(Arc::clone(clock), CancellationToken::new());
    patience.until(begun + within);
    let reached = connector
        .reach(&mut patience, &mut Progress::new(begun))
        .await;
    reached.map_err(|unanswered| {
        let failure = unanswered.into_failure();
        LoadError {
            hint: hint(failure.kind).map(str::to_owned),
            ..LoadErrorKind::Unreachable {
                target: match &plan.unix_socket {
                    Some(path) => path.display().to_string(),
                    None => target.origin.to_string(),
                },
                why: failure.message,
            }
            .into()
        }
    })
}

/// What to do, where the message does not say it.
fn hint(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Dns | ErrorKind::DnsTimeout => Some("look at the spelling of the host"),
        ErrorKind::Tls | ErrorKind::OpenFiles | ErrorKind::LocalPorts => None,
        _ => Some("start the service first, or look at the host and the port"),
    }
}
