use std::collections::VecDeque;

use super::{Break, EventLoop, Step};
use crate::trace::{Action, Phase};

/// The `setImmediate` queue. An immediate is known by its slot, as timers are.
#[derive(Debug, Default)]
pub(crate) struct Immediates {
    /// For the next check phase.
    queue: VecDeque<Entry>,
    /// Detached by the check phase under way; left over only while an exception is handled.
    running: VecDeque<Entry>,
    slots: Vec<Slot>,
    next_id: u32,
    /// Those that were not cleared.
    waiting: usize,
    /// Those of them that keep the loop alive.
    referenced: usize,
}

/// An immediate in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) slot: u32,
    /// Tells it from others that were in the slot.
    pub(crate) id: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// Of the immediate that waits; 0 for none.
    id: u32,
    referenced: bool,
    /// Whether Node's library keeps it for itself.
    of_library: bool,
}

impl Immediates {
    /// Queues an immediate; returns its id.
    pub(crate) fn push(&mut self, slot: u32) -> u32 {
        let index = slot as usize;
        if index >= self.slots.len() {
            self.slots.resize(index + 1, Slot::default());
        }
        self.next_id += 1;
        let id = self.next_id;
        self.slots[index] = Slot {
            id,
            referenced: true,
            of_library: false,
        };
        self.queue.push_back(Entry { slot, id });
        self.waiting += 1;
        self.referenced += 1;
        id
    }

    /// Takes an immediate back. Returns its id if it was still to run.
    pub(crate) fn clear(&mut self, slot: u32) -> Option<u32> {
        let taken = std::mem::take(self.slots.get_mut(slot as usize)?);
        if taken.id == 0 {
            return None;
        }
        self.waiting -= 1;
        self.referenced -= usize::from(taken.referenced);
        Some(taken.id)
    }

    /// `ref()` and `unref()`.
    pub(crate) fn set_referenced(&mut self, slot: u32, referenced: bool) {
        if let Some(slot) = self.slots.get_mut(slot as usize)
            && slot.id != 0
            && slot.referenced != referenced
        {
            slot.referenced = referenced;
            if referenced {
                self.referenced += 1;
            } else {
                self.referenced -= 1;
            }
        }
    }

    /// The immediate in a slot is one that Node's library keeps for itself.
    pub(crate) fn set_of_library(&mut self, slot: u32) {
        if let Some(slot) = self.slots.get_mut(slot as usize) {
            slot.of_library = true;
        }
    }

    /// Whether one that the program set keeps the loop alive.
    pub(crate) fn has_of_program(&self) -> bool {
        let mut slots = self.slots.iter();
        slots.any(|it| it.id != 0 && it.referenced && !it.of_library)
    }

    /// How many keep the loop alive.
    pub(crate) fn referenced(&self) -> usize {
        self.referenced
    }

    pub(crate) fn keep_alive(&self) -> bool {
        self.referenced > 0
    }

    fn has_work(&self) -> bool {
        self.waiting > 0
    }

    /// Detaches the queue: what callbacks add runs in the next turn. What an exception left over
    /// goes first, alone.
    fn begin(&mut self) {
        if !self.has_next() {
            std::mem::swap(&mut self.queue, &mut self.running);
        }
    }

    /// The next one that was not cleared.
    fn next(&mut self) -> Option<Entry> {
        if !self.has_next() {
            return None;
        }
        let entry = self.running.pop_front()?;
        self.clear(entry.slot);
        Some(entry)
    }

    /// Whether a next one that was not cleared exists, without taking it.
    fn has_next(&mut self) -> bool {
        while let Some(entry) = self.running.front() {
            if self.slots[entry.slot as usize].id == entry.id {
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
        // Node's own immediates come first, in a callback scope that is there without any: its end
        // drains what a callback that threw has left.
        self.close_callback()?;
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
            let Some(Entry { slot, id }) = self.host.immediates.borrow_mut().next() else {
                break;
            };
            self.host.record(Action::ImmediateRan(id), None);
            self.call::<_, ()>(&self.hooks.fire_immediate, (slot,))?;
        }
        Ok(())
    }
}
