//! Fault windows: the run cut at every injection and rollback, so that "before, during, after" is
//! exact instead of a matter of chart resolution.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::clock::RunTime;

/// A stretch of the run in which the set of active faults did not change. Window 0 begins with
/// the run; each injection or rollback begins the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WindowId(pub u16);

/// Where a window begins, and what is broken in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Its start; the end is the next window's start.
    pub start: RunTime,
    /// Indices into `ChaosPlan::faults` of the faults active in it, ascending.
    pub active: Vec<u16>,
}

/// The windows so far. Written by whoever injects faults, read by every load worker.
#[derive(Debug)]
pub struct WindowBoard {
    /// Length of `windows`, so that a reader on the hot path takes the lock only after a change.
    count: AtomicUsize,
    windows: Mutex<Vec<Window>>,
}

impl Default for WindowBoard {
    fn default() -> Self {
        Self {
            count: AtomicUsize::new(1),
            windows: Mutex::new(vec![Window::default()]),
        }
    }
}

impl WindowBoard {
    /// Begins a window in which `fault` is active too. Returns its id.
    pub fn injected(&self, fault: u16, at: RunTime) -> WindowId {
        self.open(at, |active| {
            active.push(fault);
            active.sort_unstable();
            active.dedup();
        })
    }

    /// Begins a window in which `fault` is no longer active. Returns its id.
    pub fn rolled_back(&self, fault: u16, at: RunTime) -> WindowId {
        self.open(at, |active| active.retain(|other| *other != fault))
    }

    /// Every window so far, in order; the index is the id.
    pub fn windows(&self) -> Vec<Window> {
        self.lock().clone()
    }

    fn open(&self, at: RunTime, change: impl FnOnce(&mut Vec<u16>)) -> WindowId {
        let mut windows = self.lock();
        let mut active = windows
            .last()
            .map(|last| last.active.clone())
            .unwrap_or_default();
        change(&mut active);
        windows.push(Window { start: at, active });
        self.count.store(windows.len(), Ordering::Release);
        WindowId(u16::try_from(windows.len() - 1).unwrap_or(u16::MAX))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Window>> {
        // A panic while the lock was held leaves a list that is still in order.
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One reader's copy of the board: one relaxed load a sample, the lock only after a change.
#[derive(Clone, Debug, Default)]
pub struct WindowCursor {
    windows: Vec<Window>,
}

impl WindowCursor {
    /// The window of something that lasted from `from` to `to`: the one it lies in, or, where it
    /// crosses an edge, the first faulty one that it touches. So "before" and "after" hold only
    /// what no fault touched.
    pub fn classify(&mut self, board: &WindowBoard, from: RunTime, to: RunTime) -> WindowId {
        if board.count.load(Ordering::Acquire) != self.windows.len() {
            self.windows = board.windows();
        }
        let window_at = |at: RunTime| {
            let after = self.windows.partition_point(|window| window.start <= at);
            after.saturating_sub(1)
        };
        let last = window_at(to);
        let first = if self
            .windows
            .get(last)
            .is_some_and(|window| window.start <= from)
        {
            last
        } else {
            window_at(from)
        };
        let touched = (first..=last).find(|index| !self.windows[*index].active.is_empty());
        WindowId(u16::try_from(touched.unwrap_or(last)).unwrap_or(u16::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> RunTime {
        RunTime::from_nanos(millis * 1_000_000)
    }

    #[test]
    fn a_request_that_touches_a_fault_belongs_to_the_fault() {
        let board = WindowBoard::default();
        let mut cursor = WindowCursor::default();
        assert_eq!(cursor.classify(&board, at(1), at(2)), WindowId(0));

        assert_eq!(board.injected(0, at(1000)), WindowId(1));
        assert_eq!(board.rolled_back(0, at(2000)), WindowId(2));
        assert_eq!(
            cursor.classify(&board, at(10), at(20)),
            WindowId(0),
            "wholly before"
        );
        assert_eq!(
            cursor.classify(&board, at(990), at(1010)),
            WindowId(1),
            "sent before, hit by it"
        );
        assert_eq!(
            cursor.classify(&board, at(1990), at(2500)),
            WindowId(1),
            "ended after, hit by it"
        );
        assert_eq!(
            cursor.classify(&board, at(500), at(2500)),
            WindowId(1),
            "around it"
        );
        assert_eq!(
            cursor.classify(&board, at(2000), at(2500)),
            WindowId(2),
            "wholly after"
        );
    }

    #[test]
    fn overlapping_faults_are_active_together() {
        let board = WindowBoard::default();
        board.injected(1, at(10));
        board.injected(0, at(20));
        board.rolled_back(1, at(30));
        board.rolled_back(0, at(40));
        let active: Vec<Vec<u16>> = board
            .windows()
            .into_iter()
            .map(|window| window.active)
            .collect();
        assert_eq!(active, [vec![], vec![1], vec![0, 1], vec![0], vec![]]);
    }
}
