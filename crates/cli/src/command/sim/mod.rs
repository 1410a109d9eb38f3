//! `rtest sim`: one run of a program, or a search of many.

mod progress;
mod search;
mod trace;
mod world;

use std::io::Write as _;
use std::path::PathBuf;

use rtest_core::Seed;
use rtest_core::unit::format_size;
use rtest_runtime::{
    Chance, Finding, FindingKind, Limits, ProgramOptions, ProgramOutcome, RuntimeError,
    RuntimeErrorKind, Schedule, run_program,
};

use crate::args::SimArgs;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::shell::quoted;
use trace::TraceFile;

/// The seed of a run that was given none.
const FIRST_SEED: Seed = Seed::new(1);

pub(crate) fn execute(args: &SimArgs) -> Result<Exit, Failure> {
    let mut options = ProgramOptions::new(args.seed.unwrap_or(FIRST_SEED));
    options.args.clone_from(&args.args);
    options.leaks = args.leaks;
    options.unhandled_rejections = args.unhandled_rejections;
    options.limits.memory = args.memory as usize;
    options.thread_pool_size = usize::from(args.thread_pool);
    if let Some(given) = &args.world {
        options.world = world::read(given)?;
    }
    options.readable = granted(&args.allow_read)?;
    match args.search.seeds {
        Some(runs) => search::execute(args, options, runs),
        None => run(args, options),
    }
}

/// The folders that a program may read, by their whole paths.
fn granted(folders: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let whole = |folder: &PathBuf| match folder.canonicalize() {
        Ok(whole) if whole.is_dir() => Ok(whole),
        Ok(_) => Err(Failure::usage(format!(
            "error: --allow-read: {} is not a folder",
            folder.display()
        ))),
        Err(error) => Err(Failure::usage(format!(
            "error: --allow-read: {}: {error}",
            folder.display()
        ))),
    };
    folders.iter().map(whole).collect()
}

/// Runs one program: its output goes to the streams that node would write it to, its exit code is
/// the command's, and everything of rtest's own is on stderr.
fn run(args: &SimArgs, mut options: ProgramOptions) -> Result<Exit, Failure> {
    if let Some(given) = &args.replay {
        let schedule = schedule(given)?;
        options.seed = schedule.seed;
        options.chance = Chance::Forced(schedule.choices);
    } else if args.seed.is_none() {
        options.chance = Chance::Forced(Vec::new());
    }
    let trace = TraceFile::of(args)?;
    match checked(args, &options)? {
        Ok(outcome) => {
            show(&outcome)?;
            warn_of_tries(&outcome);
            hint_at_the_machine(&outcome, &options);
            if let Some(trace) = trace {
                trace.write(&outcome, args, &options)?;
            }
            Ok(Exit::Program(exit_code(&outcome, args)))
        }
        Err(RuntimeError {
            program,
            kind,
            outcome,
        }) => {
            if let Some(outcome) = outcome {
                show(&outcome)?;
                if let Some(trace) = trace {
                    trace.write(&outcome, args, &options)?;
                }
            }
            let exit = exit_of(&kind);
            let mut message = format!("error: {}: {kind}", program.display());
            if exit != Exit::Usage {
                message.push_str(&format!("\nreplay: {}", again(args, &options)));
            }
            Err(Failure { exit, message })
        }
    }
}

type Ran = Result<ProgramOutcome, RuntimeError>;

/// A run, with another one beside it that must give the same bytes, and, where that finds something
/// without its place, one that is traced: it changes nothing but that findings say where.
fn checked(args: &SimArgs, options: &ProgramOptions) -> Result<Ran, Failure> {
    let mut wanted = ProgramOptions {
        trace: args.trace.is_some(),
        ..options.clone()
    };
    let run = |options: &ProgramOptions| run_program(&args.program, options);
    if args.once {
        return Ok(run(&wanted));
    }
    let (plain, ran) = std::thread::scope(|scope| {
        let plain = scope.spawn(|| run(options));
        let ran = run(&wanted);
        (plain.join(), ran)
    });
    if !plain.is_ok_and(|plain| same(&plain, &ran)) {
        return Err(Failure::internal(format!(
            "error: {}: run twice under one schedule, it did not give the same bytes",
            args.program.display()
        )));
    }
    let is_lost = |finding: &Finding| finding.place.is_none() && !finding.kind.is_fatal();
    // A program that ran into a limit is not run through all of that once more.
    let lost = match &ran {
        Ok(outcome) => outcome.findings.iter().any(is_lost),
        Err(error) => matches!(
            error.kind,
            RuntimeErrorKind::Unavailable { place: None, .. }
        ),
    };
    if lost && !wanted.trace {
        wanted.trace = true;
        return Ok(run(&wanted));
    }
    Ok(ran)
}

fn same(first: &Ran, second: &Ran) -> bool {
    let outcomes = match (first, second) {
        (Ok(first), Ok(second)) => Some((first, second)),
        (Err(first), Err(second)) => {
            if first.kind.to_string() != second.kind.to_string() {
                return false;
            }
            first.outcome.as_deref().zip(second.outcome.as_deref())
        }
        _ => return false,
    };
    outcomes.is_none_or(|(first, second)| {
        first.trace_hash == second.trace_hash
            && (&first.stdout, &first.stderr, first.exit_code)
                == (&second.stdout, &second.stderr, second.exit_code)
    })
}

/// The schedule given as such or as a file that holds it.
fn schedule(given: &str) -> Result<Schedule, Failure> {
    let text = if given.starts_with("v1:") {
        given.to_owned()
    } else {
        std::fs::read_to_string(given).map_err(|error| {
            let is_missing = error.kind() == std::io::ErrorKind::NotFound;
            let hint = if is_missing {
                "; a schedule itself begins with `v1:`"
            } else {
                ""
            };
            Failure::usage(format!("error: {given}: {error}{hint}"))
        })?
    };
    text.parse()
        .map_err(|error| Failure::usage(format!("error: --replay: {error}")))
}

/// The program's own, but where it only failed what it asked rtest to check.
fn exit_code(outcome: &ProgramOutcome, args: &SimArgs) -> u8 {
    let asked_for = outcome.findings.iter().any(|finding| match finding.kind {
        FindingKind::Always | FindingKind::Deadlock => true,
        FindingKind::Leak => args.leaks,
        _ => false,
    });
    match outcome.exit_code as u8 {
        0 if asked_for => 1,
        code => code,
    }
}

fn exit_of(kind: &RuntimeErrorKind) -> Exit {
    match kind {
        RuntimeErrorKind::Unreadable(_) | RuntimeErrorKind::UnsupportedFile => Exit::Usage,
        RuntimeErrorKind::Unavailable { .. } | RuntimeErrorKind::Budget(_) => Exit::Failed,
        RuntimeErrorKind::Engine(_) => Exit::Internal,
    }
}

/// The command that makes this run again.
fn again(args: &SimArgs, options: &ProgramOptions) -> String {
    match &options.chance {
        Chance::Seeded => command(args, &format!("--seed {}", options.seed)),
        Chance::Forced(choices) => {
            let schedule = Schedule::new(options.seed, choices.clone());
            command(args, &format!("--replay {schedule}"))
        }
    }
}

/// `rtest sim PROGRAM HOW -- ARGUMENTS`, as it is typed.
fn command(args: &SimArgs, how: &str) -> String {
    let program = quoted(&args.program.display().to_string());
    let leaks = if args.leaks { " --leaks" } else { "" };
    let mut command = format!("rtest sim {program} {how}{leaks}");
    if let Some(mode) = args.unhandled_rejections {
        command.push_str(&format!(" --unhandled-rejections {}", mode.name()));
    }
    for folder in &args.allow_read {
        let folder = quoted(&folder.display().to_string());
        command.push_str(&format!(" --allow-read {folder}"));
    }
    if let Some(world) = &args.world {
        command.push_str(&format!(" --world {}", quoted(world)));
    }
    if args.memory != Limits::MEMORY as u64 {
        command.push_str(&format!(" --memory {}", format_size(args.memory)));
    }
    if args.thread_pool != SimArgs::THREAD_POOL {
        command.push_str(&format!(" --thread-pool {}", args.thread_pool));
    }
    if !args.args.is_empty() {
        command.push_str(" --");
    }
    for word in &args.args {
        command.push_str(&format!(" {}", quoted(word)));
    }
    command
}

/// Packages that are refused something while they are loaded go on as they see fit.
fn warn_of_tries(outcome: &ProgramOutcome) {
    for (name, place) in &outcome.tried {
        let place = place.as_ref();
        let place = place.map_or_else(String::new, |place| format!(" ({place})"));
        output::say(&format!(
            "rtest: warning: a package tried {name} while it was loaded, which is not here, and \
             went on without it{place}"
        ));
    }
}

/// A program that ended for want of a file of the machine hears how to read it.
fn hint_at_the_machine(outcome: &ProgramOutcome, options: &ProgramOptions) {
    let Some(path) = outcome.missing.as_deref().filter(|path| path.exists()) else {
        return;
    };
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if options
        .readable
        .iter()
        .any(|folder| whole.starts_with(folder))
    {
        return;
    }
    let folder = match path.parent() {
        Some(parent) if !path.is_dir() => parent,
        _ => path,
    };
    output::say(&format!(
        "rtest: hint: {} is on this machine, but the program's disk is simulated and begins empty; \
         `--allow-read {}` shows what is in that folder",
        path.display(),
        quoted(&folder.display().to_string())
    ));
}

fn show(outcome: &ProgramOutcome) -> Result<(), Failure> {
    output::data(&outcome.stdout)?;
    // Nobody is left to tell when stderr is closed.
    let _ = std::io::stderr().write_all(&outcome.stderr);
    for finding in &outcome.findings {
        // What ended the program is on stderr already.
        if !finding.kind.is_fatal() {
            output::say(&format!("rtest: {finding}"));
        }
    }
    Ok(())
}
