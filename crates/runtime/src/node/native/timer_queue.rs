//! The timers of a clock that a program steers by hand, in the order in which they are due.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use rquickjs::Result;
use rquickjs::convert::List;

use super::Functions;

/// When a timer is due; then immediates before timers, older before newer, in the order in which
/// they were set. Times are whole milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: i64,
    is_timer: bool,
    created: i64,
    order: u64,
}

#[derive(Debug, Default)]
struct Queue {
    by_due: BTreeMap<Due, u32>,
    /// When the timer in each slot is due; slots are few more than there are timers.
    by_slot: Vec<Option<Due>>,
    order: u64,
}

impl Queue {
    fn insert(&mut self, slot: u32, due: Due) {
        self.remove(slot);
        let at = slot as usize;
        if self.by_slot.len() <= at {
            self.by_slot.resize(at + 1, None);
        }
        self.by_due.insert(due, slot);
        self.by_slot[at] = Some(due);
    }

    fn remove(&mut self, slot: u32) -> bool {
        let due = self.by_slot.get_mut(slot as usize).and_then(Option::take);
        due.is_some_and(|due| self.by_due.remove(&due).is_some())
    }

    /// The first timer that is due by `end`, taken out: its slot, when it was due, and whether it is
    /// an immediate.
    fn pop(&mut self, end: f64) -> Option<(u32, i64, bool)> {
        let first = self.by_due.first_entry()?;
        if first.key().at as f64 > end {
            return None;
        }
        let (due, slot) = first.remove_entry();
        self.by_slot[slot as usize] = None;
        Some((slot, due.at, !due.is_timer))
    }

    /// Changes every timer.
    fn change(&mut self, change: impl Fn(&mut Due)) {
        for (mut due, slot) in std::mem::take(&mut self.by_due) {
            change(&mut due);
            self.by_slot[slot as usize] = Some(due);
            self.by_due.insert(due, slot);
        }
    }
}

/// A queue of its own, and the functions over it.
pub(super) fn add(functions: &Functions<'_>) -> Result<()> {
    let queue = Rc::new(RefCell::new(Queue::default()));
    let at = queue.clone();
    functions.add(
        "push",
        move |slot: u32, when: f64, is_immediate: bool, created: f64| {
            let mut queue = at.borrow_mut();
            queue.order += 1;
            let due = Due {
                at: when as i64,
                is_timer: !is_immediate,
                created: created as i64,
                order: queue.order,
            };
            queue.insert(slot, due);
        },
    )?;
    let at = queue.clone();
    functions.add("remove", move |slot: u32| at.borrow_mut().remove(slot))?;
    let at = queue.clone();
    functions.add("has", move |slot: u32| {
        matches!(at.borrow().by_slot.get(slot as usize), Some(Some(_)))
    })?;
    let at = queue.clone();
    functions.add("size", move || at.borrow().by_due.len())?;
    let at = queue.clone();
    functions.add("first", move || {
        let queue = at.borrow();
        queue.by_due.first_key_value().map(|(due, _)| due.at as f64)
    })?;
    let at = queue.clone();
    functions.add("last", move || {
        let queue = at.borrow();
        queue.by_due.last_key_value().map(|(due, _)| due.at as f64)
    })?;
    let at = queue.clone();
    functions.add("pop", move |end: f64| {
        let popped = at.borrow_mut().pop(end);
        popped.map(|(slot, when, is_immediate)| List((f64::from(slot), when as f64, is_immediate)))
    })?;
    let at = queue.clone();
    functions.add("clear", move || *at.borrow_mut() = Queue::default())?;
    let at = queue.clone();
    functions.add("shift", move |by: f64| {
        at.borrow_mut().change(|due| {
            due.at += by as i64;
            due.created += by as i64;
        });
    })?;
    functions.add("raise", move |to: f64| {
        queue
            .borrow_mut()
            .change(|due| due.at = due.at.max(to as i64));
    })
}
