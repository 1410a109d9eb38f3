use std::net::SocketAddr;
use std::time::Duration;

use rtest_core::plan::Target;
use rtest_core::{Code, Diagnostic, Scheme};
use rtest_env::Environment;
use rtest_load::ResolvedTarget;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long name resolution and a first connection may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The address behind a target. Services are on loopback, by name; anything else is resolved once,
/// so that load does not measure the resolver.
pub(crate) async fn resolve(
    target: &Target,
    environment: &Environment,
) -> Result<ResolvedTarget, Diagnostic> {
    let (scheme, authority, base_path) = match target {
        Target::Service(name) => {
            let address = environment.address(name).ok_or_else(|| {
                Diagnostic::new(
                    Code::UnknownService,
                    format!("service `{name}` has no address"),
                )
            })?;
            (Scheme::Http, address.to_string(), String::new())
        }
        Target::Address {
            scheme,
            authority,
            base_path,
        } => (*scheme, authority.clone(), base_path.clone()),
    };
    let address = lookup(&authority).await?;
    Ok(ResolvedTarget {
        scheme,
        address,
        authority,
        base_path,
    })
}

/// The URL of a target, for calls that go through an ordinary client.
pub(crate) async fn url(target: &Target, environment: &Environment) -> Result<String, Diagnostic> {
    let resolved = resolve(target, environment).await?;
    Ok(format!(
        "{}://{}{}",
        resolved.scheme.name(),
        resolved.authority,
        resolved.base_path
    ))
}

/// Opens one connection, so that a target that is not there is an error of the environment, not
/// a report full of refused requests.
pub(crate) async fn reach(target: &ResolvedTarget) -> Result<(), Diagnostic> {
    let why = match timeout(PATIENCE, TcpStream::connect(target.address)).await {
        Ok(Ok(_)) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    Err(Diagnostic::new(
        Code::Unreachable,
        format!("the target {} cannot be reached", target.authority),
    )
    .note(why)
    .hint("start the service first, or look at the host and the port"))
}

async fn lookup(authority: &str) -> Result<SocketAddr, Diagnostic> {
    let with_port = if has_port(authority) {
        authority.to_owned()
    } else {
        format!("{authority}:80")
    };
    let unresolved = |why: String| {
        Diagnostic::new(
            Code::Unreachable,
            format!("the host of `{authority}` does not resolve"),
        )
        .note(why)
        .hint("look at the spelling of the host")
    };
    let found = match timeout(PATIENCE, lookup_host(&with_port)).await {
        Ok(Ok(found)) => found.collect::<Vec<_>>(),
        Ok(Err(error)) => return Err(unresolved(error.to_string())),
        Err(_) => {
            return Err(unresolved(format!(
                "no answer within {} s",
                PATIENCE.as_secs()
            )));
        }
    };
    // `localhost` is often ::1 first while the service listens on 127.0.0.1 only.
    let preferred = found
        .iter()
        .find(|address| address.is_ipv4())
        .or_else(|| found.first());
    preferred
        .copied()
        .ok_or_else(|| unresolved("it has no address".to_owned()))
}

fn has_port(authority: &str) -> bool {
    let after_host = authority.rsplit(']').next().unwrap_or(authority);
    after_host
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty())
}
