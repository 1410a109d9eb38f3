mod html;
mod lanes;

pub use html::TraceOf;

use std::fmt;
use std::io;
use std::time::Duration;

use crate::explore::{Choice, FindingKind};
use crate::world::{WorkKind, error_name};

/// What happened in one run of a program, in order.
///
/// The hash covers everything that happened whether or not the events themselves are kept, so
/// that two runs can be compared without keeping either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    hash: u64,
    keep: bool,
    events: Vec<TraceEvent>,
    dropped: u64,
    clock: Vec<u64>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEvent {
    /// Virtual time since the program started.
    pub at: Duration,
    /// Where in its turn the loop was.
    pub phase: Phase,
    /// What happened.
    pub action: Action,
    /// `file:line` of the callback, relative to the program's folder, where it is known.
    pub place: Option<String>,
}

/// Where in its turn the loop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The program's own first run.
    Main,
    /// Timers that are due.
    Timers,
    /// What was decided as soon as it was asked for.
    Pending,
    /// Waiting for something to become runnable.
    Poll,
    /// `setImmediate` callbacks.
    Check,
    /// Callbacks of handles that were closed.
    Closing,
    /// `beforeExit` and `exit` listeners.
    Exit,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The program's code began.
    Started,
    /// A `process.nextTick` callback ran.
    Tick,
    /// So many promise jobs ran in a row.
    Microtasks(u32),
    /// A timer was set, to this many milliseconds.
    TimerSet(u32, u32),
    /// A timer fired.
    TimerFired(u32),
    /// A timer was cleared.
    TimerCleared(u32),
    /// An immediate was queued.
    ImmediateSet(u32),
    /// An immediate ran.
    ImmediateRan(u32),
    /// An immediate was cleared.
    ImmediateCleared(u32),
    /// A task was given to the thread pool.
    WorkQueued(u32, WorkKind),
    /// A task of the thread pool was done.
    WorkDone(u32),
    /// A connection reached a listening socket: the one, the other.
    Connection(u32, u32),
    /// Connecting a socket ended: 0, or libuv's negative number.
    Connected(u32, i32),
    /// A socket received so many bytes.
    Received(u32, u32),
    /// What a socket receives ended, with libuv's number.
    ReceivedEnd(u32, i32),
    /// A write of a socket that had to wait ended, with 0 or libuv's number.
    Written(u32, i32),
    /// A handle was closed.
    Closed(u32),
    /// A request over HTTP began; the place says which.
    RequestBegan(u32),
    /// A request was answered with this status, or 0: it failed.
    RequestEnded(u32, u16),
    /// A signal, by its number, came round.
    Signal(u32),
    /// The loop was woken for messages of ports.
    Woken,
    /// The loop slept; the event's instant is when it woke.
    Slept,
    /// The program wrote so many bytes to this descriptor.
    Wrote(u8, u32),
    /// The machine did something else than an idle one.
    Chose(Choice),
    /// Something is wrong with the program.
    Found(FindingKind),
    /// An exception reached the top.
    Uncaught,
    /// The program ended with this code.
    Exited(i32),
}

/// Kept events at most; beyond it only the hash goes on.
const MOST_EVENTS: usize = 1_000_000;

impl Trace {
    /// An empty trace that keeps its events, or only their hash.
    pub(crate) fn new(keep: bool) -> Self {
        Self {
            hash: 0xcbf2_9ce4_8422_2325,
            keep,
            events: Vec::new(),
            dropped: 0,
            clock: Vec::new(),
        }
    }

    /// Whether events are kept, so that finding their place is worth the while.
    pub(crate) fn keeps(&self) -> bool {
        self.keep
    }

    pub(crate) fn record(
        &mut self,
        at: Duration,
        phase: Phase,
        action: Action,
        place: Option<String>,
    ) {
        if let Some((kind, first, second)) = action.parts() {
            self.feed(&(at.as_nanos() as u64).to_le_bytes());
            self.feed(&[phase as u8, kind]);
            self.feed(&first.to_le_bytes());
            self.feed(&second.to_le_bytes());
        }
        if !self.keep {
            return;
        }
        if self.events.len() < MOST_EVENTS {
            self.events.push(TraceEvent {
                at,
                phase,
                action,
                place,
            });
        } else {
            self.dropped += 1;
        }
    }

    /// Adds what was written to the hash: two runs are the same only if their output is.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        // FNV-1a, 64 bit.
        self.hash = bytes.iter().fold(self.hash, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    }

    /// What the loop's clock showed at the start and at each reading since, in milliseconds; empty
    /// unless the run was asked for its events. Node's own timers under these readings show the
    /// same order.
    pub fn clock(&self) -> &[u64] {
        &self.clock
    }

    pub(crate) fn set_clock(&mut self, readings: Vec<u64>) {
        self.clock = readings;
    }

    /// The events, in order; empty unless the run was asked for them.
    pub fn events(&self) -> &[TraceEvent] {
        &self.events
    }

    /// A hash of everything that happened, output included, in hexadecimal.
    pub fn hash(&self) -> String {
        format!("{:016x}", self.hash)
    }

    /// Writes one readable line an event.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        for event in &self.events {
            writeln!(out, "{event}")?;
        }
        if self.dropped > 0 {
            writeln!(out, "… {} more events", self.dropped)?;
        }
        Ok(())
    }

    /// Writes one JSON object a line: `{"at_us":…,"phase":…,"what":…,"place":…}`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_json_lines(&self, out: &mut dyn io::Write) -> io::Result<()> {
        for event in &self.events {
            let line = serde_json::json!({
                "at_us": event.at.as_micros() as u64,
                "phase": event.phase.name(),
                "what": event.action.to_string(),
                "place": event.place,
            });
            writeln!(out, "{line}")?;
        }
        if self.dropped > 0 {
            writeln!(out, "{}", serde_json::json!({ "dropped": self.dropped }))?;
        }
        Ok(())
    }
}

impl Phase {
    /// The name in traces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Timers => "timers",
            Self::Pending => "pending",
            Self::Poll => "poll",
            Self::Check => "check",
            Self::Closing => "closing",
            Self::Exit => "exit",
        }
    }
}

impl Action {
    /// What of it goes into the hash.
    const fn parts(self) -> Option<(u8, u32, u32)> {
        let parts = match self {
            Self::Started => (0, 0, 0),
            Self::Tick => (1, 0, 0),
            Self::Microtasks(count) => (2, count, 0),
            Self::TimerSet(id, ms) => (3, id, ms),
            Self::TimerFired(id) => (4, id, 0),
            Self::TimerCleared(id) => (5, id, 0),
            Self::ImmediateSet(id) => (6, id, 0),
            Self::ImmediateRan(id) => (7, id, 0),
            Self::ImmediateCleared(id) => (8, id, 0),
            Self::Slept => (9, 0, 0),
            Self::Wrote(descriptor, bytes) => (10, descriptor as u32, bytes),
            Self::Uncaught => (11, 0, 0),
            Self::Exited(code) => (12, code as u32, 0),
            Self::Chose(choice) => (
                13,
                choice.nth,
                (choice.point as u32) << 8 | choice.value as u32,
            ),
            Self::WorkQueued(id, kind) => (30, id, kind as u32),
            Self::WorkDone(id) => (31, id, 0),
            Self::Closed(id) => (32, id, 0),
            Self::Woken => (38, 0, 0),
            Self::Signal(number) => (39, number, 0),
            Self::Connection(listener, id) => (33, listener, id),
            Self::Connected(id, status) => (34, id, status as u32),
            Self::Received(id, bytes) => (35, id, bytes),
            Self::ReceivedEnd(id, status) => (36, id, status as u32),
            Self::Written(id, status) => (37, id, status as u32),
            // Nothing that happens, but what is thought of it; and what is looked at only where a trace
            // is kept.
            Self::Found(_) | Self::RequestBegan(_) | Self::RequestEnded(..) => return None,
        };
        Some(parts)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started => f.write_str("program starts"),
            Self::Tick => f.write_str("nextTick callback"),
            Self::Microtasks(1) => f.write_str("1 microtask"),
            Self::Microtasks(count) => write!(f, "{count} microtasks"),
            Self::TimerSet(id, ms) => write!(f, "timer #{id} set to {ms} ms"),
            Self::TimerFired(id) => write!(f, "timer #{id} fires"),
            Self::TimerCleared(id) => write!(f, "timer #{id} cleared"),
            Self::ImmediateSet(id) => write!(f, "immediate #{id} queued"),
            Self::ImmediateRan(id) => write!(f, "immediate #{id} runs"),
            Self::ImmediateCleared(id) => write!(f, "immediate #{id} cleared"),
            Self::WorkQueued(id, kind) => write!(f, "{} #{id} queued", kind.name()),
            Self::WorkDone(id) => write!(f, "task #{id} of the thread pool is done"),
            Self::Connection(listener, id) => {
                write!(f, "socket #{listener} has a new connection, #{id}")
            }
            Self::Connected(id, 0) => write!(f, "socket #{id} is connected"),
            Self::Connected(id, status) => {
                write!(f, "socket #{id} cannot connect ({})", error_name(*status))
            }
            Self::Received(id, bytes) => write!(f, "socket #{id} receives {bytes} bytes"),
            Self::ReceivedEnd(id, status) => {
                write!(f, "socket #{id} receives no more ({})", error_name(*status))
            }
            Self::Written(id, 0) => write!(f, "socket #{id} has room again"),
            Self::Written(id, status) => {
                write!(f, "socket #{id} cannot write ({})", error_name(*status))
            }
            Self::Closed(id) => write!(f, "handle #{id} closed"),
            Self::RequestBegan(id) => write!(f, "request #{id} begins"),
            Self::RequestEnded(id, 0) => write!(f, "request #{id} fails"),
            Self::RequestEnded(id, status) => write!(f, "request #{id} is answered with {status}"),
            Self::Signal(number) => write!(f, "signal {number}"),
            Self::Woken => f.write_str("woken for messages"),
            Self::Slept => f.write_str("slept until now"),
            Self::Wrote(1, bytes) => write!(f, "stdout {bytes} bytes"),
            Self::Wrote(_, bytes) => write!(f, "stderr {bytes} bytes"),
            Self::Chose(choice) => choice.fmt(f),
            Self::Found(kind) => write!(f, "found: {}", kind.name()),
            Self::Uncaught => f.write_str("uncaught exception"),
            Self::Exited(code) => write!(f, "exits with code {code}"),
        }
    }
}

/// `     12.041 ms  timers   timer #3 fires  (client.mjs:18)`
impl fmt::Display for TraceEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.at.as_micros();
        write!(
            f,
            "{:>8}.{:03} ms  {:<7}  {}",
            micros / 1000,
            micros % 1000,
            self.phase.name(),
            self.action
        )?;
        match &self.place {
            Some(place) => write!(f, "  ({place})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(keep: bool, place: &str) -> Trace {
        let mut trace = Trace::new(keep);
        let at = Duration::from_micros(12_041);
        trace.record(at, Phase::Timers, Action::TimerFired(3), Some(place.into()));
        trace
    }

    #[test]
    fn the_hash_is_the_same_whether_or_not_events_are_kept() {
        assert_eq!(sample(true, "a.js:1").hash(), sample(false, "").hash());
        let mut other = sample(false, "");
        other.feed(b"!");
        assert_ne!(other.hash(), sample(false, "").hash());
    }

    #[test]
    fn a_line_says_when_where_and_what() {
        let mut text = Vec::new();
        sample(true, "client.mjs:18")
            .write(&mut text)
            .expect("a vector takes bytes");
        assert_eq!(
            String::from_utf8_lossy(&text),
            "      12.041 ms  timers   timer #3 fires  (client.mjs:18)\n"
        );
    }
}
