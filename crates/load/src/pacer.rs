//! Schedules: when iterations fall due. A pacer needs no clock (it is asked with the time that has
//! passed since the scenario began, pauses left out), so every schedule is exact and testable to
//! the nanosecond.

mod intensity;
mod paced;
mod spacing;
mod unpaced;

pub(crate) use intensity::{Intensity, Ramp, Recording};
pub(crate) use paced::Paced;
pub(crate) use spacing::Spacing;
pub(crate) use unpaced::Unpaced;

use std::fmt;
use std::time::Duration;

/// An iteration that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// Its number in the scenario, from 0, unique over all workers and shards.
    pub(crate) index: u64,
    /// When it fell due, from the scenario's start.
    pub(crate) due: Duration,
}

/// One worker's part of a scenario's schedule.
///
/// Arrivals are taken in order, so those that are due and not yet taken are the backlog: it is
/// first in, first out, of any length, and needs no memory.
pub(crate) trait Pacer: fmt::Debug {
    /// Takes the next arrival, if it is due `elapsed` after the scenario's start.
    fn take(&mut self, elapsed: Duration) -> Option<Arrival>;

    /// When the next arrival falls, or fell, due; nothing where none does as things stand.
    fn next_due(&self) -> Option<Duration>;

    /// Whether all that there ever is was taken, so that the scenario ends before its time.
    fn is_spent(&self) -> bool;

    /// How many arrivals fell due up to and including `elapsed`, taken or not; nothing where
    /// there is no schedule and an arrival is due only when it is taken. To be asked with instants
    /// that ascend, [`Pacer::rescale`]'s among them.
    fn offered(&mut self, elapsed: Duration) -> Option<u64>;

    /// Makes arrivals this multiple of what the plan says, from `elapsed` on, or from the start on
    /// where the scenario has not begun. Whatever fell due until then stays as it was.
    fn rescale(&mut self, elapsed: Option<Duration>, scale: f64);
}
