//! Drills: break something on a timeline, mend it again, and see whether the steady state is back.
//!
//! ```text
//! ChaosPlan ─┬─ timeline ──► a Performance each ──► ActiveFault ──► Fault ─┬► Proxy
//!            │                                          │                   └► ServiceControl
//!            │               WindowBoard ◄──────────────┤  a window begins with each
//!            │               EventSink   ◄──────────────┘  injection and each rollback
//!            ├─ hypothesis ► before the first fault ─┐                  ▲
//!            │               every second, on request ├──────────────────┘  probe results
//!            │               after the last, settled ─┘
//!            ├─ gauges ────► while load runs ──► readings, for what is expected of the system
//!            └─ guardrails ► a probe, the kill switch ──► whoever runs the drill ends it
//! ```
//!
//! Invariants:
//! - What was injected is rolled back: at its end, when the drill is cancelled, and, as far as a
//!   destructor can, when the drill is dropped. A rollback that leaves something is tried again.
//! - A window opens just before its fault is injected, and closes only when it is rolled back: a
//!   request that a fault touched is never counted as before or after it.
//! - Faults do not wait for each other, but for what is to be over before they begin on the same
//!   link or service: a service that takes long to come back delays nobody else's fault.
//! - A rollback says what was looked at to know that nothing is left. A fault that never took
//!   effect is reported as one that left something behind, never as one that went well.
//! - Deliberately absent: metrics. A probe of a metric is judged from the record of the run.

mod active;
mod choice;
mod drill;
mod gauge;
mod guard;
mod hypothesis;
mod performance;
mod probe;
mod timeline;
mod watch;

pub mod experiment;
pub mod fault;
pub mod resilience;

pub use drill::{Drill, DrillContext, DrillError};
pub use hypothesis::{ASK_LIMIT, SETTLE_LIMIT};
