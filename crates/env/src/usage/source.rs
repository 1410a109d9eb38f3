use rtest_core::RunTime;
use rtest_core::usage::Reading;

use crate::processes::Census;

/// The instant of a look, and what all sources share of it.
pub(crate) struct Moment<'a> {
    pub(crate) at: RunTime,
    pub(crate) census: &'a mut Census,
}

/// Something that readings of one service come from.
pub(crate) trait Source: Send {
    /// What is there now; nothing of what cannot be seen. Must not block for longer than it takes
    /// to read a few of the kernel's files.
    fn read(&mut self, moment: &mut Moment<'_>) -> Vec<Reading>;
}
