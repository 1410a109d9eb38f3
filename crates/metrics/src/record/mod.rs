//! The run folder: the product's memory, written as the run goes.
//!
//! ```text
//! record/run.json       Header      what was to be run; written first
//! record/events.jsonl   Entry       what happened, one line each, on the run clock
//! record/undo.jsonl     undo journal  what is broken, on the disk before it is
//! record/load.hlog      HDR log     the histograms of every load tick
//! ```
//!
//! The wire format lives here and nowhere else. Reports are functions of what [`read`] returns.

mod case_entry;
mod contract_entry;
mod coverage_entry;
mod entry;
mod folder;
mod header;
mod hlog;
mod link_entry;
mod merge;
mod redacted;
mod resilience_entry;
mod tick_entry;
mod undo;
mod usage_entry;

pub use case_entry::{CaseEntry, CaseVerdict, DifferenceEntry, LogEntry, StepEntry};
pub use contract_entry::{ContractEntry, InteractionHeader, ViolationEntry};
pub use coverage_entry::{AnswerEntry, CoverageEntry};
pub use entry::{
    Entry, EntryKind, InteractionEntry, InteractionStatus, MismatchEntry, SimEntry, SimFailureEntry,
};
pub use folder::{RecordError, RecordErrorKind, RecordWriter, read};
pub use header::{
    CaseHeader, CheckHeader, ContractHeader, FaultHeader, GuardrailHeader, Header, Host,
    LoadHeader, MetricHeader, Origin, PartHeader, ProbeHeader, SCHEMA, ScenarioHeader,
    ServiceHeader, SimHeader, SpanRecord, StepHeader, ThresholdHeader,
};
pub use link_entry::{LinkTickEntry, PausesEntry};
pub use merge::{MergeError, MergeErrorKind, merge};
pub use resilience_entry::{ExpectEntry, ExpectHeader, GaugeEntry};
pub use tick_entry::{
    CheckEntry, ExampleEntry, KeyEntry, MetricEntry, ScenarioEntry, SeriesEntry, TickEntry,
    ValuesEntry, outcome_name, outcome_of,
};
pub use undo::{UndoRecord, UndoWriter, read_undo};
pub use usage_entry::UsageEntry;
