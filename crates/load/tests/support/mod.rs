//! What the tests of the engine share: plans, a sink that adds everything up, and servers that
//! answer exactly as told.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

pub mod foreign;
pub mod plan;
pub mod recorded;
pub mod server;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::LoadPlan;
use rtest_core::window::WindowBoard;
use rtest_core::{Clock, MonotonicClock, RunTime, Seed};
use rtest_load::{Load, LoadContext, LoadError, ResolvedTarget, Transport};
use tokio_util::sync::CancellationToken;

use recorded::Recorded;

/// One load against one address, on two workers.
pub struct Run {
    pub plan: LoadPlan,
    pub context: LoadContext,
    pub start: RunTime,
    pub recorded: Arc<Recorded>,
}

impl Run {
    pub fn new(plan: LoadPlan, address: SocketAddr) -> Self {
        let clock = Arc::new(MonotonicClock::start());
        let recorded = Arc::new(Recorded::default());
        let context = LoadContext {
            seed: Seed::new(7),
            windows: Arc::new(WindowBoard::default()),
            events: recorded.clone(),
            control: rtest_load::LoadControl::default(),
            cancel: CancellationToken::new(),
            target: ResolvedTarget::at(address),
            variables: BTreeMap::new(),
            workers: Some(2),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        };
        Self {
            plan,
            context,
            start: clock.now() + Duration::from_millis(30),
            recorded,
        }
    }

    /// When the load starts, on its clock.
    pub fn start(&self) -> RunTime {
        self.start
    }

    pub async fn go(self) -> Arc<Recorded> {
        self.go_over(Transport::default()).await
    }

    pub async fn go_over(self, transport: Transport) -> Arc<Recorded> {
        let load = Load::prepare_over(transport, Arc::new(self.plan), self.context).await;
        let load = load.expect("the load can be prepared");
        load.run(self.start).await.expect("the load can be run");
        self.recorded
    }

    /// Why the load cannot be run.
    pub async fn refused(self) -> LoadError {
        let load = Load::prepare(Arc::new(self.plan), self.context).await;
        load.expect_err("the load cannot be prepared")
    }
}
