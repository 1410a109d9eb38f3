//! What is wrong with the disk: it is slow, fails now and then, or is full.

use std::cell::RefCell;
use std::rc::Rc;

use rtest_core::plan::{DiskError, SimDisk};

use crate::explore::{ChoicePoint, Chooser};
use crate::world::delay::Delay;
use crate::world::errno::Errno;

#[derive(Debug)]
pub(crate) struct Faults {
    /// What each operation takes beyond the page cache's time.
    delay: Delay,
    /// 0 to 1: the share of system calls that fail.
    errors: f64,
    /// What they fail with.
    error: DiskError,
    /// No file can grow.
    full: bool,
    choices: Rc<RefCell<Chooser>>,
}

impl Faults {
    /// None.
    pub(crate) fn new(choices: Rc<RefCell<Chooser>>) -> Self {
        Self {
            delay: Delay::NONE,
            errors: 0.0,
            error: DiskError::Io,
            full: false,
            choices,
        }
    }

    pub(crate) fn change(&mut self, change: &SimDisk) {
        if let Some(delay) = &change.delay {
            self.delay.change(delay);
        }
        self.errors = change.errors.unwrap_or(self.errors);
        self.error = change.error.unwrap_or(self.error);
        self.full = change.full.unwrap_or(self.full);
    }

    /// The change that takes `change` back.
    pub(crate) fn undo(&self, change: &SimDisk) -> SimDisk {
        SimDisk {
            delay: change.delay.as_ref().map(|_| self.delay.as_change()),
            errors: change.errors.map(|_| self.errors),
            error: change.error.map(|_| self.error),
            full: change.full.map(|_| self.full),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// How much longer than on a disk without faults an operation takes that begins now.
    pub(crate) fn delay_ns(&self, now_ns: u64) -> u64 {
        if self.delay == Delay::NONE {
            return 0;
        }
        let choice = if self.delay.is_fixed() {
            0
        } else {
            let mut choices = self.choices.borrow_mut();
            choices.weigh(
                ChoicePoint::Delay,
                ChoicePoint::percentile_weights(),
                now_ns,
            )
        };
        u64::try_from(self.delay.at(choice).as_nanos()).unwrap_or(u64::MAX)
    }

    /// Whether a system call fails, and with what.
    pub(crate) fn strike(&self, now_ns: u64) -> Result<(), Errno> {
        let mut choices = self.choices.borrow_mut();
        if self.errors > 0.0 && choices.happens(ChoicePoint::DiskError, self.errors, now_ns) {
            return Err(match self.error {
                DiskError::Io => Errno::EIO,
                DiskError::Access => Errno::EACCES,
                DiskError::TooManyFiles => Errno::EMFILE,
                DiskError::NoSpace => Errno::ENOSPC,
            });
        }
        Ok(())
    }
}
