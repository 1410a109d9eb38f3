use std::sync::Arc;

use rtest_core::plan::ServiceFault;
use rtest_core::{ControlFuture, ServiceControl};

use super::Way;
use crate::control::Control;

/// The service is started anew: for what it holds in memory.
#[derive(Debug)]
pub(crate) struct Restart {
    service: String,
    control: Arc<Control>,
}

impl Restart {
    pub(crate) fn new(service: &str, control: Arc<Control>) -> Self {
        Self {
            service: service.to_owned(),
            control,
        }
    }

    async fn restart(&self) -> Result<String, String> {
        let patience = self.control.patience(&self.service);
        self.control
            .strike(&self.service, &ServiceFault::Restart, patience)
            .await?;
        let proof = self.control.mend(&self.service).await;
        if proof.clean {
            Ok(format!("restarted: {}", proof.seen))
        } else {
            Err(proof.seen)
        }
    }
}

impl Way for Restart {
    fn keep(&mut self) -> ControlFuture<'_, Result<String, String>> {
        // It may have been spoken to since it started.
        Box::pin(self.restart())
    }

    fn settle(&mut self) -> ControlFuture<'_, Result<String, String>> {
        Box::pin(async { Ok("nothing is kept".to_owned()) })
    }

    fn reset(&mut self) -> ControlFuture<'_, Result<String, String>> {
        Box::pin(self.restart())
    }

    fn close(&mut self) -> ControlFuture<'_, ()> {
        Box::pin(async {})
    }
}
