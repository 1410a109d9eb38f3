//! The data of services: put in when they are ready, brought back before each case.
//!
//! ```text
//! ready ──► seed ──► … what depends on it is ready ──► settled: what is there is kept
//!                                                      every reset: it is brought back
//! ```
//!
//! It is settled as everything comes up, or by the first reset.

mod catalog;
mod container;
mod delete;
mod flush;
mod held;
mod keeper;
mod restart;
mod seed;
mod settle;
mod tables;
mod template;
mod truncate;

pub(crate) use held::Held;
pub(crate) use keeper::Keeper;
pub use seed::SeedError;
pub(crate) use settle::Settling;

use rtest_core::ControlFuture;

/// One way to bring data back.
pub(crate) trait Way: Send + std::fmt::Debug {
    /// Keeps what is there now, so that it can be brought back; what was kept, in a few words.
    fn keep(&mut self) -> ControlFuture<'_, Result<String, String>>;

    /// The same of a service that has just come up, so that what is there is what it starts with.
    fn settle(&mut self) -> ControlFuture<'_, Result<String, String>> {
        self.keep()
    }

    /// Brings that back; what was done, in a few words.
    fn reset(&mut self) -> ControlFuture<'_, Result<String, String>>;

    /// Takes away whatever was made for that.
    fn close(&mut self) -> ControlFuture<'_, ()>;
}
