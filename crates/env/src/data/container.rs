use std::sync::Arc;

use rtest_core::ControlFuture;

use super::Way;
use crate::control::Control;

/// The container of the service is replaced by a new one: for what it has written where no other
/// way reaches.
#[derive(Debug)]
pub(crate) struct NewContainer {
    service: String,
    control: Arc<Control>,
}

impl NewContainer {
    pub(crate) fn new(service: &str, control: Arc<Control>) -> Self {
        Self {
            service: service.to_owned(),
            control,
        }
    }
}

impl Way for NewContainer {
    fn keep(&mut self) -> ControlFuture<'_, Result<String, String>> {
        // It may have been spoken to since it started.
        self.reset()
    }

    fn settle(&mut self) -> ControlFuture<'_, Result<String, String>> {
        Box::pin(async { Ok("nothing is kept".to_owned()) })
    }

    fn reset(&mut self) -> ControlFuture<'_, Result<String, String>> {
        Box::pin(self.control.replace(&self.service))
    }

    fn close(&mut self) -> ControlFuture<'_, ()> {
        Box::pin(async {})
    }
}
