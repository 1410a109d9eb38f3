use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use tokio::sync::watch;

use super::{NotYet, Probe};

/// A line that the service has printed since it was started.
pub(super) struct LogProbe {
    pub(super) pattern: String,
    pub(super) printed: watch::Receiver<bool>,
}

impl Probe for LogProbe {
    fn describe(&self) -> String {
        format!("a line like `{}` in its log", self.pattern)
    }

    fn ask(&self, _: SocketAddr) -> Pin<Box<dyn Future<Output = Result<(), NotYet>> + Send + '_>> {
        let printed = *self.printed.borrow();
        let answer = if printed {
            Ok(())
        } else {
            Err(NotYet::silent("no such line so far"))
        };
        Box::pin(std::future::ready(answer))
    }
}
