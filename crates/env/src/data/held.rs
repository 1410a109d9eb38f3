use std::sync::Arc;

use rtest_core::{ControlFuture, DataControl};

use super::Keeper;
use crate::control::Control;

/// The data of all services of an environment.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    keepers: Vec<(String, Arc<Keeper>)>,
    control: Arc<Control>,
}

impl Held {
    /// By service, in the suite's order.
    pub(crate) fn new(keepers: Vec<(String, Arc<Keeper>)>, control: Arc<Control>) -> Self {
        Self { keepers, control }
    }
}

impl DataControl for Held {
    fn services(&self) -> Vec<String> {
        let reset = self.keepers.iter().filter(|(_, keeper)| keeper.is_reset());
        reset.map(|(name, _)| name.clone()).collect()
    }

    fn reset<'a>(&'a self, service: &'a str) -> ControlFuture<'a, Result<String, String>> {
        Box::pin(async move {
            let found = self.keepers.iter().find(|(name, _)| name == service);
            let (_, keeper) = found.ok_or("there is no such service")?;
            keeper.reset(Arc::clone(&self.control)).await
        })
    }
}
