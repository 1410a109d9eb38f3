//! What a run has in a Docker engine: a network of its own, containers, volumes.
//!
//! ```text
//! RunSpace
//! ├── Engine     docker_client_instance (DOCKER_HOST, TLS, the usual sockets), API version negotiated
//! ├── Pulse      notices that the engine hangs, whatever it is asked for at the time
//! ├── Network    `rtest-RUN`, where services find each other by name
//! ├── image      pulled, or built where the context's hash is new
//! └── label      RUN and SERVICE on everything; what is left is found and removed by them
//! ```
//!
//! Everything that is made carries the run's label before it exists, so that nothing is ever left
//! that nobody can find: the reaper removes by label, not by a list.

mod build;
mod engine;
mod exec;
mod failure;
mod image;
mod label;
mod network;
mod prune;
mod pulse;
mod run_space;
mod sweep;
mod tarball;

pub(crate) use engine::Engine;
pub use engine::engine_version;
pub(crate) use exec::run_inside;
pub use failure::DockerFailure;
pub(crate) use failure::is_answer;
pub(crate) use image::{ensure, identify};
pub(crate) use label::Labels;
pub use prune::{Pruned, prune};
pub(crate) use run_space::RunSpace;
pub(crate) use sweep::{remove_container, sweep};
pub(crate) use tarball::tarball;
