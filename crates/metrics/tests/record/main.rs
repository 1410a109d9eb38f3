//! From events through the run folder to the verdict, and back.

mod folder;
mod judging;
mod merging;
mod recording;
mod resilience;
mod summary;
mod usage;
