//! One self-contained HTML file: it opens from `file://`, asks for nothing over the network, and
//! can be read without JavaScript.
//!
//! ```text
//! Context ──► page ──► section/*  tables and words      (every string through `esc`)
//!                 │        └► chart/*  SVG, drawn here, sized by the browser
//!                 ├ style.css   light and dark
//!                 └ cursor.js   one cursor over every chart on the run's time
//! ```
//!
//! Invariants:
//! - The page is well-formed XML too, which is what tests read it as.
//! - A Content-Security-Policy forbids every request; escaping does not rest on it.
//! - Every chart over time shades and names the faults, and has the same time axis.

mod chart;
mod context;
mod markup;
mod page;
mod section;

pub(crate) use page::Html;
