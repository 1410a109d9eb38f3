//! What a drill may do to services, whoever keeps them.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use crate::event::RollbackProof;
use crate::plan::ServiceFault;

/// What the methods of a [`ServiceControl`] return: the trait is used as an object.
pub type ControlFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A hold on the services of an environment, for whoever breaks them on purpose.
///
/// What is done to one service is done in the order in which it was asked for, one thing at a
/// time; services do not wait for each other.
pub trait ServiceControl: Send + Sync + fmt::Debug {
    /// Why this cannot be done to this service here; `None` where it can. Asked before anything
    /// is broken.
    fn refusal(&self, service: &str, fault: &ServiceFault) -> Option<String>;

    /// The most that mending the service can take: its way back to being ready.
    fn patience(&self, service: &str) -> Duration;

    /// The processes of a service that runs, for the journal of what has to be undone; `None`
    /// where there are none that are ours.
    fn processes(&self, service: &str) -> Option<ProcessMark>;

    /// Breaks a service. Where the program that asks for it does not mend it within `ttl`, a
    /// guard outside of the program does, as far as one can.
    ///
    /// # Errors
    /// When it could not be broken, in words.
    ///
    /// # Cancellation
    /// It may be broken all the same; mend it.
    fn strike<'a>(
        &'a self,
        service: &'a str,
        fault: &'a ServiceFault,
        ttl: Duration,
    ) -> ControlFuture<'a, Result<String, String>>;

    /// Mends a service, whatever was done to it: it runs, is free, and answers its readiness
    /// probe. The proof says what was seen. May be asked for again.
    ///
    /// # Cancellation
    /// It is mended all the same; nobody hears how that went.
    fn mend<'a>(&'a self, service: &'a str) -> ControlFuture<'a, RollbackProof>;
}

/// A process group, in a way that tells it from a later one of the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessMark {
    /// The group's number, which is its leader's pid.
    pub group: i32,
    /// When its leader started, in clock ticks since boot; 0 where the system does not say.
    pub started: u64,
}
