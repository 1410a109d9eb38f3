use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rtest_core::event::RollbackProof;
use rtest_core::plan::{Provider, ServiceFault, ServicePlan};
use rtest_core::{ControlFuture, ProcessMark, ServiceControl};
use tokio::sync::{mpsc, oneshot};

use crate::keep::Order;

/// Beyond a service's own limit: for what it takes to end it before it is started again.
const SLACK: Duration = Duration::from_secs(5);

/// The processes of a service, as far as it runs; shared with whoever has to know how to undo.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mark(Arc<Mutex<Option<ProcessMark>>>);

impl Mark {
    pub(crate) fn set(&self, mark: Option<ProcessMark>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = mark;
    }

    pub(crate) fn clear(&self) {
        self.set(None);
    }

    fn get(&self) -> Option<ProcessMark> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way to one service's keeper.
#[derive(Clone)]
pub(crate) struct Handle {
    provider: Provider,
    /// The most that it may take to be ready.
    within: Duration,
    orders: mpsc::Sender<Order>,
    mark: Mark,
}

impl Handle {
    pub(crate) fn new(plan: &ServicePlan, orders: mpsc::Sender<Order>, mark: Mark) -> Self {
        Self {
            provider: plan.provider.clone(),
            within: plan.ready.within,
            orders,
            mark,
        }
    }
}

/// A hold on every service of an environment.
#[derive(Clone)]
pub(crate) struct Control(pub(crate) BTreeMap<String, Handle>);

impl Control {
    async fn ask<T>(
        &self,
        service: &str,
        order: impl FnOnce(oneshot::Sender<T>) -> Order,
    ) -> Result<T, String> {
        let handle = self.0.get(service).ok_or("there is no such service")?;
        let (answer, answered) = oneshot::channel();
        let gone = "the environment is being torn down";
        handle.orders.send(order(answer)).await.map_err(|_| gone)?;
        answered.await.map_err(|_| gone.to_owned())
    }

    /// Replaces the container of a service by a new one; what was seen.
    ///
    /// # Errors
    /// It does not run any more, or the new one did not become ready: why.
    pub(crate) async fn replace(&self, service: &str) -> Result<String, String> {
        self.ask(service, |answer| Order::Replace { answer })
            .await?
    }
}

impl ServiceControl for Control {
    fn refusal(&self, service: &str, fault: &ServiceFault) -> Option<String> {
        match self.0.get(service) {
            Some(handle) => handle.provider.refusal(fault).map(str::to_owned),
            None => Some("there is no such service".to_owned()),
        }
    }

    fn patience(&self, service: &str) -> Duration {
        SLACK + self.0.get(service).map_or(Duration::ZERO, |it| it.within)
    }

    fn processes(&self, service: &str) -> Option<ProcessMark> {
        self.0.get(service)?.mark.get()
    }

    fn strike<'a>(
        &'a self,
        service: &'a str,
        fault: &'a ServiceFault,
        ttl: Duration,
    ) -> ControlFuture<'a, Result<String, String>> {
        Box::pin(async move {
            let fault = fault.clone();
            self.ask(service, |answer| Order::Strike { fault, ttl, answer })
                .await?
        })
    }

    fn mend<'a>(&'a self, service: &'a str) -> ControlFuture<'a, RollbackProof> {
        Box::pin(async move {
            self.ask(service, |answer| Order::Mend { answer })
                .await
                .unwrap_or_else(|seen| RollbackProof { clean: false, seen })
        })
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
