use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rtest_core::Seed;
use rtest_core::plan::{SimWorld, UnhandledRejections};

use crate::engine::Runtime;
use crate::error::{RuntimeError, RuntimeErrorKind};
use crate::explore::{Chance, ChanceRecord, Finding};
use crate::trace::Trace;

/// How to run a program.
#[derive(Clone, Debug)]
pub struct ProgramOptions {
    /// Decides what the program itself draws (`Math.random`), and, where chance is
    /// [`Chance::Seeded`], everything that a real machine would leave to chance.
    pub seed: Seed,
    /// Who makes the choices that a real machine would leave to chance.
    pub chance: Chance,
    /// The program's arguments: `process.argv` from index 2.
    pub args: Vec<String>,
    /// Threads of the pool that files and name lookups run on: `UV_THREADPOOL_SIZE`, 4 unless
    /// set. 1 to 1024, as libuv has it.
    pub thread_pool_size: usize,
    /// Folders of the machine that the program may read: its simulated disk shows what is in them
    /// when it first looks. Absolute paths; nothing is ever written there.
    pub readable: Vec<PathBuf>,
    /// What becomes of a promise that is rejected and that nobody handles; Node's `throw` where
    /// nothing is said.
    pub unhandled_rejections: Option<UnhandledRejections>,
    /// What the world around the program is like, and what goes wrong in it, beside what the
    /// program itself makes of it.
    pub world: SimWorld,
    /// When to stop a program that does not stop by itself.
    pub limits: Limits,
    /// Whether to keep the trace's events; its hash is always there.
    pub trace: bool,
    /// Whether handles that a program leaves behind at its end are a finding.
    pub leaks: bool,
    /// How many of the points that the run comes to are kept in their order.
    pub keep_points: usize,
}

impl ProgramOptions {
    /// No arguments, four threads in the pool, default limits, no trace.
    pub fn new(seed: Seed) -> Self {
        Self {
            seed,
            chance: Chance::Seeded,
            args: Vec::new(),
            thread_pool_size: 4,
            readable: Vec::new(),
            unhandled_rejections: None,
            world: SimWorld::default(),
            limits: Limits::default(),
            trace: false,
            leaks: false,
            keep_points: 0,
        }
    }
}

/// When to stop a program that does not stop by itself. All of them count what the program does,
/// none the machine's time, so that a program stops at the same point everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Virtual time; 24 h unless set.
    pub virtual_time: Duration,
    /// Timers, immediates, ticks and promise jobs together; 20 million unless set.
    pub callbacks: u64,
    /// Loop turns and calls within one callback, counted in ten thousands; 1,000 million unless
    /// set, which is about a minute.
    pub steps: u64,
    /// Bytes of memory; [`Self::MEMORY`] unless set.
    pub memory: usize,
    /// Bytes of stdout and stderr together; 64 MiB unless set.
    pub output: usize,
    /// How long the loop may be held up while something waits for it, in virtual time without
    /// stalls; 100 ms unless set. Beyond it is a finding, and the program goes on.
    pub held: Duration,
}

impl Limits {
    /// Bytes of memory that a program may use unless more are granted: 2 GiB, about what Node's heap
    /// may grow to. Addresses only; pages that a program does not touch cost nothing.
    pub const MEMORY: usize = 2 << 30;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            virtual_time: Duration::from_secs(24 * 3600),
            callbacks: 20_000_000,
            steps: 1_000_000_000,
            memory: Self::MEMORY,
            output: 64 << 20,
            held: Duration::from_millis(100),
        }
    }
}

/// What a program did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramOutcome {
    /// The path for want of which it ended (`ENOENT`, and nothing caught it); absolute. The simulated
    /// disk does not have it, the machine may.
    pub missing: Option<PathBuf>,
    /// What its packages tried while they were loaded, and the runtime does not have: the name, and
    /// the place where it is known. They caught the error, or it ended the program.
    pub tried: BTreeSet<(String, Option<String>)>,
    /// What it wrote to stdout, byte for byte as Node would have.
    pub stdout: Vec<u8>,
    /// What it wrote to stderr, and the report of the exception that ended it, if one did.
    pub stderr: Vec<u8>,
    /// Its exit code, as Node's.
    pub exit_code: i32,
    /// How much virtual time it took.
    pub virtual_time: Duration,
    /// How many callbacks it ran: timers, immediates, ticks and promise jobs together.
    pub callbacks: u64,
    /// What is wrong with it, in the order in which it was seen.
    pub findings: Vec<Finding>,
    /// What chance decided.
    pub chance: ChanceRecord,
    /// Calls of `sometimes` of `rtest:sim`, by place and message: whether it ever held.
    pub sometimes: BTreeMap<(String, String), bool>,
    /// Bytes of memory that its engine had in use at most, the prelude's included.
    pub memory: usize,
    /// What happened, in order.
    pub trace: Trace,
    /// [`Trace::hash`], in hexadecimal.
    pub trace_hash: String,
}

/// The stack of the thread that a program runs on: more than the engine may use of it (see
/// `engine::STACK_BYTES`), since host functions run on it too. Only touched pages count.
const THREAD_STACK_BYTES: usize = 24 << 20;

/// Runs the program at `path` to its end.
///
/// # Errors
/// When it cannot be read, is no JavaScript file, uses what the runtime does not have, or runs
/// into a limit.
pub fn run_program(path: &Path, options: &ProgramOptions) -> Result<ProgramOutcome, RuntimeError> {
    on_own_stacks(path, 1, || run_here(path, options))?
        .pop()
        .expect("one thread gives one result")
}

/// Runs `work` on each of several threads whose stacks begin at the same place of a page on every
/// run: how deep a recursion gets is then always the same too.
pub(crate) fn on_own_stacks<T: Send>(
    path: &Path,
    threads: usize,
    work: impl Fn() -> T + Sync,
) -> Result<Vec<T>, RuntimeError> {
    let failed = |message: String| RuntimeError {
        program: path.to_owned(),
        kind: RuntimeErrorKind::Engine(message),
        outcome: None,
    };
    std::thread::scope(|scope| {
        let mut workers = Vec::new();
        for _ in 0..threads {
            let worker = std::thread::Builder::new()
                .name("rtest-runtime".to_owned())
                .stack_size(THREAD_STACK_BYTES)
                .spawn_scoped(scope, &work)
                .map_err(|error| failed(format!("no thread to run on: {error}")))?;
            workers.push(worker);
        }
        workers
            .into_iter()
            .map(|worker| {
                worker
                    .join()
                    .map_err(|_| failed("its thread panicked".to_owned()))
            })
            .collect()
    })
}

/// Runs the program on the calling thread, which must be one of [`on_own_stacks`]'s.
pub(crate) fn run_here(
    path: &Path,
    options: &ProgramOptions,
) -> Result<ProgramOutcome, RuntimeError> {
    Runtime::load(path, options)?.run()
}
