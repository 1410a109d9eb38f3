//! Virtual users: scripts that call their host synchronously and sleep while it answers.
//!
//! ```text
//!   one thread ──► VirtualUser::resume ──► its own stack ──► its own engine ──► the script
//!                       ▲                                                          │ get(url)
//!                       └────────────── Progress::Call(HostCall) ◄─────────────────┘
//! ```
//!
//! Invariants:
//! - A user has an engine, a context, a stack and memory of its own, and stays on its thread.
//! - The engine is made on the stack that it runs on, so that a script that recurses too deeply
//!   gets a `RangeError`, wherever it is called from.
//! - No lock and no borrow is held while a user sleeps.
//! - A user that is cancelled ends: it catches nothing and calls nothing any more. One that is
//!   dropped while it sleeps is cancelled first.
//! - What a user had is given back to the system when it ends.
//!
//! Deliberately absent: Node's modules, timers and the virtual clock (those are
//! [`run_program`](crate::run_program)'s), and every way for a script to reach anything but the
//! host functions that it was given.

mod call;
mod options;
mod user;

pub use call::{Answer, HostCall, HostFunction, HostFunctionKind, ScriptValue};
pub use options::VirtualUserOptions;
pub use user::{Ended, Progress, VirtualUser};
