//! What the tests of the engine share: plans, a sink that adds everything up, and servers that
//! answer exactly as told.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

pub mod plan;
pub mod recorded;
pub mod server;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::LoadPlan;
use rtest_core::window::WindowBoard;
use rtest_core::{Clock, MonotonicClock, RunTime, Scheme, Seed};
use rtest_load::{LoadContext, ResolvedTarget};
use tokio_util::sync::CancellationToken;

use recorded::Recorded;

/// One load against one address, on two workers.
pub struct Run {
    pub plan: LoadPlan,
    pub context: LoadContext,
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
            target: ResolvedTarget {
                scheme: Scheme::Http,
                address,
                authority: address.to_string(),
                base_path: String::new(),
            },
            variables: BTreeMap::new(),
            start: clock.now() + Duration::from_millis(30),
            workers: Some(2),
            clock,
        };
        Self {
            plan,
            context,
            recorded,
        }
    }

    /// When the load starts, on its clock.
    pub fn start(&self) -> RunTime {
        self.context.start
    }

    pub async fn go(self) -> Arc<Recorded> {
        rtest_load::run(Arc::new(self.plan), self.context)
            .await
            .expect("the load can be run");
        self.recorded
    }
}
