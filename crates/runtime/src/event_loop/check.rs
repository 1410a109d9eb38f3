use std::collections::{HashMap, VecDeque};

use super::{Break, EventLoop, Step};
use crate::trace::{Action, Phase};

/// The `setImmediate` queue.
#[derive(Debug, Default)]
pub(crate) struct Immediates {
    /// For the next check phase.
    queue: VecDeque<u32>,
    /// Detached by the check phase under way; left over only while an exception is handled.
    running: VecDeque<u32>,
    /// Those that were not cleared, with whether they keep the loop alive. Never iterated.
    live: HashMap<u32, bool>,
    referenced: usize,
}

impl Immediates {
    /// Queues an immediate.
    pub(crate) fn push(&mut self, id: u32) {
        self.queue.push_back(id);
        self.live.insert(id, true);
        self.referenced += 1;
    }

    /// Takes an immediate back. Returns whether it was still to run.
    pub(crate) fn clear(&mut self, id: u32) -> bool {
        match self.live.remove(&id) {
            Some(referenced) => {
                self.referenced -= usize::from(referenced);
                true
            }
            None => false,
        }
    }

    /// `ref()` and `unref()`.
    pub(crate) fn set_referenced(&mut self, id: u32, referenced: bool) {
        if let Some(was) = self.live.get_mut(&id)
            && *was != referenced
        {
            *was = referenced;
            if referenced {
                self.referenced += 1;
            } else {
                self.referenced -= 1;
            }
        }
    }

    pub(crate) fn keep_alive(&self) -> bool {
        self.referenced > 0
    }

    fn has_work(&self) -> bool {
        !self.live.is_empty()
    }

    /// Detaches the queue: what callbacks add runs in the next turn. What an exception left over
    /// goes first, alone.
    fn begin(&mut self) {
        if !self.has_next() {
            std::mem::swap(&mut self.queue, &mut self.running);
        }
    }

    /// The next one that was not cleared.
    fn next(&mut self) -> Option<u32> {
        while let Some(id) = self.running.pop_front() {
            if self.clear(id) {
                return Some(id);
            }
        }
        None
    }

    /// Whether the next one that was not cleared exists, without taking it.
    fn has_next(&mut self) -> bool {
        while let Some(id) = self.running.front() {
            if self.live.contains_key(id) {
                return true;
            }
            self.running.pop_front();
        }
        false
    }
}

impl<'js> EventLoop<'js> {
    /// Runs the immediates that were queued before this turn's check phase.
    pub(crate) fn check_phase(&self) -> Step<'js> {
        if !self.host.immediates.borrow().has_work() {
            return Ok(());
        }
        self.host.enter(Phase::Check);
        loop {
            self.host.immediates.borrow_mut().begin();
            match self.process_immediates() {
                Ok(()) => return self.close_callback(),
                // Node enters the phase again, without a drain between: for the rest, or, where
                // the last one threw, for what was queued meanwhile.
                Err(Break::Thrown(error)) => self.uncaught(error)?,
                Err(stopped) => return Err(stopped),
            }
        }
    }

    fn process_immediates(&self) -> Step<'js> {
        let mut first = true;
        while self.host.immediates.borrow_mut().has_next() {
            if !first {
                self.drain()?;
            }
            first = false;
            // The drain may have cleared it.
            let Some(id) = self.host.immediates.borrow_mut().next() else {
                break;
            };
            self.host.record(Action::ImmediateRan(id), None);
            self.call::<_, ()>(&self.hooks.fire_immediate, (id,))?;
        }
        Ok(())
    }
}
