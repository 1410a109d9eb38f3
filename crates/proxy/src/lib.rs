//! A TCP proxy that breaks connections on purpose, with Toxiproxy's control API.
//!
//! ```text
//!            Registry ◄── api ◄── any Toxiproxy client
//!               │
//! Proxy ── Port ── Gate ── Link ─┬─ pump upstream:   client ─► stages ─► upstream
//!   │     (ours    (accepts,     └─ pump downstream: client ◄─ stages ◄─ upstream
//!   │      while    never dials)                        ▲
//!   └── Toxics ─────────── watch: add, update, remove ──┘
//! ```
//!
//! Where a toxic may answer itself, a link serves its client while the upstream is dialled, and
//! also where that refuses (`ahead`).
//!
//! Where no toxic touches a direction and nobody looks at its bytes, a pump that carries a lot lets
//! the kernel move them (`splice`), and takes back what is under way when a toxic comes.
//!
//! Invariants:
//! - A change of toxics is published, never negotiated: adding, updating and removing return at
//!   once, whatever a peer does, and hold for every byte that a link receives afterwards.
//! - A link never reorders or invents a byte, and loses none but to a toxic that ends it or, knowing
//!   of requests ([`Http`]), answers in the upstream's place; where a peer resets, the other peer
//!   sees a reset; where a peer shuts its write side, the other side is shut in order and the answer
//!   still comes back.
//! - Memory is bounded: a direction stops reading while it holds [`HOLD_LIMIT`] bytes or a stage
//!   has no room, or while nothing is held and its peer does not take what was read.
//! - Every random decision comes from (seed, proxy, connection number, direction, toxic's name).
//! - A stage of a toxic does no I/O and reads no clock: it is given items and instants.
//! - Whoever observes a proxy changes nothing on it: see [`observe`].
//! - A closed or disabled proxy has no task left. The accept loop waits for no one.
//!
//! Deliberately absent: TLS, UDP. Everything that waits for a toxic's time does so on one
//! [`rtest_timer::AlarmClock`] of each open proxy.

mod ahead;
mod course;
mod error;
mod gate;
mod http1;
mod link;
mod pipeline;
mod port;
mod proxy;
mod pump;
#[cfg_attr(not(target_os = "linux"), path = "no_splice.rs")]
mod splice;
mod traffic;

pub mod api;
pub mod observe;
pub mod toxic;

pub use api::{ApiServer, MetricsShown, Registry};
pub use error::{ProxyError, ProxyErrorKind};
pub use proxy::{Proxy, ProxyConfig};
pub use toxic::{
    Bandwidth, Connect, Corruption, Cut, Delay, Distribution, HOLD_LIMIT, Http, HttpAction,
    HttpAnswer, HttpMatch, Latency, LimitData, Loss, Noop, OnConnect, PathPattern, ResetPeer,
    Slicer, SlowClose, Stream, Tally, Timeout, Toxic, ToxicConfig, Toxicity,
};
pub use traffic::Traffic;
