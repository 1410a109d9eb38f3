//! The sections of the page, in its order. Each is left out where the run has nothing for it.

mod attempts;
mod cases;
mod chaos;
mod contracts;
mod determinism;
mod endpoints;
mod environment;
mod errors;
mod footer;
mod generator;
mod head;
mod load;
mod load_charts;
mod metrics;
mod notes;
mod registry;
mod usage;
mod verdict;

pub(crate) use footer::footer;
pub(crate) use head::head;
pub(crate) use registry::SECTIONS;
