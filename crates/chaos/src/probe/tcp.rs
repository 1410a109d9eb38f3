use std::time::Duration;

use rtest_core::plan::TcpTarget;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Means, Probe};
use crate::drill::DrillError;
use crate::fault::FaultFuture;

/// A peer that hangs up does so within this time.
const HANG_UP: Duration = Duration::from_millis(100);

/// Whether a connection is accepted, and not closed at once.
#[derive(Debug)]
pub(crate) struct Tcp {
    /// `host:port`.
    address: String,
}

impl Tcp {
    pub(super) fn new(target: &TcpTarget, means: &Means<'_>) -> Result<Self, DrillError> {
        let address = match target {
            TcpTarget::Address(address) => address.clone(),
            TcpTarget::Service(name) => {
                let url = means.addresses.get(name);
                let url = url.ok_or_else(|| DrillError::UnknownService(name.clone()))?;
                let authority = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                authority.trim_end_matches('/').to_owned()
            }
        };
        Ok(Self { address })
    }
}

impl Probe for Tcp {
    fn expected(&self) -> String {
        format!("{} takes connections", self.address)
    }

    fn ask(&self) -> FaultFuture<'_, Result<(), String>> {
        Box::pin(async {
            let mut peer = TcpStream::connect(&self.address)
                .await
                .map_err(|error| format!("no connection: {error}"))?;
            let mut greeting = [0];
            match timeout(HANG_UP, peer.read(&mut greeting)).await {
                Ok(Ok(0)) => Err("it was closed at once".to_owned()),
                Ok(Err(error)) => Err(format!("it was broken off: {error}")),
                // It greets, or waits for us to speak first.
                Ok(Ok(_)) | Err(_) => Ok(()),
            }
        })
    }
}
