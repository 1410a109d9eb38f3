use std::collections::BTreeMap;

use rtest_core::{CaseResult, CaseStatus, EventKind, EventSink};

/// Tells what became of cases in the suite's order, in whatever order they end.
pub(crate) struct Telling<'a> {
    events: &'a dyn EventSink,
    /// The case whose turn it is.
    next: u32,
    /// Those that have ended before their turn.
    early: BTreeMap<u32, CaseResult>,
}

impl<'a> Telling<'a> {
    /// From the first case on.
    pub(crate) fn new(events: &'a dyn EventSink) -> Self {
        Self {
            events,
            next: 0,
            early: BTreeMap::new(),
        }
    }

    /// A case has ended: it is told when all before it have been.
    pub(crate) fn ended(&mut self, result: CaseResult) {
        self.early.insert(result.case, result);
        while let Some(result) = self.early.remove(&self.next) {
            self.next += 1;
            self.tell(result);
        }
    }

    /// No other case will end: those that are left are told.
    pub(crate) fn close(mut self) {
        for result in std::mem::take(&mut self.early).into_values() {
            self.tell(result);
        }
    }

    fn tell(&self, result: CaseResult) {
        if result.status == CaseStatus::Flaky {
            self.events.emit(EventKind::Note(format!(
                "case `{}` is flaky: it passed at attempt {}",
                result.name, result.attempts
            )));
        }
        self.events.emit(EventKind::Case(Box::new(result)));
    }
}
