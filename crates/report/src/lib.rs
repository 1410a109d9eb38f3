//! A run's record and its verdict → bytes that people and CI systems read.
//!
//! ```text
//! RunRecord ─┬─► Stretch    before / during each fault / after   ─┐
//! Verdict   ─┤   Timeline   what happened in each interval        ├─► terminal   text
//!            ├─► EndpointRow, OutcomeRow, CheckRow, GroupRow       │   html       one file
//!            │                                                     │   json       k6's summary + `rtest`
//!            └─────────────────────────────────────────────────────┴─► junit      one case a gate
//! ```
//!
//! Invariants:
//! - A report is a function of the record and the verdict alone: the same record gives the same
//!   bytes, live or read from its folder years later.
//! - Histograms are merged, percentiles read once from the merged counts, also where several
//!   ticks share a point of a chart.
//! - Text that came from outside (servers, contracts, logs) is shown, never acted on: escaped in
//!   HTML and XML, control characters made visible everywhere.
//! - The HTML report is one file that asks for nothing else, readable without JavaScript.
//! - A new reporter is one file and one line in [`formats`]'s registry.
//! - Deliberately absent: I/O, clocks, judging. Redaction has happened in the record.

mod asked;
mod checks;
mod coverage;
mod ending;
mod endpoints;
mod engine;
mod excerpt;
mod fault;
mod groups;
mod html;
mod json;
mod judged;
mod junit;
mod lateness;
mod outcomes;
mod pairs;
mod phases;
mod replayed;
mod reporter;
mod startup;
mod timeline;
mod usage;
mod visible;

pub mod terminal;

pub use reporter::{ReportError, ReportErrorKind, Reporter, formats, reporter};
pub use rtest_metrics::number;
