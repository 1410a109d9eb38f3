//! Environments of real processes: brought up, broken, killed, taken down.

mod containers;
mod data;
mod failure;
mod killed;
mod logs;
mod rig;
mod startup;
mod striking;
mod teardown;
mod usage;
mod watched_containers;
