//! Events → record → verdict.
//!
//! ```text
//! Event ──► RecordWriter ──► run folder (run.json, events.jsonl, load.hlog)
//!               │                   │
//!               ▼ fold              ▼ read, fold
//!           RunRecord ◄─────────────┘
//!               │
//!               ├─► Summary   numbers of a metric, by tags and fault windows
//!               └─► Verdict   gates with status, evidence and the line that asked for them
//! ```
//!
//! Invariants:
//! - A verdict is a function of the record alone: judging a record that was read gives what
//!   judging it live gave.
//! - Histograms are merged, percentiles read once; nothing is averaged.
//! - A gate without samples fails; one with too few is inconclusive.
//! - Deliberately absent: rendering, clocks, the network.

pub mod number;
pub mod record;
pub mod summary;
pub mod verdict;

mod load_record;
mod run_record;
mod usage_record;

pub use load_record::{Interval, LoadRecord, MetricKey, ScenarioTotals, Violation};
pub use run_record::{
    AbortRecord, ContractFailure, Ending, FaultRecord, GaugeReading, HealthPoint, ProbeRecord,
    RunRecord, ServiceRecord, StageRecord,
};
pub use summary::Summary;
pub use usage_record::{Usage, UsagePoint, UsageRecord};
pub use verdict::{Gate, GateKind, GateStatus, Outcome, Verdict};
