use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use super::{NotYet, Probe};
use crate::provider::Inside;

/// A command where the service runs, which ends with exit code 0.
pub(super) struct CommandProbe {
    pub(super) inside: Arc<dyn Inside>,
    pub(super) words: Vec<String>,
}

impl Probe for CommandProbe {
    fn describe(&self) -> String {
        format!("`{}`", self.words.join(" "))
    }

    fn ask(&self, _: SocketAddr) -> Pin<Box<dyn Future<Output = Result<(), NotYet>> + Send + '_>> {
        self.inside.run(&self.words)
    }
}
