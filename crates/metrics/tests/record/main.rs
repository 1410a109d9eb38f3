//! From events through the run folder to the verdict, and back.

mod doubt;
mod folder;
mod judging;
mod merging;
mod recording;
mod resilience;
mod summary;
mod usage;
