//! Everything that HTTP can be spoken over, against real peers.

#[path = "../support/mod.rs"]
mod support;

mod certificates;
mod hostile;
mod http2;
mod keeping;
mod phases;
mod reaching;
mod real_servers;
mod route;
mod servers;
mod timeouts;
mod tls;
