//! What a person sees while a run goes.
//!
//! ```text
//! Event, RunRecord ──► Lookout ──► Board ──► view ──► Screen     on a terminal, 8 times a second
//!                         │          └─────► status of the control API
//!                         └──► lasting lines, and one about the load every 10 s
//! keys ──► Steering ──► the load
//! ```
//!
//! Invariants:
//! - The view is a pure function of the board, the clock and the terminal's size; only
//!   `screen` writes control sequences, and takes them back however the process ends.
//! - The dispatcher never waits for a terminal: it folds and goes on, a task of its own draws.
//! - Text that came from outside moves no cursor.

mod board;
mod gates;
mod keys;
mod lookout;
mod mode;
mod news;
mod number;
mod painter;
mod plain;
#[cfg(test)]
mod rehearsal;
mod screen;
mod text;
mod timeline;
mod view;

pub(crate) use board::Board;
pub(crate) use lookout::{Lookout, Shared, Voice};
pub(crate) use mode::Mode;
pub(crate) use screen::restore;
