use std::future::poll_fn;
use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::Duration;

use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use rtest_core::{Clock, RunTime};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A timer of the system as something to read from, `timerfd_create(2)`.
///
/// It is never read: tokio waits for edges, and each time that the timer goes off is one. (A timer
/// with an interval would have to be read to go on, which costs what setting it anew does.)
#[derive(Debug)]
pub struct SystemTimer(AsyncFd<Timer>);

#[derive(Debug)]
struct Timer(TimerFd);

impl AsRawFd for Timer {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_fd().as_raw_fd()
    }
}

impl SystemTimer {
    /// A timer that is not set. To be made inside a runtime.
    ///
    /// # Errors
    /// The system's: no file descriptor is left.
    pub fn new() -> io::Result<Self> {
        let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
        let timer = Timer(TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?);
        // What takes its place wants an `unsafe` block for the promise that the descriptor stays the
        // same one and open. This one is owned, never given away and never replaced.
        #[expect(deprecated)]
        AsyncFd::with_interest(timer, Interest::READABLE).map(Self)
    }

    /// Waits until an instant of the run clock, or not at all where that has passed. For one task at
    /// a time.
    ///
    /// # Cancellation
    /// Loses nothing: the next wait says anew for what.
    pub async fn wait_until(&self, at: RunTime, clock: &dyn Clock) {
        let mut now = clock.now();
        if now < at {
            self.set(at - now);
        }
        while now < at {
            // It may have gone off as it was set before.
            self.ring().await;
            now = clock.now();
        }
    }

    /// Sets it to go off once, at an instant of the run clock or, where that has passed, at once.
    pub(crate) fn set_for(&self, at: RunTime, clock: &dyn Clock) {
        // A time of zero would not set it.
        self.set((at - clock.now()).max(Duration::from_nanos(1)));
    }

    /// Sets it to go off once, after some time above zero.
    fn set(&self, after: Duration) {
        let after = Expiration::OneShot(TimeSpec::from_duration(after));
        let timer = &self.0.get_ref().0;
        timer
            .set(after, TimerSetTimeFlags::empty())
            .expect("a time of valid form");
    }

    /// Waits until it has gone off since this was last waited for. Says no when the runtime is gone.
    pub(crate) async fn ring(&self) -> bool {
        let rung = poll_fn(|cx| self.0.poll_read_ready(cx)).await;
        // An error: the runtime itself is gone, and with it whoever waits.
        match rung {
            Ok(mut rung) => {
                rung.clear_ready();
                true
            }
            Err(_) => false,
        }
    }
}
