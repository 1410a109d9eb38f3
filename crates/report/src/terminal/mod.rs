//! What a person sees at the end of a run.
//!
//! ```text
//! verdict line
//! gates that failed      expected, observed, the line that asked for it
//! gates that passed      counted where they are many; contracts by consumer and provider
//! coverage               answers that contracts declare and were not seen, and others that were
//! load                   before / during / after; k6's metrics and the generator's own;
//!                        endpoints; how requests ended; checks that broke
//! services               what they waited for when they came up; what they used
//! notes, precision, replay command
//! ```
//!
//! Invariant: every line fits the width, unless a source line or a path is longer than that; where
//! there is none, as in a file, nothing is cut.

mod coverage;
mod footer;
mod gates;
mod generator;
mod load;
mod metrics;
mod page;
mod services;
mod style;
mod table;
mod text;

pub use page::render;
pub use style::Style;

pub(crate) use text::Text;
