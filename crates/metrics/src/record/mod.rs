//! The run folder: the product's memory, written as the run goes.
//!
//! ```text
//! record/run.json       Header      what was to be run; written first
//! record/events.jsonl   Entry       what happened, one line each, on the run clock
//! record/load.hlog      HDR log     the histograms of every load tick
//! ```
//!
//! The wire format lives here and nowhere else. Reports are functions of what [`read`] returns.

mod entry;
mod folder;
mod header;
mod hlog;
mod redacted;

pub use entry::{
    CheckEntry, Entry, EntryKind, ExampleEntry, InteractionEntry, InteractionStatus, KeyEntry,
    MismatchEntry, ScenarioEntry, SeriesEntry, SimEntry, SimFailureEntry, TickEntry, outcome_name,
    outcome_of,
};
pub use folder::{RecordError, RecordErrorKind, RecordWriter, read};
pub use header::{
    CheckHeader, ContractHeader, FaultHeader, Header, Host, LoadHeader, Origin, ProbeHeader,
    SCHEMA, ScenarioHeader, ServiceHeader, SimHeader, SpanRecord, StepHeader, ThresholdHeader,
};
