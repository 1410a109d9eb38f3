//! The vocabulary that every other crate shares.
//!
//! ```text
//! suite text ──► Plan ──► engines ──► Event ──► record ──► verdict
//!                 │                     │
//!                 ├ Span, Diagnostic    ├ RunTime        every event stands on the run clock
//!                 ├ Seed                ├ LoadTick       histograms of four-instant samples
//!                 └ Threshold,          └ WindowId       which faults a request was touched by
//!                   Expectation
//! ```
//!
//! Invariants:
//! - Deliberately absent: I/O, an async runtime, YAML, HTTP, wire formats. Types here derive no
//!   serialisation; `rtest-metrics` owns the record's, `rtest-report` the reports'.
//! - Nothing outside [`clock`] reads the machine's time, nothing outside [`Seed`] makes randomness.
//! - A duration is a [`std::time::Duration`], an instant a [`RunTime`]; a bare number that leaves
//!   the crate says its unit in its name.

mod case_result;
mod causes;
mod code;
mod data_control;
mod diagnostic;
mod fnv;
mod histogram;
mod http_url;
mod json_path;
mod recorded;
mod redact;
mod seed;
mod service_control;
mod service_logs;
mod span;
mod suggest;
mod template;
mod undo;
mod variables;

pub mod clock;
pub mod event;
pub mod expectation;
pub mod metric;
pub mod plan;
pub mod sample;
pub mod threshold;
pub mod traffic;
pub mod unit;
pub mod usage;
pub mod window;

pub use case_result::{CaseResult, CaseStatus, Difference, StepResult};
pub use causes::causes;
pub use clock::{Clock, ManualClock, MonotonicClock, RunTime};
pub use code::Code;
pub use data_control::DataControl;
pub use diagnostic::{Diagnostic, Excerpt};
pub use event::{Event, EventKind, EventSink};
pub use fnv::fnv1a;
pub use histogram::{Histogram, MAX_MICROS, MAX_NUMBER, SIGNIFICANT_DIGITS, SparseHistogram};
pub use http_url::{HttpUrl, HttpUrlError, Scheme};
pub use json_path::{Glimpse, JsonPath};
pub use plan::Plan;
pub use recorded::{MOST_LOG_BYTES, MOST_RECORDED_VALUES, Recorded, RecordedError, RecordedUnit};
pub use redact::{REDACTED, Secrets};
pub use sample::Sample;
pub use seed::{Seed, Stream};
pub use service_control::{ControlFuture, ProcessMark, ServiceControl};
pub use service_logs::{LogMark, ServiceLogs};
pub use span::Span;
pub use suggest::nearest;
pub use template::{Segment, Template, TemplateError, UnknownVariable};
pub use undo::{Broken, BrokenThing, UndoJournal};
pub use variables::Variables;
