//! What crosses a link, as its caller sees it: attempts, and how each ended.
//!
//! ```text
//! caller ══ bytes read ═══════► link ═══════════════► upstream
//!             │ MessageReader: requests begin, ask for …
//!             ▼
//!           Tap ── Attempt ──► Observer
//!             ▲
//!             │ MessageReader: answers begin, end
//! caller ◄═ bytes written ════ link ◄═══════════════ upstream
//! ```
//!
//! Requests are looked at as they are read from the caller, answers as they are written to it: what
//! a toxic holds back has not been answered yet. Only HTTP/1.1 in the clear is understood; of
//! anything else a connection is all that is seen. Looking changes no byte and delays none.

mod asked;
mod attempt;
mod tap;

pub use attempt::{Attempt, AttemptEnd, Began, Correlation, Observer};

pub(crate) use tap::{Sight, Tap};
