//! What has to be undone, written down before it is done.

use std::fmt;

use crate::service_control::{ControlFuture, ProcessMark};

/// Where a drill writes what it is about to break, and what it has mended: the way back for
/// whoever cleans up after it, should it be killed in between.
pub trait UndoJournal: Send + Sync + fmt::Debug {
    /// Writes that something is about to be broken. When this returns, it is on the disk.
    ///
    /// # Errors
    /// When it could not be written, in words. It must not be broken then.
    fn broken(&self, entry: Broken) -> ControlFuture<'_, Result<(), String>>;

    /// Writes what was seen when it was mended. Where that cannot be written it is mended all the
    /// same, and only looked at once more by whoever reads the journal.
    fn mended(&self, fault: u16, clean: bool, seen: String) -> ControlFuture<'_, ()>;
}

/// Something that is about to be broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Index into `ChaosPlan::timeline`.
    pub fault: u16,
    /// The fault's name.
    pub name: String,
    /// What happens, in words: `pause`.
    pub what: String,
    /// To what.
    pub things: Vec<BrokenThing>,
}

/// What is broken, in a way that finds it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrokenThing {
    /// A link's proxy, which is part of the program.
    Link {
        /// Where it listens.
        listen: String,
    },
    /// A service.
    Service {
        /// Its name.
        name: String,
        /// Its processes, where they are ours.
        processes: Option<ProcessMark>,
    },
}
