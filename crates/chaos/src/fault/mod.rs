//! What can be broken, and how it is mended.
//!
//! A new fault is one file that implements [`Fault`], and one line in [`on_link`].

mod down;
mod latency;
mod link;
mod reset;
mod services;
mod toxic;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::BrokenThing;
use rtest_core::event::RollbackProof;
use rtest_core::plan::LinkFault;

pub use down::Down;
pub use latency::Latency;
pub use link::FaultyLink;
pub use reset::Reset;
pub use services::Services;
pub use toxic::Toxic;

/// A future of a [`Fault`], which is used as a trait object.
pub type FaultFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Something that can be broken and mended.
pub trait Fault: Send + Sync + fmt::Debug {
    /// Breaks it.
    ///
    /// # Errors
    /// When it could not be broken, or not wholly. It is rolled back all the same.
    ///
    /// # Cancellation
    /// Dropping the future may leave it half broken; `roll_back` mends that too.
    fn inject(&self) -> FaultFuture<'_, Result<(), FaultError>>;

    /// Turns it into another of its kind while it lasts.
    ///
    /// # Errors
    /// When it could not be changed, or cannot be at all. It is broken all the same.
    ///
    /// # Cancellation
    /// As that of `inject`.
    fn turn_into<'a>(&'a self, _: &'a LinkFault) -> FaultFuture<'a, Result<(), FaultError>> {
        let refused = FaultError("it cannot be changed while it lasts".to_owned());
        Box::pin(std::future::ready(Err(refused)))
    }

    /// Mends it, and looks whether anything is left. May be called at any time, also without or
    /// during an injection that was cut off, and again where something was left.
    ///
    /// # Cancellation
    /// Dropping the future may leave it half mended; call it again.
    fn roll_back(&self) -> FaultFuture<'_, RollbackProof>;

    /// What it breaks, for the undo journal: asked just before it does.
    fn things(&self) -> Vec<BrokenThing>;

    /// How long each may take.
    fn limits(&self) -> Limits {
        Limits::default()
    }
}

/// How long a fault may take to break and to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// An injection.
    pub inject: Duration,
    /// One try of a rollback.
    pub roll_back: Duration,
    /// A rollback that leaves something is tried this often.
    pub tries: u32,
}

/// For what is done within this process. A port may be taken for a moment.
impl Default for Limits {
    fn default() -> Self {
        Self {
            inject: Duration::from_secs(5),
            roll_back: Duration::from_secs(2),
            tries: 10,
        }
    }
}

/// A fault that could not be injected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FaultError(pub String);

/// The fault of this name that a plan asks for on a link.
///
/// # Errors
/// It cannot be what the plan wants it to be.
pub fn on_link(
    name: &str,
    fault: &LinkFault,
    link: Arc<FaultyLink>,
) -> Result<Arc<dyn Fault>, FaultError> {
    Ok(match fault {
        LinkFault::Latency { latency, jitter } => {
            Arc::new(Latency::new(name, link, *latency, *jitter))
        }
        LinkFault::Delay(delay) => Arc::new(Toxic::new(name, link, &delay.toxic())?),
        LinkFault::Down => Arc::new(Down::new(name, link)),
        LinkFault::Reset => Arc::new(Reset::new(link)),
        LinkFault::Http(plan) => Arc::new(Toxic::new(name, link, &plan.toxic())?),
        LinkFault::Toxic(plan) => Arc::new(Toxic::new(name, link, plan)?),
    })
}
