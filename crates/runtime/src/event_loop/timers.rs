use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use super::{Break, EventLoop, Step};
use crate::trace::{Action, Phase};

/// The timers of a program, kept as Node keeps them: one list for each duration in whole
/// milliseconds, and a heap of the lists by (expiry, list id). One timer of the loop below
/// serves all of them.
///
/// Instants are the loop's, in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    /// Looked up by duration, never iterated.
    lists: HashMap<u32, List>,
    /// Holds outdated entries too; one is current if its list has that expiry and id.
    heap: BinaryHeap<Reverse<(u64, u64, u32)>>,
    /// In no order; what is looked for among all of them is their least.
    timers: HashMap<u32, Timer>,
    next_list_id: u64,
    next_ticket: u64,
    /// Timers that keep the loop alive.
    referenced: usize,
    /// The earliest expiry that the loop's timer was set for; none while lists are processed.
    next_expiry: Option<u64>,
    /// When the loop's timer is due.
    due: Option<u64>,
    /// Whether the loop's timer keeps the loop alive.
    due_referenced: bool,
}

#[derive(Debug)]
struct List {
    expiry: u64,
    /// Orders lists of the same expiry; a list that is put back gets a new one.
    id: u64,
    /// Tells a list from a later one of the same duration.
    serial: u64,
    /// In order of insertion. An entry whose ticket is not its timer's was removed since.
    queue: VecDeque<(u32, u64)>,
    /// Entries that were not removed.
    live: usize,
}

#[derive(Debug)]
struct Timer {
    duration_ms: u32,
    start: u64,
    /// Its place in its list; none while an interval's callback runs.
    ticket: Option<u64>,
    referenced: bool,
    repeat: bool,
}

/// What the head of a list is.
#[derive(Debug, PartialEq, Eq)]
enum Head {
    /// This timer is due.
    Due(u32),
    /// Not due yet; the list was put back.
    NotDue,
    /// The list is empty, and gone.
    Empty,
}

/// A list as it stood at the top of the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ListRef {
    duration_ms: u32,
    serial: u64,
    expiry: u64,
}

impl Timers {
    /// Starts a timer, or restarts it where `id` is running. `now` is the loop's clock, read for
    /// this call.
    pub(crate) fn insert(
        &mut self,
        id: u32,
        duration_ms: u32,
        repeat: bool,
        referenced: bool,
        now: u64,
    ) {
        self.forget(id, false);
        if referenced {
            self.referenced += 1;
            self.due_referenced = true;
        }
        self.timers.insert(
            id,
            Timer {
                duration_ms,
                start: now,
                ticket: None,
                referenced,
                repeat,
            },
        );
        self.enqueue(id, now, now);
    }

    /// Appends a timer to the list of its duration. `start` may lie before `now`, for intervals.
    fn enqueue(&mut self, id: u32, start: u64, now: u64) {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let Some(timer) = self.timers.get_mut(&id) else {
            return;
        };
        timer.start = start;
        timer.ticket = Some(ticket);
        let duration_ms = timer.duration_ms;
        if let Some(list) = self.lists.get_mut(&duration_ms) {
            list.queue.push_back((id, ticket));
            list.live += 1;
            return;
        }
        let expiry = start + u64::from(duration_ms);
        let list_id = self.next_list_id();
        self.lists.insert(
            duration_ms,
            List {
                expiry,
                id: list_id,
                serial: list_id,
                queue: VecDeque::from([(id, ticket)]),
                live: 1,
            },
        );
        self.heap.push(Reverse((expiry, list_id, duration_ms)));
        if self.next_expiry.is_none_or(|next| next > expiry) {
            // Node sets the loop's timer to the whole duration from now, whatever `start` says.
            self.due = Some(now + u64::from(duration_ms));
            self.next_expiry = Some(expiry);
        }
    }

    /// Stops a timer. Returns whether it was running.
    pub(crate) fn clear(&mut self, id: u32) -> bool {
        self.forget(id, true)
    }

    /// `ref()` and `unref()`.
    pub(crate) fn set_referenced(&mut self, id: u32, referenced: bool) {
        let Some(timer) = self.timers.get_mut(&id) else {
            return;
        };
        if timer.referenced != referenced {
            timer.referenced = referenced;
            self.count_reference(referenced);
        }
    }

    pub(crate) fn keep_alive(&self) -> bool {
        self.due.is_some() && self.due_referenced
    }

    /// When the loop's timer is due.
    pub(crate) fn due(&self) -> Option<u64> {
        self.due
    }

    /// The first timer that is to fire and when it is due, in the loop's milliseconds.
    pub(crate) fn first_due(&self) -> Option<(u32, u64)> {
        let timers = self.timers.iter();
        let running = timers.filter(|(_, timer)| timer.ticket.is_some());
        let due = running.map(|(id, timer)| (timer.start + u64::from(timer.duration_ms), *id));
        due.min().map(|(ms, id)| (id, ms))
    }

    /// What is still to fire, by id: its duration in milliseconds, and whether it repeats.
    pub(crate) fn running(&self) -> Vec<(u32, u32, bool)> {
        let timers = self.timers.iter();
        let mut running: Vec<(u32, u32, bool)> = timers
            .map(|(id, timer)| (*id, timer.duration_ms, timer.repeat))
            .collect();
        running.sort_unstable();
        running
    }

    fn count_reference(&mut self, one_more: bool) {
        if one_more {
            self.referenced += 1;
            self.due_referenced = true;
        } else {
            self.referenced -= 1;
            if self.referenced == 0 {
                self.due_referenced = false;
            }
        }
    }

    fn next_list_id(&mut self) -> u64 {
        self.next_list_id += 1;
        self.next_list_id
    }

    /// Takes a timer out. A list that clearing empties is gone at once, so that the next timer of
    /// its duration begins a new one; Node keeps the lists of timers that do not keep it alive.
    fn forget(&mut self, id: u32, cleared: bool) -> bool {
        let Some(timer) = self.timers.remove(&id) else {
            return false;
        };
        if timer.referenced {
            self.count_reference(false);
        }
        if timer.ticket.is_some()
            && let Some(list) = self.lists.get_mut(&timer.duration_ms)
        {
            list.live -= 1;
            if list.live == 0 && cleared && timer.referenced {
                self.lists.remove(&timer.duration_ms);
            }
        }
        true
    }

    /// The list at the top of the heap.
    fn first_list(&mut self) -> Option<ListRef> {
        while let Some(Reverse((expiry, id, duration_ms))) = self.heap.peek().copied() {
            if let Some(list) = self.lists.get(&duration_ms)
                && (list.id, list.expiry) == (id, expiry)
            {
                return Some(ListRef {
                    duration_ms,
                    serial: list.serial,
                    expiry,
                });
            }
            self.heap.pop();
        }
        None
    }

    /// Looks at the head of a list: one that is not due puts its list back, at least 1 ms from
    /// `now`; a list without a head goes.
    fn head(&mut self, wanted: ListRef, now: u64) -> Head {
        let duration_ms = wanted.duration_ms;
        let Some(list) = self
            .lists
            .get_mut(&duration_ms)
            .filter(|list| list.serial == wanted.serial)
        else {
            return Head::Empty;
        };
        let (id, start) = loop {
            let Some(&(id, ticket)) = list.queue.front() else {
                self.lists.remove(&duration_ms);
                return Head::Empty;
            };
            match self.timers.get(&id) {
                Some(timer) if timer.ticket == Some(ticket) => break (id, timer.start),
                _ => {
                    list.queue.pop_front();
                }
            }
        };
        if now.saturating_sub(start) >= u64::from(duration_ms) {
            return Head::Due(id);
        }
        self.next_list_id += 1;
        list.expiry = (start + u64::from(duration_ms)).max(now + 1);
        list.id = self.next_list_id;
        self.heap.push(Reverse((list.expiry, list.id, duration_ms)));
        Head::NotDue
    }

    /// Takes a due timer out of its list. Returns whether it repeats; nothing if it was cleared
    /// since it was looked at.
    fn take(&mut self, id: u32) -> Option<bool> {
        self.leave_list(id);
        let repeat = self.timers.get(&id)?.repeat;
        if !repeat {
            self.forget(id, false);
        }
        Some(repeat)
    }

    /// Puts an interval back after its callback, unless the callback cleared it. The period
    /// counts from `start`, before the callback.
    fn repeat(&mut self, id: u32, start: u64, now: u64) {
        self.leave_list(id);
        self.enqueue(id, start, now);
    }

    fn leave_list(&mut self, id: u32) {
        if let Some(timer) = self.timers.get_mut(&id)
            && timer.ticket.take().is_some()
            && let Some(list) = self.lists.get_mut(&timer.duration_ms)
        {
            list.live -= 1;
        }
    }
}

impl<'js> EventLoop<'js> {
    /// Runs what is due, if the loop's timer is.
    pub(crate) fn timers_phase(&self) -> Step<'js> {
        let loop_ms = self.host.clock.borrow().loop_ms();
        {
            let mut timers = self.host.timers.borrow_mut();
            if timers.due.is_none_or(|due| due > loop_ms) {
                return Ok(());
            }
            timers.due = None;
        }
        self.host.enter(Phase::Timers);
        let now = self.host.clock.borrow_mut().read_loop_ms();
        let next = loop {
            match self.process_timers(now) {
                Ok(next) => break next,
                // The lists are taken up again where they were left, without a drain between.
                Err(Break::Thrown(error)) => self.uncaught(error)?,
                Err(stopped) => return Err(stopped),
            }
        };
        {
            let loop_ms = self.host.clock.borrow().loop_ms();
            let mut timers = self.host.timers.borrow_mut();
            match next {
                Some(expiry) => {
                    timers.due = Some(loop_ms + expiry.saturating_sub(loop_ms).max(1));
                    timers.due_referenced = timers.referenced > 0;
                }
                None => timers.due_referenced = false,
            }
        }
        self.close_callback()
    }

    /// Runs the lists that are due; returns when the next one is.
    fn process_timers(&self, now: u64) -> Step<'js, Option<u64>> {
        self.host.timers.borrow_mut().next_expiry = None;
        let mut first = true;
        loop {
            let Some(list) = self.host.timers.borrow_mut().first_list() else {
                return Ok(None);
            };
            if list.expiry > now {
                self.host.timers.borrow_mut().next_expiry = Some(list.expiry);
                return Ok(Some(list.expiry));
            }
            if !first {
                self.drain()?;
            }
            first = false;
            self.process_list(list, now)?;
        }
    }

    /// Runs one list from its head to its first timer that is not due.
    fn process_list(&self, list: ListRef, now: u64) -> Step<'js> {
        let mut first = true;
        loop {
            let Head::Due(id) = self.host.timers.borrow_mut().head(list, now) else {
                return Ok(());
            };
            if !first {
                self.drain()?;
            }
            first = false;
            // The drain may have cleared it.
            let Some(repeats) = self.host.timers.borrow_mut().take(id) else {
                continue;
            };
            let start = repeats.then(|| self.host.clock.borrow_mut().read_loop_ms());
            self.host.record(Action::TimerFired(id), None);
            let result = self.call::<_, ()>(&self.hooks.fire_timer, (id,));
            if let Some(start) = start {
                let loop_ms = self.host.clock.borrow().loop_ms();
                self.host.timers.borrow_mut().repeat(id, start, loop_ms);
            }
            result?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fires everything that is due at `now`, as the phase does, without callbacks.
    fn fire(timers: &mut Timers, now: u64) -> Vec<u32> {
        let mut fired = Vec::new();
        while let Some(list) = timers.first_list().filter(|list| list.expiry <= now) {
            while let Head::Due(id) = timers.head(list, now) {
                timers.take(id);
                fired.push(id);
            }
        }
        fired
    }

    #[test]
    fn lists_fire_by_expiry_and_then_by_age() {
        let mut timers = Timers::default();
        timers.insert(1, 5, false, true, 0);
        timers.insert(2, 4, false, true, 1);
        timers.insert(3, 5, false, true, 2);
        timers.insert(4, 1, false, true, 0);
        assert_eq!(timers.due(), Some(1));
        assert_eq!(fire(&mut timers, 4), [4]);
        // Both lists expire at 5; the list of 5 ms is older, and takes only what is due.
        assert_eq!(fire(&mut timers, 5), [1, 2]);
        assert_eq!(fire(&mut timers, 7), [3]);
    }

    #[test]
    fn a_list_that_is_put_back_waits_at_least_a_millisecond_and_loses_its_age() {
        let mut timers = Timers::default();
        timers.insert(1, 10, false, true, 0);
        timers.insert(2, 10, false, true, 5);
        timers.insert(3, 15, false, true, 0);
        assert_eq!(fire(&mut timers, 10), [1]);
        // Both are due at 15 now; the list of 10 ms was put back and is the younger one.
        assert_eq!(fire(&mut timers, 15), [3, 2]);
    }

    #[test]
    fn only_referenced_timers_keep_the_loop_alive() {
        let mut timers = Timers::default();
        timers.insert(1, 10, false, false, 0);
        assert!(!timers.keep_alive());
        timers.set_referenced(1, true);
        assert!(timers.keep_alive());
        assert!(timers.clear(1));
        assert!(!timers.clear(1));
        assert!(!timers.keep_alive());
    }

    #[test]
    fn a_cleared_timer_does_not_fire_and_a_restarted_one_fires_later() {
        let mut timers = Timers::default();
        timers.insert(1, 10, false, true, 0);
        timers.insert(2, 10, false, true, 0);
        timers.insert(3, 10, false, true, 0);
        timers.clear(2);
        timers.insert(1, 10, false, true, 4);
        assert_eq!(fire(&mut timers, 10), [3]);
        assert_eq!(fire(&mut timers, 14), [1]);
    }
}
