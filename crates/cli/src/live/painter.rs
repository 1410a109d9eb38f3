use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::{Signal, raise};
use rtest_core::Clock;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::keys;
use super::lookout::Shared;
use super::screen::{Screen, hold, is_in_foreground, restore};
use super::view::{Scene, frame};
use crate::control::Steering;
use crate::output;

/// Between two frames.
const FRAME: Duration = Duration::from_millis(125);

/// The view on the terminal: a task that draws it and reads keys.
#[derive(Debug)]
pub(crate) struct Live {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Live {
    /// Begins to draw; must be called inside a runtime.
    pub(super) fn start(shared: Arc<Shared>, steering: Steering, clock: Arc<dyn Clock>) -> Self {
        let stop = CancellationToken::new();
        let painter = Painter {
            shared,
            steering,
            clock,
            screen: Screen::new(output::colour(true)),
            is_held: false,
            has_keys: false,
        };
        Self {
            task: tokio::spawn(painter.paint(stop.clone())),
            stop,
        }
    }

    /// Takes the view off the terminal; lasting lines stay.
    pub(crate) async fn close(self) {
        self.stop.cancel();
        // A painter that panicked has given the terminal back.
        let _ = self.task.await;
    }
}

struct Painter {
    shared: Arc<Shared>,
    steering: Steering,
    clock: Arc<dyn Clock>,
    screen: Screen,
    is_held: bool,
    has_keys: bool,
}

impl Painter {
    async fn paint(mut self, stop: CancellationToken) {
        // Where it cannot be watched for, Ctrl-Z leaves the terminal to the shell.
        let mut suspended = signal(SignalKind::from_raw(Signal::SIGTSTP as i32)).ok();
        let mut next = tokio::time::interval(FRAME);
        next.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = next.tick() => {}
                () = asked_to_suspend(suspended.as_mut()) => self.suspend(),
            }
            self.draw();
        }
        if self.is_held {
            let above = self.shared.take_lasting();
            let last = self.screen.next(&above, &[], size().1);
            write(&last);
            restore();
        }
    }

    fn draw(&mut self) {
        if !is_in_foreground() {
            // Whoever is in the foreground has the terminal now, its settings included.
            self.is_held = false;
            self.screen.forget();
            return;
        }
        if !self.is_held {
            self.is_held = true;
            self.has_keys = hold() && self.shared.has_load();
        }
        if self.has_keys {
            keys::obey(&self.steering);
        }
        let (rows, columns) = size();
        let above = self.shared.take_lasting();
        let scene = Scene {
            now: self.clock.now(),
            wanted: self.steering.wanted(),
            columns,
            rows,
            has_keys: self.has_keys,
        };
        let lines = frame(&self.shared.board(), scene);
        // Written without a lock: a terminal may be slow.
        write(&self.screen.next(&above, &lines, columns));
    }

    /// Ctrl-Z: the terminal is the shell's, until it says `fg`.
    fn suspend(&mut self) {
        restore();
        self.is_held = false;
        self.screen.forget();
        // Returns when the process is continued.
        let _ = raise(Signal::SIGSTOP);
    }
}

async fn asked_to_suspend(signal: Option<&mut tokio::signal::unix::Signal>) {
    let asked = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if asked.is_none() {
        std::future::pending().await
    }
}

/// Rows and columns of the terminal.
fn size() -> (usize, usize) {
    let (rows, columns) = console::Term::stderr().size();
    (usize::from(rows).max(2), usize::from(columns).max(1))
}

/// Nobody is left to tell when it fails.
fn write(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
