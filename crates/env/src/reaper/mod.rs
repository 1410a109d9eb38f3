//! What ends the services when the program itself is killed.
//!
//! ```text
//! rtest ──stdin pipe──► rtest reaper --run-id ID        in a session of its own
//!          watch 4711                                    ready ──► (stdout, once)
//!          forget 4711
//!          done            → it exits, nothing to do
//!          (end of file)   → the program is gone: sweep
//! ```
//!
//! The pipe's end is the one message that a program sends however it dies. The write end is
//! close-on-exec, so no service keeps the pipe open after the program.

mod child;
mod handle;
mod order;

pub use child::reap;
pub(crate) use handle::Reaper;
