use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use super::{NotYet, Probe};
use crate::provider::Inside;

/// The health check of the container.
pub(super) struct HealthProbe {
    pub(super) inside: Arc<dyn Inside>,
}

impl Probe for HealthProbe {
    fn describe(&self) -> String {
        "its health check".to_owned()
    }

    fn ask(&self, _: SocketAddr) -> Pin<Box<dyn Future<Output = Result<(), NotYet>> + Send + '_>> {
        self.inside.health()
    }
}
