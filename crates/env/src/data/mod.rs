//! The data of services: put in when they are ready, brought back before each case.
//!
//! ```text
//! ready ──► seed ──► … all services are up ──► first reset: what is there is kept
//!                                              every other: it is brought back
//! ```

mod catalog;
mod delete;
mod flush;
mod held;
mod keeper;
mod restart;
mod seed;
mod tables;
mod template;
mod truncate;

pub(crate) use held::Held;
pub(crate) use keeper::Keeper;
pub use seed::SeedError;

use rtest_core::ControlFuture;

/// One way to bring data back.
pub(crate) trait Way: Send + std::fmt::Debug {
    /// Keeps what is there now, so that it can be brought back; what was kept, in a few words.
    fn keep(&mut self) -> ControlFuture<'_, Result<String, String>>;

    /// Brings that back; what was done, in a few words.
    fn reset(&mut self) -> ControlFuture<'_, Result<String, String>>;

    /// Takes away whatever was made for that.
    fn close(&mut self) -> ControlFuture<'_, ()>;
}
