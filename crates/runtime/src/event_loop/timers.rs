use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use super::{Break, EventLoop, Step};
use crate::trace::{Action, Phase};

/// The timers of a program, kept as Node keeps them: one list for each duration in whole
/// milliseconds, and a heap of the lists by (expiry, list id). One timer of the loop below
/// serves all of them.
///
/// A timer is known by its slot, a small number that the prelude gives it while it is running and
/// gives to another one afterwards. Instants are the loop's, in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    slots: Vec<Slot>,
    /// Looked up by duration, never iterated.
    lists: HashMap<u32, List, BuildHasherDefault<DurationHasher>>,
    /// Holds outdated entries too; one is current if its list has that expiry and id.
    heap: BinaryHeap<Reverse<(u64, u64, u32)>>,
    next_id: u32,
    next_list_id: u64,
    /// Timers that keep the loop alive.
    referenced: usize,
    /// The earliest expiry that the loop's timer was set for; none while lists are processed.
    next_expiry: Option<u64>,
    /// When the loop's timer is due.
    due: Option<u64>,
    /// Whether the loop's timer keeps the loop alive.
    due_referenced: bool,
}

/// A timer to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NewTimer {
    /// Where it goes; a timer that is there is restarted.
    pub(crate) slot: u32,
    pub(crate) duration_ms: u32,
    pub(crate) repeat: bool,
    pub(crate) referenced: bool,
    /// Whether it is another one than was in the slot before.
    pub(crate) fresh: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing of interest.
    Free,
    /// In its list.
    Queued,
    /// An interval whose callback runs.
    Repeating,
    /// A timeout whose callback runs, or ran.
    Ran,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// Tells the timer from others that were in the slot.
    id: u32,
    duration_ms: u32,
    start: u64,
    /// Its neighbours in its list, [`NONE`] at the ends.
    previous: u32,
    next: u32,
    state: State,
    referenced: bool,
    repeat: bool,
    /// Whether Node's library keeps it for itself.
    of_library: bool,
}

const NONE: u32 = u32::MAX;

impl Slot {
    const FREE: Self = Self {
        id: 0,
        duration_ms: 0,
        start: 0,
        previous: NONE,
        next: NONE,
        state: State::Free,
        referenced: false,
        repeat: false,
        of_library: false,
    };

    /// Whether it will fire, unless something is done about it.
    fn is_running(&self) -> bool {
        matches!(self.state, State::Queued | State::Repeating)
    }

    /// Whether it is among those that are counted as referenced.
    fn counts(&self) -> bool {
        self.referenced && self.is_running()
    }
}

#[derive(Debug)]
struct List {
    expiry: u64,
    /// Orders lists of the same expiry; a list that is put back gets a new one.
    id: u64,
    /// Tells a list from a later one of the same duration.
    serial: u64,
    /// The oldest and the youngest of its timers, [`NONE`] where it is empty.
    first: u32,
    last: u32,
}

/// Spreads durations; the order of a map that uses it is never looked at.
#[derive(Debug, Default)]
struct DurationHasher(u64);

impl Hasher for DurationHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        // Fibonacci hashing: 2⁶⁴ over the golden ratio.
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What the head of a list is.
#[derive(Debug, PartialEq, Eq)]
enum Head {
    /// This timer is due.
    Due(Due),
    /// Not due yet; the list was put back.
    NotDue,
    /// The list is empty, and gone.
    Empty,
}

/// A timer that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Due {
    slot: u32,
    id: u32,
}

/// A list as it stood at the top of the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ListRef {
    duration_ms: u32,
    serial: u64,
    expiry: u64,
}

/// Outdated entries of the heap that are put up with.
const MOST_OUTDATED: usize = 1024;

impl Timers {
    /// Starts a timer, or restarts it where it is running; returns its id. `now` is the loop's
    /// clock, read for this call.
    pub(crate) fn insert(&mut self, new: NewTimer, now: u64) -> u32 {
        let index = new.slot as usize;
        if index >= self.slots.len() {
            self.slots.resize(index + 1, Slot::FREE);
        }
        let before = self.slots[index];
        self.unlink(new.slot);
        if before.counts() {
            self.count_reference(false);
        }
        if new.referenced {
            self.count_reference(true);
        }
        let id = if new.fresh {
            self.next_id += 1;
            self.next_id
        } else {
            before.id
        };
        self.slots[index] = Slot {
            id,
            duration_ms: new.duration_ms,
            referenced: new.referenced,
            repeat: new.repeat,
            of_library: before.of_library && !new.fresh,
            ..Slot::FREE
        };
        self.enqueue(new.slot, now, now);
        id
    }

    /// Puts an interval back after its callback; the period counts from before the callback, as
    /// [`Self::take`] was told it, and may be another one than before. `now` is the loop's clock.
    pub(crate) fn repeat(&mut self, slot: u32, duration_ms: u32, now: u64) {
        let Some(timer) = self.slots.get(slot as usize).copied() else {
            return;
        };
        self.unlink(slot);
        if timer.referenced && !timer.counts() {
            self.count_reference(true);
        }
        let start = if timer.state == State::Repeating {
            timer.start
        } else {
            now
        };
        self.slots[slot as usize].duration_ms = duration_ms;
        self.enqueue(slot, start, now);
    }

    /// Appends a timer to the list of its duration. `start` may lie before `now`, for intervals.
    fn enqueue(&mut self, slot: u32, start: u64, now: u64) {
        let timer = &mut self.slots[slot as usize];
        timer.start = start;
        timer.state = State::Queued;
        timer.next = NONE;
        timer.previous = NONE;
        let duration_ms = timer.duration_ms;
        if let Some(list) = self.lists.get_mut(&duration_ms) {
            timer.previous = list.last;
            if list.last == NONE {
                list.first = slot;
            } else {
                self.slots[list.last as usize].next = slot;
            }
            list.last = slot;
            return;
        }
        let expiry = start + u64::from(duration_ms);
        let list_id = self.next_list_id();
        let list = List {
            expiry,
            id: list_id,
            serial: list_id,
            first: slot,
            last: slot,
        };
        self.lists.insert(duration_ms, list);
        self.push(expiry, list_id, duration_ms);
        if self.next_expiry.is_none_or(|next| next > expiry) {
            // Node sets the loop's timer to the whole duration from now, whatever `start` says.
            self.due = Some(now + u64::from(duration_ms));
            self.next_expiry = Some(expiry);
        }
    }

    /// Stops a timer. Returns its id if it was running.
    pub(crate) fn clear(&mut self, slot: u32) -> Option<u32> {
        let timer = *self.slots.get(slot as usize)?;
        self.unlink(slot);
        self.slots[slot as usize].state = State::Free;
        if timer.counts() {
            self.count_reference(false);
        }
        // A list that clearing leaves empty is gone at once, so that the next timer of its
        // duration begins a new one; Node keeps the lists of timers that do not keep it alive.
        let list = self.lists.get(&timer.duration_ms);
        if timer.referenced && list.is_some_and(|list| list.first == NONE) {
            self.lists.remove(&timer.duration_ms);
        }
        timer.is_running().then_some(timer.id)
    }

    /// How many of those that run keep the loop alive.
    pub(crate) fn referenced(&self) -> usize {
        self.referenced
    }

    /// `ref()` and `unref()`.
    pub(crate) fn set_referenced(&mut self, slot: u32, referenced: bool) {
        let Some(timer) = self.slots.get_mut(slot as usize) else {
            return;
        };
        let counted = timer.counts();
        timer.referenced = referenced;
        if timer.counts() != counted {
            self.count_reference(referenced);
        }
    }

    /// The timer in a slot is one that Node's library keeps for itself.
    pub(crate) fn set_of_library(&mut self, slot: u32) {
        if let Some(timer) = self.slots.get_mut(slot as usize) {
            timer.of_library = true;
        }
    }

    /// Whether all that is to fire are rounds that Node's library makes by itself: those in which an
    /// HTTP server looks for connections that took too long.
    pub(crate) fn only_rounds_of_library(&self) -> bool {
        let mut running = self.slots.iter().filter(|it| it.is_running());
        running.all(|it| it.of_library && it.repeat && !it.referenced)
    }

    pub(crate) fn keep_alive(&self) -> bool {
        self.due.is_some() && self.due_referenced
    }

    /// When the loop's timer is due.
    pub(crate) fn due(&self) -> Option<u64> {
        self.due
    }

    /// The id of the first timer that is to fire, and when it is due, in the loop's milliseconds.
    pub(crate) fn first_due(&self) -> Option<(u32, u64)> {
        let queued = self.slots.iter().filter(|it| it.state == State::Queued);
        let due = queued.map(|timer| (timer.start + u64::from(timer.duration_ms), timer.id));
        due.min().map(|(ms, id)| (id, ms))
    }

    /// Whether any timer is still to fire.
    pub(crate) fn is_any_running(&self) -> bool {
        self.slots.iter().any(Slot::is_running)
    }

    /// What the program set and is still to fire, by id: its duration in milliseconds, and whether it repeats.
    pub(crate) fn running(&self) -> Vec<(u32, u32, bool)> {
        let of_program = |it: &&Slot| it.is_running() && !it.of_library;
        let running = self.slots.iter().filter(of_program);
        let mut running: Vec<(u32, u32, bool)> = running
            .map(|timer| (timer.id, timer.duration_ms, timer.repeat))
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

    /// Puts a list on the heap, and throws outdated entries away once there are too many.
    fn push(&mut self, expiry: u64, list_id: u64, duration_ms: u32) {
        if self.heap.len() > 2 * self.lists.len() + MOST_OUTDATED {
            let lists = &self.lists;
            self.heap.retain(|Reverse((expiry, id, duration_ms))| {
                let list = lists.get(duration_ms);
                list.is_some_and(|list| (list.id, list.expiry) == (*id, *expiry))
            });
        }
        self.heap.push(Reverse((expiry, list_id, duration_ms)));
    }

    /// Takes a timer out of its list, if it is in one. Its state is the caller's business.
    fn unlink(&mut self, slot: u32) {
        let Slot {
            state,
            previous,
            next,
            duration_ms,
            ..
        } = self.slots[slot as usize];
        if state != State::Queued {
            return;
        }
        if previous != NONE {
            self.slots[previous as usize].next = next;
        }
        if next != NONE {
            self.slots[next as usize].previous = previous;
        }
        if let Some(list) = self.lists.get_mut(&duration_ms) {
            if previous == NONE {
                list.first = next;
            }
            if next == NONE {
                list.last = previous;
            }
        }
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
        if list.first == NONE {
            self.lists.remove(&duration_ms);
            return Head::Empty;
        }
        let slot = list.first;
        let timer = &self.slots[slot as usize];
        if now.saturating_sub(timer.start) >= u64::from(duration_ms) {
            return Head::Due(Due { slot, id: timer.id });
        }
        self.next_list_id += 1;
        list.expiry = (timer.start + u64::from(duration_ms)).max(now + 1);
        list.id = self.next_list_id;
        let (expiry, id) = (list.expiry, list.id);
        self.push(expiry, id, duration_ms);
        Head::NotDue
    }

    /// Takes a due timer out of its list. Returns whether it repeats; nothing if it was cleared
    /// since it was looked at.
    fn take(&mut self, due: Due) -> Option<bool> {
        let timer = self.slots.get(due.slot as usize)?;
        if timer.id != due.id || timer.state != State::Queued {
            return None;
        }
        let (repeat, counted) = (timer.repeat, timer.counts());
        self.unlink(due.slot);
        self.slots[due.slot as usize].state = if repeat { State::Repeating } else { State::Ran };
        if counted && !repeat {
            self.count_reference(false);
        }
        Some(repeat)
    }

    /// Notes when an interval's callback begins.
    fn begin_repeat(&mut self, due: Due, start: u64) {
        self.slots[due.slot as usize].start = start;
    }
}

impl<'js> EventLoop<'js> {
    /// Runs what is due, if the loop's timer is.
    pub(crate) fn timers_phase(&self) -> Step<'js> {
        self.host.run_delay_watches();
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
            let Head::Due(due) = self.host.timers.borrow_mut().head(list, now) else {
                return Ok(());
            };
            if !first {
                self.drain()?;
            }
            first = false;
            // The drain may have cleared it.
            let Some(repeats) = self.host.timers.borrow_mut().take(due) else {
                continue;
            };
            if repeats {
                let start = self.host.clock.borrow_mut().read_loop_ms();
                self.host.timers.borrow_mut().begin_repeat(due, start);
            }
            self.host.record(Action::TimerFired(due.id), None);
            self.call::<_, ()>(&self.hooks.fire_timer, (due.slot,))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(timers: &mut Timers, slot: u32, duration_ms: u32, referenced: bool, now: u64) {
        let new = NewTimer {
            slot,
            duration_ms,
            repeat: false,
            referenced,
            fresh: true,
        };
        timers.insert(new, now);
    }

    /// Fires everything that is due at `now`, as the phase does, without callbacks.
    fn fire(timers: &mut Timers, now: u64) -> Vec<u32> {
        let mut fired = Vec::new();
        while let Some(list) = timers.first_list().filter(|list| list.expiry <= now) {
            while let Head::Due(due) = timers.head(list, now) {
                timers.take(due);
                fired.push(due.slot);
            }
        }
        fired
    }

    #[test]
    fn lists_fire_by_expiry_and_then_by_age() {
        let mut timers = Timers::default();
        set(&mut timers, 1, 5, true, 0);
        set(&mut timers, 2, 4, true, 1);
        set(&mut timers, 3, 5, true, 2);
        set(&mut timers, 4, 1, true, 0);
        assert_eq!(timers.due(), Some(1));
        assert_eq!(fire(&mut timers, 4), [4]);
        // Both lists expire at 5; the list of 5 ms is older, and takes only what is due.
        assert_eq!(fire(&mut timers, 5), [1, 2]);
        assert_eq!(fire(&mut timers, 7), [3]);
    }

    #[test]
    fn a_list_that_is_put_back_waits_at_least_a_millisecond_and_loses_its_age() {
        let mut timers = Timers::default();
        set(&mut timers, 1, 10, true, 0);
        set(&mut timers, 2, 10, true, 5);
        set(&mut timers, 3, 15, true, 0);
        assert_eq!(fire(&mut timers, 10), [1]);
        // Both are due at 15 now; the list of 10 ms was put back and is the younger one.
        assert_eq!(fire(&mut timers, 15), [3, 2]);
    }

    #[test]
    fn only_referenced_timers_keep_the_loop_alive() {
        let mut timers = Timers::default();
        set(&mut timers, 1, 10, false, 0);
        assert!(!timers.keep_alive());
        timers.set_referenced(1, true);
        assert!(timers.keep_alive());
        assert_eq!(timers.clear(1), Some(1));
        assert_eq!(timers.clear(1), None);
        assert!(!timers.keep_alive());
    }

    #[test]
    fn a_cleared_timer_does_not_fire_and_a_restarted_one_fires_later() {
        let mut timers = Timers::default();
        set(&mut timers, 1, 10, true, 0);
        set(&mut timers, 2, 10, true, 0);
        set(&mut timers, 3, 10, true, 0);
        timers.clear(2);
        set(&mut timers, 1, 10, true, 4);
        assert_eq!(fire(&mut timers, 10), [3]);
        assert_eq!(fire(&mut timers, 14), [1]);
    }
}
