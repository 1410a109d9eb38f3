//! The engine goose: runs the one scenario of a load as a closed loop of goose's users, and records
//! it as rtest's own engine would.
//!
//! ```text
//!   Attack::prepare(plan, context) ──► run(start)
//!        │ Journey: the flow, compiled       │ a runtime of its own
//!        │                          ┌────────┴─────────┐
//!        │                     GooseAttack        supervise: time limits, Ctrl-C, ticks
//!        │                          │ users              │
//!        └──► one transaction ◄─────┘                    │
//!              = one iteration: Walker ──► GooseUser::request ──► Exchange
//!                                 └───────────► Logbook ◄──── checks, captures
//!                                                  │ every tick
//!                                              EventSink: LoadTick, GeneratorHealth
//! ```
//!
//! Invariants:
//! - A request is wanted when it is sent: there is no schedule, so response time is service time,
//!   and every report says so of the scenario.
//! - goose only drives users and sends requests. How long it goes on, how often, and what is counted
//!   is decided here: goose ends at whole seconds at best, and counts up to the head of an answer.
//! - goose takes hold of Ctrl-C, of the logger and of stdout; [`hold_process`] is there first.
//! - What stops goose is global to a process: attacks come one after the other.
//!
//! Deliberately absent: everything that [`rtest_core::Code::EngineCannot`] names. The suite refuses
//! it, and this engine does not look for it again.
//!
//! Without the feature `goose` the crate is empty.

#[cfg(feature = "goose")]
mod answer;
#[cfg(feature = "goose")]
mod attack;
#[cfg(feature = "goose")]
mod clients;
#[cfg(feature = "goose")]
mod failure;
#[cfg(feature = "goose")]
mod hold;
#[cfg(feature = "goose")]
mod journey;
#[cfg(feature = "goose")]
mod logbook;
#[cfg(feature = "goose")]
mod request;
#[cfg(feature = "goose")]
mod roll;
#[cfg(feature = "goose")]
mod values;
#[cfg(feature = "goose")]
mod walker;

#[cfg(feature = "goose")]
pub use attack::Attack;
#[cfg(feature = "goose")]
pub use hold::hold_process;
