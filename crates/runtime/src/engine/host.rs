use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use rquickjs::{Object, Persistent};
use rtest_core::{Seed, Stream};

use super::collection::Collection;
use super::modules::Modules;
use crate::clock::{EPOCH_MS, VirtualClock};
use crate::compression::Streams;
use crate::error::{Budget, RuntimeErrorKind};
use crate::event_loop::{Break, DelayWatches, Immediates, Timers, Watch};
use crate::explore::{ChoicePoint, Chooser, Finding, FindingKind, last_words};
use crate::histograms::Histograms;
use crate::program::{Limits, ProgramOptions};
use crate::trace::{Action, Phase, Trace};
use crate::world::World;
use crate::world::disk::{Disk, Faults};

/// Everything of one program that lives on this side of the engine: what the bindings change and
/// the loop reads. One thread only; nothing here is borrowed across a call into the program.
pub(crate) struct Host {
    pub(crate) limits: Limits,
    pub(crate) collection: Collection,
    pub(crate) clock: RefCell<VirtualClock>,
    pub(crate) choices: Rc<RefCell<Chooser>>,
    pub(crate) random: RefCell<Stream>,
    /// What `crypto` takes its bytes from.
    pub(crate) random_bytes: RefCell<Stream>,
    pub(crate) timers: RefCell<Timers>,
    pub(crate) immediates: RefCell<Immediates>,
    pub(crate) world: RefCell<World>,
    /// Those of `perf_hooks`.
    pub(crate) histograms: RefCell<Histograms>,
    pub(crate) delays: RefCell<DelayWatches>,
    /// When the loop began, in virtual nanoseconds.
    pub(crate) loop_start_ns: Cell<Option<u64>>,
    /// Turns of the loop that began.
    pub(crate) turns: Cell<u64>,
    /// What `zlib` has open.
    pub(crate) streams: RefCell<Streams>,
    pub(crate) modules: RefCell<Modules>,
    pub(crate) trace: RefCell<Trace>,
    pub(crate) stdout: RefCell<Vec<u8>>,
    pub(crate) stderr: RefCell<Vec<u8>>,
    /// What is wrong with the program so far.
    pub(crate) findings: RefCell<Vec<Finding>>,
    /// Calls of `sometimes`, by place and message: whether it ever held.
    pub(crate) sometimes: RefCell<BTreeMap<(String, String), bool>>,
    /// The file for want of which the program ended.
    pub(crate) missing: RefCell<Option<PathBuf>>,
    /// What packages tried while they were loaded, and is not here, with its place.
    pub(crate) tried: RefCell<BTreeSet<(String, Option<String>)>>,
    /// How long the loop is held up.
    pub(crate) watch: Watch,
    /// Whether handles left behind are a finding.
    pub(crate) leaks: bool,
    /// Whether a promise was rejected, or handled late, since the last look.
    pub(crate) rejections: Cell<bool>,
    /// The prelude's shared object; taken out before the engine goes.
    pub(crate) internal: RefCell<Option<Persistent<Object<'static>>>>,
    /// The program's folder, to shorten places in the trace.
    pub(crate) folder: PathBuf,
    /// Where the callbacks of timers and immediates stand, while a trace is kept. Looked up by id,
    /// never iterated.
    places: RefCell<HashMap<Callback, String>>,
    /// Where the callback stands that is about to be set.
    next_place: RefCell<Option<String>>,
    /// Where the running callback stands, while a trace is kept.
    running: RefCell<Option<String>>,
    /// Choices that the trace has.
    choices_traced: Cell<usize>,
    /// Whether a file of the program's could not be compiled.
    pub(crate) compile_failed: Cell<bool>,
    ticks: Cell<u64>,
    phase: Cell<Phase>,
    callbacks: Cell<u64>,
    /// Callback scopes that were closed.
    scopes: Cell<u64>,
    /// Interrupt polls of the running callback.
    polls: Cell<u64>,
    /// Interrupt polls since the program started.
    all_polls: Cell<u64>,
    /// Where the program was when it ran into a limit.
    pub(crate) stopped_at: RefCell<Option<String>>,
    /// The limit that is reached: the program is over at the next poll, which tells where it is.
    reached: Cell<Option<Budget>>,
    stop: RefCell<Option<Stop>>,
}

/// A timer, an immediate or work of the thread pool, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Callback {
    Timer(u32),
    Immediate(u32),
    Work(u32),
}

impl Callback {
    /// Which one an action sets.
    fn set_by(action: Action) -> Option<Self> {
        match action {
            Action::TimerSet(id, _) => Some(Self::Timer(id)),
            Action::ImmediateSet(id) => Some(Self::Immediate(id)),
            Action::WorkQueued(id, _) => Some(Self::Work(id)),
            _ => None,
        }
    }

    /// The callback of which one an action begins.
    fn begun_by(action: Action) -> Option<Self> {
        match action {
            Action::TimerFired(id) => Some(Self::Timer(id)),
            Action::ImmediateRan(id) => Some(Self::Immediate(id)),
            Action::WorkDone(id) => Some(Self::Work(id)),
            _ => None,
        }
    }
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
fn world(options: &ProgramOptions, folder: &Path, choices: &Rc<RefCell<Chooser>>) -> World {
    let faults = Faults::new(choices.clone());
    let disk = Disk::new(folder, &options.readable, faults, EPOCH_MS * 1_000_000);
    let mut world = World::new(choices, options.thread_pool_size, disk);
    world.begin(&options.world);
    world
}

/// Steps between two interrupt polls of QuickJS.
const STEPS_PER_POLL: u64 = 10_000;

/// Callbacks that may still run once their limit is reached, for one of them to be polled in.
const LAST_CALLBACKS: u64 = 100_000;

impl Host {
    pub(crate) fn new(options: &ProgramOptions, folder: PathBuf) -> Self {
        let chooser = Chooser::new(options.seed, &options.chance, options.keep_points);
        let choices = Rc::new(RefCell::new(chooser));
        let mut clock = VirtualClock::new(choices.clone());
        if options.trace {
            clock.keep_readings();
        }
        Self {
            limits: options.limits,
            collection: Collection::default(),
            world: RefCell::new(world(options, &folder, &choices)),
            clock: RefCell::new(clock),
            choices,
            random: RefCell::new(options.seed.stream("runtime/Math.random")),
            random_bytes: RefCell::new(options.seed.stream("runtime/crypto")),
            timers: RefCell::default(),
            immediates: RefCell::default(),
            histograms: RefCell::default(),
            delays: RefCell::default(),
            loop_start_ns: Cell::new(None),
            turns: Cell::new(0),
            streams: RefCell::default(),
            modules: RefCell::default(),
            trace: RefCell::new(Trace::new(options.trace)),
            stdout: RefCell::default(),
            stderr: RefCell::default(),
            findings: RefCell::default(),
            sometimes: RefCell::default(),
            missing: RefCell::default(),
            tried: RefCell::default(),
            watch: Watch::default(),
            leaks: options.leaks,
            rejections: Cell::new(false),
            internal: RefCell::new(None),
            folder,
            places: RefCell::default(),
            next_place: RefCell::default(),
            running: RefCell::default(),
            choices_traced: Cell::new(0),
            compile_failed: Cell::new(false),
            ticks: Cell::new(0),
            phase: Cell::new(Phase::Main),
            callbacks: Cell::new(0),
            scopes: Cell::new(0),
            polls: Cell::new(0),
            all_polls: Cell::new(0),
            stopped_at: RefCell::default(),
            reached: Cell::new(None),
            stop: RefCell::new(None),
        }
    }

    /// The host that the prelude runs with, before there is a program.
    pub(crate) fn for_prelude(folder: PathBuf, tracing: bool) -> Self {
        let mut options = ProgramOptions::new(Seed::new(0));
        options.trace = tracing;
        Self::new(&options, folder)
    }

    /// Whether nothing is to be done, and nothing was said, or is wrong.
    pub(crate) fn is_idle(&self) -> bool {
        let waits = self.timers.borrow().due().is_some()
            || self.immediates.borrow().keep_alive()
            || self.world.borrow().keep_alive()
            || self.ticks_waiting();
        let told = self.rejections.get()
            || self.stop.borrow().is_some()
            || !(self.stdout.borrow().is_empty() && self.stderr.borrow().is_empty());
        !(waits || told)
    }

    /// Enters a phase; what follows is traced under it.
    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.set(phase);
    }

    /// Tells where the callback stands that is about to be set.
    pub(crate) fn set_place(&self, place: Option<String>) {
        *self.next_place.borrow_mut() = place;
    }

    /// Records that a callback was set, at the place that was told last.
    pub(crate) fn record_placed(&self, action: Action) {
        let place = self.next_place.borrow_mut().take();
        if let (Some(callback), Some(place)) = (Callback::set_by(action), &place) {
            self.places.borrow_mut().insert(callback, place.clone());
        }
        self.record(action, place);
    }

    /// Records what happens. The place of a callback that was set before is found again.
    pub(crate) fn record(&self, action: Action, place: Option<String>) {
        self.trace_choices();
        let at = self.clock.borrow().elapsed();
        let place = match Callback::begun_by(action) {
            Some(callback) => {
                let place = self.places.borrow().get(&callback).cloned();
                self.set_running(place.clone());
                place
            }
            None => place,
        };
        self.trace
            .borrow_mut()
            .record(at, self.phase.get(), action, place);
    }

    /// Puts the choices made since the last event into the trace.
    fn trace_choices(&self) {
        let choices = self.choices.borrow();
        let fresh = &choices.taken()[self.choices_traced.get()..];
        if fresh.is_empty() {
            return;
        }
        self.choices_traced.set(choices.taken().len());
        let mut trace = self.trace.borrow_mut();
        let place = if trace.keeps() { self.running() } else { None };
        for taken in fresh {
            let at = Duration::from_nanos(taken.at_ns);
            let action = Action::Chose(taken.choice);
            trace.record(at, self.phase.get(), action, place.clone());
        }
    }

    /// Where the running callback stands, while a trace is kept.
    pub(crate) fn running(&self) -> Option<String> {
        self.running.borrow().clone()
    }

    pub(crate) fn set_running(&self, place: Option<String>) {
        *self.running.borrow_mut() = place;
    }

    /// Where a timer's callback stands, while a trace is kept.
    pub(crate) fn place_of(&self, id: u32) -> Option<String> {
        self.places.borrow().get(&Callback::Timer(id)).cloned()
    }

    /// A choice that the program itself asks for.
    pub(crate) fn choose(&self, point: ChoicePoint) -> u8 {
        let at_ns = self.clock.borrow().elapsed().as_nanos() as u64;
        self.choices.borrow_mut().choose(point, at_ns)
    }

    /// Whether a test has failed.
    pub(crate) fn test_failed(&self) -> bool {
        let findings = self.findings.borrow();
        let mut kinds = findings.iter().map(|finding| finding.kind);
        kinds.any(|kind| kind == FindingKind::Test)
    }

    /// Something is wrong with the program; the same thing is said once.
    pub(crate) fn find(&self, kind: FindingKind, message: String, place: Option<String>) {
        let finding = Finding {
            kind,
            message,
            place,
        };
        let id = finding.id();
        let mut findings = self.findings.borrow_mut();
        if findings.iter().all(|known| known.id() != id) {
            drop(findings);
            self.record(Action::Found(kind), finding.place.clone());
            findings = self.findings.borrow_mut();
            findings.push(finding);
        }
    }

    /// The findings, once the program is over: a failure that nothing else explains is one too.
    pub(crate) fn take_findings(&self, exit_code: i32) -> Vec<Finding> {
        let mut findings = self.findings.take();
        let explained = |finding: &Finding| {
            use FindingKind::{Deadlock, Limit, Test, Uncaught, UnhandledRejection};
            matches!(
                finding.kind,
                Uncaught | UnhandledRejection | Test | Deadlock | Limit
            )
        };
        if exit_code != 0 && !findings.iter().any(explained) {
            let words = last_words(&self.stdout.borrow(), &self.stderr.borrow());
            findings.push(Finding {
                kind: FindingKind::ExitCode,
                message: format!("ended with exit code {exit_code}: {words}"),
                place: None,
            });
        }
        // What failed comes before what it left behind.
        findings.sort_by_key(|finding| finding.kind == FindingKind::Leak);
        findings
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

    /// The engine stops the program here, if it is for a limit.
    pub(crate) fn note_stop(&self, place: Option<String>) {
        if self.reached.get().is_some() && self.stopped_at.borrow().is_none() {
            *self.stopped_at.borrow_mut() = place;
        }
    }

    /// Counts a callback, and charges the clock for it.
    pub(crate) fn count_callback(&self) {
        let callbacks = self.callbacks.get() + 1;
        self.callbacks.set(callbacks);
        self.clock.borrow_mut().charge_callback();
        let limit = self.limits.callbacks;
        if callbacks > limit {
            self.reached.set(Some(Budget::Callbacks(limit)));
            if callbacks > limit + LAST_CALLBACKS {
                self.fail_with(RuntimeErrorKind::Budget(Budget::Callbacks(limit)));
            }
        }
        // A program that never sleeps passes its virtual time here.
        let limit = self.limits.virtual_time;
        if self.clock.borrow().elapsed() > limit {
            self.fail_with(RuntimeErrorKind::Budget(Budget::VirtualTime(limit)));
        }
    }

    /// The main script has run, and the loop begins.
    pub(crate) fn begin_loop(&self) {
        let now_ns = self.clock.borrow().elapsed_ns();
        self.loop_start_ns.set(Some(now_ns));
    }

    /// What watches the loop's delay comes to its timers.
    pub(crate) fn run_delay_watches(&self) {
        let now_ns = self.clock.borrow().elapsed_ns();
        let mut delays = self.delays.borrow_mut();
        delays.run(now_ns, &mut self.histograms.borrow_mut());
    }

    /// A callback and its ticks and microtasks are over.
    pub(crate) fn close_scope(&self) {
        self.scopes.set(self.scopes.get() + 1);
    }

    pub(crate) fn scopes(&self) -> u64 {
        self.scopes.get()
    }

    /// Loop turns and calls since the program started, in ten thousands.
    pub(crate) fn steps(&self) -> u64 {
        self.all_polls.get() * STEPS_PER_POLL
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
            self.reached.set(Some(Budget::Steps(limit)));
        }
        self.all_polls.set(self.all_polls.get() + 1);
        if let Some(budget) = self.reached.get() {
            self.fail_with(RuntimeErrorKind::Budget(budget));
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
