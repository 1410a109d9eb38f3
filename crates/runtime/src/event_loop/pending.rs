use super::{EventLoop, Step};
use crate::trace::Phase;

/// How often what became pending meanwhile is run after a poll, before the check phase.
const MOST_PASSES: u32 = 8;

impl<'js> EventLoop<'js> {
    /// Runs what was already decided when it was asked for: connections refused at once, writes
    /// and shutdowns that the system took whole.
    pub(crate) fn pending_phase(&self) -> Step<'js> {
        let pending = std::mem::take(&mut self.host.world.borrow_mut().pending);
        if pending.is_empty() {
            return Ok(());
        }
        self.host.enter(Phase::Pending);
        for arrival in pending {
            self.arrive(arrival)?;
        }
        Ok(())
    }

    /// What the poll phase's callbacks made pending runs before the check phase.
    pub(crate) fn pending_phase_again(&self) -> Step<'js> {
        for _ in 0..MOST_PASSES {
            if self.host.world.borrow().pending.is_empty() {
                break;
            }
            self.pending_phase()?;
        }
        Ok(())
    }
}
