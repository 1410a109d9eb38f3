//! What whoever runs cases may do to the data of services, whoever keeps them.

use std::fmt;

use crate::service_control::ControlFuture;

/// Brings the data of services back to what it was.
///
/// What that is, is settled by the first reset of a service, unless it was as it came up: whatever
/// it holds then, put there by its seed, and by services that have prepared it as they started.
pub trait DataControl: Send + Sync + fmt::Debug {
    /// The services whose data is reset, in the suite's order.
    fn services(&self) -> Vec<String>;

    /// Brings the data of one of them back; what was done, in a few words.
    ///
    /// # Errors
    /// It could not be brought back: why. What it holds now is unknown.
    fn reset<'a>(&'a self, service: &'a str) -> ControlFuture<'a, Result<String, String>>;
}
