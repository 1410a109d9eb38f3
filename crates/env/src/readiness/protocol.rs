use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use rtest_core::plan::Protocol;
use rtest_store::Limits;

use super::{NotYet, Probe};

/// An answer in the store's own protocol.
pub(super) struct ProtocolProbe {
    pub(super) protocol: Protocol,
}

impl Probe for ProtocolProbe {
    fn describe(&self) -> String {
        match self.protocol {
            Protocol::Postgres(_) => "`SELECT 1`".to_owned(),
            Protocol::Redis { .. } => "`PING`".to_owned(),
            Protocol::Kafka => "its metadata".to_owned(),
            Protocol::Http => "HTTP".to_owned(),
        }
    }

    fn ask(
        &self,
        address: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = Result<(), NotYet>> + Send + '_>> {
        Box::pin(async move {
            let authority = address.to_string();
            let answer = rtest_store::ping(&self.protocol, &authority, Limits::default()).await;
            answer.map_err(|error| NotYet::silent(rtest_core::causes(&error)))
        })
    }
}
