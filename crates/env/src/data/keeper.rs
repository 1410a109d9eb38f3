use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use rtest_core::plan::{DataPlan, Protocol, Reset, ServicePlan};
use rtest_store::Postgres;
use tokio::sync::Mutex;

use super::{Way, container, delete, flush, restart, seed, template, truncate};
use crate::control::Control;
use crate::data::SeedError;

/// Whoever knows what the data of one service was.
pub(crate) struct Keeper {
    service: String,
    protocol: Protocol,
    data: DataPlan,
    /// Where the service is itself; absent until it is ready.
    address: RwLock<Option<SocketAddr>>,
    is_seeded: Mutex<bool>,
    /// Absent until it is settled what is brought back. A restart becomes ready while this is held.
    way: Mutex<Option<Box<dyn Way>>>,
}

impl Keeper {
    /// Of a service that is not up yet.
    pub(crate) fn new(plan: &ServicePlan) -> Arc<Self> {
        Arc::new(Self {
            service: plan.name.clone(),
            protocol: plan.protocol.clone(),
            data: plan.data.clone(),
            address: RwLock::default(),
            is_seeded: Mutex::default(),
            way: Mutex::default(),
        })
    }

    /// Whether its data is brought back at all.
    pub(crate) fn is_reset(&self) -> bool {
        self.data.reset.is_some()
    }

    /// The service is ready at this address: its seed is put in, the first time.
    ///
    /// # Errors
    /// A file of the seed is refused.
    pub(crate) async fn ready(&self, address: SocketAddr) -> Result<(), SeedError> {
        *self.address.write().unwrap_or_else(PoisonError::into_inner) = Some(address);
        let mut is_seeded = self.is_seeded.lock().await;
        if !*is_seeded {
            let url = self.url().expect("its address was set");
            seed::put(&self.data.seed, &url).await?;
            *is_seeded = true;
        }
        Ok(())
    }

    /// What it held is gone with its container: it is to be seeded again.
    pub(crate) async fn is_empty_again(&self) {
        *self.is_seeded.lock().await = false;
    }

    /// Keeps what is there now, unless that was done.
    ///
    /// # Errors
    /// It cannot be kept: why.
    pub(crate) async fn settle(&self, control: Arc<Control>) -> Result<(), String> {
        let mut kept = self.way.lock().await;
        if kept.is_none() {
            let mut way = self.way(control)?;
            let settled = way.settle().await;
            take(&mut kept, way, settled).await?;
        }
        Ok(())
    }

    /// Brings the data back. The first time, what is there is kept.
    pub(crate) async fn reset(&self, control: Arc<Control>) -> Result<String, String> {
        let mut kept = self.way.lock().await;
        if let Some(way) = &mut *kept {
            return way.reset().await;
        }
        let mut way = self.way(control)?;
        let done = way.keep().await;
        take(&mut kept, way, done).await
    }

    /// Takes away whatever was made to bring data back. The service still runs.
    pub(crate) async fn close(&self) {
        // Whoever still resets it has been left behind.
        let way = self.way.try_lock().ok().and_then(|mut way| way.take());
        if let Some(mut way) = way {
            way.close().await;
        }
    }

    fn way(&self, control: Arc<Control>) -> Result<Box<dyn Way>, String> {
        let reset = self.data.reset.ok_or("its data is not reset")?;
        match reset {
            Reset::Restart => {
                return Ok(Box::new(restart::Restart::new(&self.service, control)));
            }
            Reset::Container => {
                return Ok(Box::new(container::NewContainer::new(
                    &self.service,
                    control,
                )));
            }
            Reset::Delete | Reset::Truncate | Reset::Template => {}
        }
        let url = self.url().ok_or("it has never been ready")?;
        match &self.protocol {
            Protocol::Redis { .. } => Ok(Box::new(flush::Flush::new(&url)?)),
            Protocol::Postgres(_) => {
                let database = Postgres::at(&url).map_err(|error| error.to_string())?;
                Ok(match reset {
                    Reset::Template => Box::new(template::Template::new(database)),
                    Reset::Delete => Box::new(delete::way(database)),
                    _ => Box::new(truncate::way(database)),
                })
            }
            Protocol::Http | Protocol::Kafka => Err(format!(
                "a service that speaks {} has no such reset",
                self.protocol.name()
            )),
        }
    }

    fn url(&self) -> Option<String> {
        let address = *self.address.read().unwrap_or_else(PoisonError::into_inner);
        Some(self.protocol.url(&address?.to_string()))
    }
}

/// Takes a way on, unless it could not begin.
async fn take(
    kept: &mut Option<Box<dyn Way>>,
    mut way: Box<dyn Way>,
    begun: Result<String, String>,
) -> Result<String, String> {
    if begun.is_ok() {
        *kept = Some(way);
    } else {
        // Something may have been kept in part.
        way.close().await;
    }
    begun
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper")
            .field("service", &self.service)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}
