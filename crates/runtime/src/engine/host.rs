use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rquickjs::{Object, Persistent};
use rtest_core::Stream;

use super::modules::Modules;
use crate::clock::{EPOCH_MS, VirtualClock};
use crate::error::{Budget, RuntimeErrorKind};
use crate::event_loop::{Break, Immediates, Timers};
use crate::program::{Limits, ProgramOptions};
use crate::trace::{Action, Phase, Trace};
use crate::world::World;
use crate::world::disk::Disk;

/// Everything of one program that lives on this side of the engine: what the bindings change and
/// the loop reads. One thread only; nothing here is borrowed across a call into the program.
pub(crate) struct Host {
    pub(crate) limits: Limits,
    pub(crate) clock: RefCell<VirtualClock>,
    pub(crate) random: RefCell<Stream>,
    pub(crate) timers: RefCell<Timers>,
    pub(crate) immediates: RefCell<Immediates>,
    pub(crate) world: RefCell<World>,
    pub(crate) modules: RefCell<Modules>,
    pub(crate) trace: RefCell<Trace>,
    pub(crate) stdout: RefCell<Vec<u8>>,
    pub(crate) stderr: RefCell<Vec<u8>>,
    /// Whether a promise was rejected, or handled late, since the last look.
    pub(crate) rejections: Cell<bool>,
    /// The prelude's shared object; taken out before the engine goes.
    pub(crate) internal: RefCell<Option<Persistent<Object<'static>>>>,
    /// The program's folder, to shorten places in the trace.
    pub(crate) folder: PathBuf,
    /// Where the callbacks of timers and immediates stand, while a trace is kept. Looked up by id,
    /// never iterated.
    places: RefCell<HashMap<u32, String>>,
    ticks: Cell<u64>,
    phase: Cell<Phase>,
    callbacks: Cell<u64>,
    /// Callback scopes that were closed.
    scopes: Cell<u64>,
    /// Interrupt polls of the running callback.
    polls: Cell<u64>,
    stop: RefCell<Option<Stop>>,
}

/// Why nothing of the program runs any more.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It ended with this code.
    Exited(i32),
    /// It could not go on.
    Failed(RuntimeErrorKind),
}

/// The world as it is before the program begins.
fn world(options: &ProgramOptions, folder: &Path) -> World {
    let disk = Disk::new(folder, &options.readable, EPOCH_MS * 1_000_000);
    World::new(options.seed, options.thread_pool_size, disk)
}

/// Steps between two interrupt polls of QuickJS.
const STEPS_PER_POLL: u64 = 10_000;

impl Host {
    pub(crate) fn new(options: &ProgramOptions, folder: PathBuf) -> Self {
        Self {
            limits: options.limits,
            clock: RefCell::new(VirtualClock::new(options.seed)),
            random: RefCell::new(options.seed.stream("runtime/Math.random")),
            timers: RefCell::default(),
            immediates: RefCell::default(),
            world: RefCell::new(world(options, &folder)),
            modules: RefCell::default(),
            trace: RefCell::new(Trace::new(options.trace)),
            stdout: RefCell::default(),
            stderr: RefCell::default(),
            rejections: Cell::new(false),
            internal: RefCell::new(None),
            folder,
            places: RefCell::default(),
            ticks: Cell::new(0),
            phase: Cell::new(Phase::Main),
            callbacks: Cell::new(0),
            scopes: Cell::new(0),
            polls: Cell::new(0),
            stop: RefCell::new(None),
        }
    }

    /// Enters a phase; what follows is traced under it.
    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.set(phase);
    }

    /// Records what happens. `place` is given where a callback is first seen, and found again
    /// when it runs.
    pub(crate) fn record(&self, action: Action, place: Option<String>) {
        let at = self.clock.borrow().elapsed();
        let place = match (action, place) {
            (
                Action::TimerSet(id, _) | Action::ImmediateSet(id) | Action::WorkQueued(id, _),
                Some(place),
            ) => {
                self.places.borrow_mut().insert(id, place.clone());
                Some(place)
            }
            (Action::TimerFired(id) | Action::ImmediateRan(id) | Action::WorkDone(id), None) => {
                self.places.borrow().get(&id).cloned()
            }
            (_, place) => place,
        };
        self.trace
            .borrow_mut()
            .record(at, self.phase.get(), action, place);
    }

    /// Writes to a descriptor; nothing once the program is over.
    pub(crate) fn write(&self, descriptor: u8, bytes: &[u8]) {
        if self.stopped() {
            return;
        }
        if self.stdout.borrow().is_empty() && self.stderr.borrow().is_empty() {
            self.clock.borrow_mut().charge_first_write();
        }
        let stream = if descriptor == 1 {
            &self.stdout
        } else {
            &self.stderr
        };
        stream.borrow_mut().extend_from_slice(bytes);
        self.record(Action::Wrote(descriptor, bytes.len() as u32), None);
        self.trace.borrow_mut().feed(bytes);
        let limit = self.limits.output;
        if self.stdout.borrow().len() + self.stderr.borrow().len() > limit {
            self.fail_with(RuntimeErrorKind::Budget(Budget::Output(limit)));
        }
    }

    pub(crate) fn add_tick(&self) {
        self.ticks.set(self.ticks.get() + 1);
    }

    /// Takes one off the count of waiting ticks, if there is one.
    pub(crate) fn take_tick(&self) -> bool {
        let waiting = self.ticks.get();
        self.ticks.set(waiting.saturating_sub(1));
        waiting > 0
    }

    pub(crate) fn ticks_waiting(&self) -> bool {
        self.ticks.get() > 0
    }

    /// A callback begins: its steps are counted from zero.
    pub(crate) fn begin_steps(&self) {
        self.polls.set(0);
    }

    /// Counts a callback, and charges the clock for it.
    pub(crate) fn count_callback(&self) {
        let callbacks = self.callbacks.get() + 1;
        self.callbacks.set(callbacks);
        self.clock.borrow_mut().charge_callback();
        let limit = self.limits.callbacks;
        if callbacks > limit {
            self.fail_with(RuntimeErrorKind::Budget(Budget::Callbacks(limit)));
        }
        // A program that never sleeps passes its virtual time here.
        let limit = self.limits.virtual_time;
        if self.clock.borrow().elapsed() > limit {
            self.fail_with(RuntimeErrorKind::Budget(Budget::VirtualTime(limit)));
        }
    }

    /// A callback and its ticks and microtasks are over.
    pub(crate) fn close_scope(&self) {
        self.scopes.set(self.scopes.get() + 1);
    }

    pub(crate) fn scopes(&self) -> u64 {
        self.scopes.get()
    }

    pub(crate) fn callbacks(&self) -> u64 {
        self.callbacks.get()
    }

    /// The engine's regular question whether to go on. Answering yes raises an exception that the
    /// program cannot catch.
    pub(crate) fn interrupt(&self) -> bool {
        let polls = self.polls.get() + 1;
        self.polls.set(polls);
        let limit = self.limits.steps;
        if polls.saturating_mul(STEPS_PER_POLL) > limit {
            self.fail_with(RuntimeErrorKind::Budget(Budget::Steps(limit)));
        }
        self.stopped()
    }

    /// The program ends with `code`.
    pub(crate) fn exit(&self, code: i32) {
        if !self.stopped() {
            self.record(Action::Exited(code), None);
            *self.stop.borrow_mut() = Some(Stop::Exited(code));
        }
    }

    /// The engine failed.
    pub(crate) fn fail(&self, message: String) {
        self.fail_with(RuntimeErrorKind::Engine(message));
    }

    /// The program cannot go on. The first reason stands.
    pub(crate) fn fail_with(&self, kind: RuntimeErrorKind) {
        if !self.stopped() {
            *self.stop.borrow_mut() = Some(Stop::Failed(kind));
        }
    }

    /// Stops at a limit.
    pub(crate) fn exceed<'js>(&self, budget: Budget) -> Break<'js> {
        self.fail_with(RuntimeErrorKind::Budget(budget));
        Break::Stopped
    }

    pub(crate) fn stopped(&self) -> bool {
        self.stop.borrow().is_some()
    }

    pub(crate) fn take_stop(&self) -> Option<Stop> {
        self.stop.borrow_mut().take()
    }
}
