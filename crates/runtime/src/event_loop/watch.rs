use std::cell::Cell;
use std::time::Duration;

use rtest_core::unit::format_duration;

use crate::engine::Host;
use crate::error::Budget;
use crate::explore::FindingKind;

/// How long the loop has been held up since it last went on to another callback, and by what.
///
/// Only what the program takes counts, in virtual nanoseconds; the stalls of chance do not.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// When what is under way began.
    since_ns: Cell<u64>,
    callback_ns: Cell<u64>,
    ticks_ns: Cell<u64>,
    microtasks_ns: Cell<u64>,
    under_way: Cell<UnderWay>,
    /// Callbacks that had run by then, of all sorts.
    callbacks: Cell<u64>,
}

/// What runs at the moment.
#[derive(Clone, Copy, Debug, Default)]
enum UnderWay {
    #[default]
    Callback,
    Ticks,
    Microtasks,
}

/// Callbacks that take longer on average hold the loop each by itself, not together.
const LONG_CALLBACK_NS: u64 = 1_000_000;

impl Watch {
    /// Adds what passed since the last look to one of the causes.
    fn add(&self, cause: &Cell<u64>, now_ns: u64) {
        cause.set(cause.get() + (now_ns - self.since_ns.get()));
        self.since_ns.set(now_ns);
    }

    fn reset(&self, now_ns: u64, callbacks: u64) {
        self.since_ns.set(now_ns);
        self.callbacks.set(callbacks);
        self.under_way.set(UnderWay::Callback);
        for cause in [&self.callback_ns, &self.ticks_ns, &self.microtasks_ns] {
            cause.set(0);
        }
    }

    fn held_ns(&self) -> u64 {
        self.callback_ns.get() + self.ticks_ns.get() + self.microtasks_ns.get()
    }

    /// What most of the time went to, and how much that is; `callbacks` ran so far.
    fn cause(&self, callbacks: u64) -> (FindingKind, &'static str, Duration) {
        let causes = [
            (FindingKind::BlockedLoop, "one callback", &self.callback_ns),
            (
                FindingKind::TickStarvation,
                "process.nextTick callbacks",
                &self.ticks_ns,
            ),
            (
                FindingKind::MicrotaskStarvation,
                "promise jobs",
                &self.microtasks_ns,
            ),
        ];
        let (kind, words, ns) = causes
            .into_iter()
            .max_by_key(|(_, _, ns)| ns.get())
            .expect("there are three");
        let took = Duration::from_nanos(ns.get());
        if ns.get() / (callbacks - self.callbacks.get()).max(1) >= LONG_CALLBACK_NS {
            return (FindingKind::BlockedLoop, "one callback", took);
        }
        (kind, words, took)
    }
}

impl Host {
    /// A callback is over, and its ticks and promise jobs begin.
    pub(crate) fn watch_callback(&self) {
        self.watch.add(&self.watch.callback_ns, self.own_ns());
        self.watch.under_way.set(UnderWay::Ticks);
    }

    /// Ticks are over.
    pub(crate) fn watch_ticks(&self) {
        self.watch.add(&self.watch.ticks_ns, self.own_ns());
        self.watch.under_way.set(UnderWay::Microtasks);
    }

    /// Promise jobs are over.
    pub(crate) fn watch_microtasks(&self) {
        self.watch.add(&self.watch.microtasks_ns, self.own_ns());
        self.watch.under_way.set(UnderWay::Ticks);
    }

    /// The loop goes on to something else.
    pub(crate) fn let_go(&self) {
        if self.watch.held_ns() > self.limits.held.as_nanos() as u64 {
            self.find_held();
        }
        self.watch.reset(self.own_ns(), self.callbacks());
    }

    /// What the program took so far: virtual time without stalls, and a nanosecond for each step of
    /// its code, about what compiled code takes, which the clock itself does not charge.
    fn own_ns(&self) -> u64 {
        self.clock.borrow().own_ns() + self.steps()
    }

    #[cold]
    fn find_held(&self) {
        let Some(waiting) = self.waiting() else {
            return;
        };
        let (kind, what, took) = self.watch.cause(self.callbacks());
        let message = format!(
            "{what} held the loop for {} while {waiting}",
            format_duration(rounded(took))
        );
        self.find(kind, message, self.running());
    }

    /// What waits for the loop, if anything does.
    fn waiting(&self) -> Option<String> {
        let mut waiting = Vec::new();
        let clock = self.clock.borrow();
        if let Some((id, ms)) = self.timers.borrow().first_due()
            && clock.instant_of(ms) <= clock.elapsed()
        {
            let late = format_duration(rounded(clock.elapsed() - clock.instant_of(ms)));
            let place = self.place_of(id);
            let place = place.map_or_else(String::new, |place| format!(" ({place})"));
            waiting.push(format!("a timer{place} was {late} late"));
        }
        if self.immediates.borrow().keep_alive() {
            waiting.push("an immediate waited".to_owned());
        }
        for server in self.world.borrow().network.listening() {
            waiting.push(format!("a server listened on {server}"));
        }
        (!waiting.is_empty()).then(|| waiting.join(" and "))
    }

    /// The program ran into a limit: what that says about it.
    pub(crate) fn find_limit(&self, budget: Budget) {
        // A test that fails does not come to close what it opened.
        if matches!(budget, Budget::Wait | Budget::VirtualTime(_)) && self.test_failed() {
            return;
        }
        let kind = match budget {
            Budget::Callbacks(_) => {
                let under_way = match self.watch.under_way.get() {
                    UnderWay::Callback => &self.watch.callback_ns,
                    UnderWay::Ticks => &self.watch.ticks_ns,
                    UnderWay::Microtasks => &self.watch.microtasks_ns,
                };
                self.watch.add(under_way, self.own_ns());
                if self.watch.held_ns() > self.limits.held.as_nanos() as u64 {
                    self.watch.cause(self.callbacks()).0
                } else {
                    FindingKind::Limit
                }
            }
            Budget::Steps(_) => FindingKind::BlockedLoop,
            Budget::Wait => FindingKind::Leak,
            Budget::VirtualTime(_) if self.timers.borrow().is_any_running() => FindingKind::Leak,
            _ => FindingKind::Limit,
        };
        let mut message = budget.to_string();
        if matches!(budget, Budget::Steps(_)) {
            // The engine knows the last call, not the loop's own line.
            message.push_str(" It is at the line named or below it.");
        }
        if let Some(waiting) = self.waiting() {
            message.push_str(&format!(" ({waiting})"));
        }
        let place = self.stopped_at.take().or_else(|| self.running());
        self.find(kind, message, place);
    }

    /// The program is over: handles that it leaves behind are a finding where that was asked for.
    pub(crate) fn find_leaks(&self) {
        if !self.leaks {
            return;
        }
        for (id, duration_ms, repeats) in self.timers.borrow().running() {
            let what = if repeats { "interval" } else { "timeout" };
            let message = format!("left behind: {what} of {duration_ms} ms");
            self.find(FindingKind::Leak, message, self.place_of(id));
        }
        for server in self.world.borrow().network.listening() {
            let message = format!("left behind: server on {server}");
            self.find(FindingKind::Leak, message, None);
        }
        if self.immediates.borrow().has_of_program() {
            self.find(FindingKind::Leak, "left behind: immediate".to_owned(), None);
        }
    }
}

/// To three digits or so: what lies below is noise to whoever reads it.
fn rounded(duration: Duration) -> Duration {
    let ns = duration.as_nanos() as u64;
    let unit = match ns {
        0..1_000_000 => 1_000,
        1_000_000..100_000_000 => 100_000,
        _ => 1_000_000,
    };
    Duration::from_nanos(ns / unit * unit)
}
