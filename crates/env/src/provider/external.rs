use std::net::SocketAddr;
use std::time::Duration;

use rtest_core::plan::{ServiceFault, ServicePlan};

use super::{BoxFuture, Ended, Instance, Provider, Struck};
use crate::endpoint::Endpoint;
use crate::error::{EnvErrorKind, LogExcerpt};
use crate::wiring::Wiring;

/// A service that is already up: it is looked up and asked, never started nor stopped.
#[derive(Debug)]
pub(super) struct ExternalProvider {
    endpoint: Endpoint,
}

impl ExternalProvider {
    pub(super) fn new(address: &str) -> Result<Self, EnvErrorKind> {
        let endpoint = Endpoint::parse(address).ok_or_else(|| EnvErrorKind::Unreachable {
            address: address.to_owned(),
            last_seen: "an address that is not `host:port`".to_owned(),
        })?;
        Ok(Self { endpoint })
    }
}

impl Provider for ExternalProvider {
    fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }

    fn start<'a>(
        &'a mut self,
        _: &'a ServicePlan,
        _: &'a Wiring,
    ) -> BoxFuture<'a, Result<Box<dyn Instance>, EnvErrorKind>> {
        Box::pin(async move {
            let unreachable = |last_seen| EnvErrorKind::Unreachable {
                address: self.endpoint.to_string(),
                last_seen,
            };
            let addresses: Vec<SocketAddr> =
                tokio::net::lookup_host((self.endpoint.host(), self.endpoint.port()))
                    .await
                    .map_err(|error| unreachable(error.to_string()))?
                    .collect();
            if addresses.is_empty() {
                return Err(unreachable("a name without addresses".to_owned()));
            }
            Ok(Box::new(External { addresses }) as Box<dyn Instance>)
        })
    }
}

#[derive(Debug)]
struct External {
    /// All addresses of the name: `localhost` is two, and a service may listen on one of them.
    addresses: Vec<SocketAddr>,
}

impl Instance for External {
    fn candidates(&self) -> &[SocketAddr] {
        &self.addresses
    }

    fn ended(&mut self) -> BoxFuture<'_, Ended> {
        Box::pin(std::future::pending())
    }

    fn stop(&mut self) -> BoxFuture<'_, bool> {
        Box::pin(std::future::ready(true))
    }

    fn strike<'a>(
        &'a mut self,
        _: &'a ServiceFault,
        _: Duration,
    ) -> BoxFuture<'a, Result<Struck, String>> {
        Box::pin(std::future::ready(Err(
            "it is not rtest's to stop".to_owned()
        )))
    }

    fn log(&self) -> Option<LogExcerpt> {
        None
    }
}
