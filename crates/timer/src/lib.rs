//! Waiting to the microsecond, by a timer of the system that stands among what tokio waits for.
//!
//! ```text
//! SystemTimer   one timer, one task that waits           (a loop of the load engine)
//! AlarmClock    one timer, any number of tasks that wait  (every toxic of a proxy)
//!     └── a heap of instants; a task of its own wakes whoever is due
//! ```
//!
//! tokio's own timer has slots of a millisecond and rounds up: a wait ends 0 to 2 ms late. A timer
//! of Linux (`timerfd_create(2)`) ends some 50 µs late.
//!
//! Invariants:
//! - No wait ends early, by the clock it was given.
//! - A wait that is dropped leaves nothing behind.
//! - Where the clock is not the machine's (virtual time, tests), or the system has no such timer,
//!   tokio's waits.
//!
//! Deliberately absent: what to do when it rings.

mod alarm_clock;
#[cfg(target_os = "linux")]
mod system_timer;

pub use alarm_clock::AlarmClock;
#[cfg(target_os = "linux")]
pub use system_timer::SystemTimer;
