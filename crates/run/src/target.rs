use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::{HttpPlan, LoadPlan, Target};
use rtest_core::{Clock, Code, Diagnostic};
use rtest_env::Environment;
use rtest_load::{LoadError, LoadErrorKind, Origin, ResolvedTarget};
use tokio::net::TcpStream;

/// How long a first connection may take, with all that it goes through.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is behind a target.
pub(crate) async fn resolve(
    target: &Target,
    environment: &Environment,
) -> Result<ResolvedTarget, Diagnostic> {
    match target {
        Target::Service(name) => {
            let address = environment.address(name).ok_or_else(|| {
                Diagnostic::new(
                    Code::UnknownService,
                    format!("service `{name}` has no address"),
                )
            })?;
            Ok(ResolvedTarget::at(address))
        }
        Target::Address {
            scheme,
            authority,
            base_path,
        } => {
            let origin = Origin::parse(*scheme, authority).ok_or_else(|| {
                Diagnostic::new(
                    Code::Unreachable,
                    format!("`{authority}` is not the address of a target"),
                )
                .hint("write `host[:port]`")
            })?;
            Ok(ResolvedTarget::new(origin, base_path.clone()))
        }
    }
}

/// The URL of a target, for calls that go through an ordinary client.
pub(crate) async fn url(target: &Target, environment: &Environment) -> Result<String, Diagnostic> {
    let resolved = resolve(target, environment).await?;
    Ok(format!(
        "{}://{}{}",
        resolved.origin.scheme.name(),
        resolved.origin,
        resolved.base_path
    ))
}

/// The target of a load, with its address where that does not change.
pub(crate) async fn resolve_load(
    load: &LoadPlan,
    environment: &Environment,
) -> Result<ResolvedTarget, Diagnostic> {
    let mut target = resolve(&load.target, environment).await?;
    if target.address.is_none() {
        let host = &target.origin.host;
        let overrides = &load.http.dns.overrides;
        let overridden = overrides.iter().find(|(name, _)| name == host);
        target.address = match overridden {
            Some((_, ip)) => Some(SocketAddr::new(*ip, target.origin.port)),
            None if host == "localhost" => Some(loopback(target.origin.port).await),
            None => None,
        };
    }
    Ok(target)
}

/// Opens one connection, with all that lies in between, so that a target that is not there is an
/// error of the environment, not a report full of failed requests.
pub(crate) async fn reach(
    http: &HttpPlan,
    target: &ResolvedTarget,
    clock: &Arc<dyn Clock>,
) -> Result<(), Diagnostic> {
    let reached = rtest_load::reach(http, target, clock, PATIENCE).await;
    reached.map_err(diagnostic)
}

/// A load that could not be run, for whoever reads it; the code says who must mend it.
pub(crate) fn diagnostic(error: LoadError) -> Diagnostic {
    let mut diagnostic = match &*error.kind {
        LoadErrorKind::Unreachable { target, why } => Diagnostic::new(
            Code::Unreachable,
            format!("the target {target} cannot be reached"),
        )
        .note(why.clone()),
        LoadErrorKind::Setup {
            step,
            expected,
            actual,
        } => Diagnostic::new(Code::SetupFailed, format!("the setup failed at `{step}`"))
            .note(format!("expected {expected}"))
            .note(format!("got {actual}")),
        LoadErrorKind::Request { .. } | LoadErrorKind::Step { .. } => {
            Diagnostic::new(Code::ImpossibleStep, error.to_string())
        }
        LoadErrorKind::Tls { .. } => Diagnostic::new(Code::UnusableFile, error.to_string()),
        LoadErrorKind::Feeder(_) => Diagnostic::new(Code::UnusableFile, rtest_core::causes(&error)),
        LoadErrorKind::Proxy(_) => Diagnostic::new(Code::BadTarget, error.to_string()),
        LoadErrorKind::OpenFiles { .. } | LoadErrorKind::Worker(_) => {
            Diagnostic::new(Code::GeneratorLimit, rtest_core::causes(&error))
        }
        LoadErrorKind::Engine { .. } | LoadErrorKind::Panicked(_) => {
            Diagnostic::new(Code::Defect, error.to_string())
        }
    };
    if let Some(span) = &error.span {
        diagnostic = diagnostic.at(span);
    }
    match error.hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// The address behind `localhost` at which something listens: services listen on one of two, and
/// systems disagree about which is meant.
async fn loopback(port: u16) -> SocketAddr {
    let v4 = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let v6 = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port);
    if TcpStream::connect(v4).await.is_err() && TcpStream::connect(v6).await.is_ok() {
        v6
    } else {
        v4
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn localhost_is_where_something_listens() {
        for ip in ["127.0.0.1", "::1"] {
            let Ok(listener) = TcpListener::bind((ip, 0)).await else {
                println!("NOT TESTED HERE: this machine has no {ip}");
                continue;
            };
            let address = listener.local_addr().expect("bound");
            assert_eq!(loopback(address.port()).await, address);
        }
        let nobody = loopback(9).await;
        assert!(nobody.is_ipv4(), "{nobody}");
    }
}
