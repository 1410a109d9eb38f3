//! Schedules: when iterations fall due. A pacer needs no clock (it is asked with the time that has
//! passed since the scenario began), so every schedule is exact and testable to the nanosecond.

mod constant_rate;
mod unpaced;

pub(crate) use constant_rate::ConstantRate;
pub(crate) use unpaced::Unpaced;

use std::fmt;
use std::time::Duration;

/// An iteration that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// Its number in the scenario, from 0, unique over all workers.
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

    /// When the next arrival falls, or fell, due; nothing after the last one was taken.
    fn next_due(&self) -> Option<Duration>;

    /// How many arrivals fall due up to and including `elapsed`, taken or not; nothing where
    /// there is no schedule and an arrival is due only when it is taken.
    fn offered(&self, elapsed: Duration) -> Option<u64>;
}
