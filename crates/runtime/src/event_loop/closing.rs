use super::{EventLoop, Step};
use crate::trace::{Action, Phase};

impl<'js> EventLoop<'js> {
    /// Runs the callbacks of handles that were closed, the last one first, as libuv keeps them. Those
    /// that these close have theirs in the next turn.
    pub(crate) fn closing_phase(&self) -> Step<'js> {
        let closing = std::mem::take(&mut self.host.world.borrow_mut().closing);
        if closing.is_empty() {
            return Ok(());
        }
        self.host.enter(Phase::Closing);
        for id in closing.into_iter().rev() {
            self.host.record(Action::Closed(id), None);
            self.deliver("handleClosed", (id,))?;
        }
        Ok(())
    }
}
