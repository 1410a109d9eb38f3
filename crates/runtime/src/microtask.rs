//! Ticks, promise jobs and rejections: what runs between any two callbacks of the loop.

use crate::event_loop::{Break, EventLoop, Step};
use crate::trace::Action;

impl<'js> EventLoop<'js> {
    /// Node's `processTicksAndRejections`: all ticks, then all promise jobs, and again while
    /// either of them or a rejection handler made new ticks. Ticks that a promise job queues
    /// wait until the jobs are done.
    ///
    /// What a tick throws ends the drain; the rest waits for the next one.
    pub(crate) fn drain(&self) -> Step<'js> {
        self.host.watch_callback();
        loop {
            while self.host.take_tick() {
                self.host.record(Action::Tick, None);
                self.call::<_, ()>(&self.hooks.run_tick, ())?;
            }
            self.host.watch_ticks();
            self.run_microtasks()?;
            self.host.watch_microtasks();
            if !(self.host.ticks_waiting() || self.process_rejections()?) {
                self.host.let_go();
                return Ok(());
            }
        }
    }

    /// Runs promise jobs until none is left.
    pub(crate) fn run_microtasks(&self) -> Step<'js> {
        let mut count = 0_u32;
        while !self.host.stopped()
            && let Some(counts) = self.run_microtask()
        {
            count += u32::from(counts);
        }
        if count > 0 {
            self.host.record(Action::Microtasks(count), None);
        }
        if self.host.stopped() {
            return Err(Break::Stopped);
        }
        Ok(())
    }

    /// Runs a job, if there is one. Returns whether it counts: one that only enters a context is
    /// nothing of the program's.
    fn run_microtask(&self) -> Option<bool> {
        self.host.begin_steps();
        if !self.ctx.execute_pending_job() {
            return None;
        }
        let counts = !self.contexts.take_entered();
        if counts {
            self.host.count_callback();
        }
        Some(counts)
    }

    /// Reports promises that were rejected and have no handler by now. Returns whether any code
    /// of the program may have run.
    fn process_rejections(&self) -> Step<'js, bool> {
        if !self.host.rejections.take() {
            return Ok(false);
        }
        self.call(&self.hooks.process_rejections, ())
    }
}
