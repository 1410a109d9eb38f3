use rquickjs::Function;

use super::{Break, EventLoop, Step};
use crate::error::Budget;
use crate::trace::{Action, Phase};

impl<'js> EventLoop<'js> {
    /// Waits for whatever comes next. Nothing but timers can come, so the clock jumps to the next
    /// one; where an immediate waits for the check phase, or nothing keeps the loop alive, it
    /// does not wait. `module` is the program's main module, which arrives here.
    pub(crate) fn poll_phase(&self, module: Option<Function<'js>>) -> Step<'js> {
        self.host.enter(Phase::Poll);
        if let Some(module) = module {
            return self.run_module(&module);
        }
        if self.host.immediates.borrow().keep_alive() || !self.host.timers.borrow().keep_alive() {
            return Ok(());
        }
        let Some(due) = self.host.timers.borrow().due() else {
            return Ok(());
        };
        if due <= self.host.clock.borrow().loop_ms() {
            return Ok(());
        }
        let limit = self.host.limits.virtual_time;
        if self.host.clock.borrow().instant_of(due) > limit {
            return Err(self.host.exceed(Budget::VirtualTime(limit)));
        }
        self.host.clock.borrow_mut().sleep_until(due);
        self.host.record(Action::Slept, None);
        self.host.let_go();
        Ok(())
    }

    /// The main module is evaluated by a promise job, so that the jobs it makes run before its
    /// ticks do.
    fn run_module(&self, module: &Function<'js>) -> Step<'js> {
        match self.call::<_, ()>(module, ()) {
            Err(Break::Thrown(error)) => self.uncaught(error)?,
            other => other?,
        }
        self.run_microtasks()?;
        self.close_callback()
    }
}
