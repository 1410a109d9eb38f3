//! QuickJS with the prelude: one engine, one context, one program.

mod ahead;
mod bindings;
pub(crate) mod bytecode;
mod collection;
mod host;
mod loader;
mod modules;
mod packages;
mod performance;
mod prelude;
mod promise_contexts;
mod region;
mod source;
mod template;
mod wishes;
mod world;
mod zlib;

pub(crate) use host::Host;
pub(crate) use promise_contexts::PromiseContexts;
pub(crate) use region::{Meter, Region};

use std::path::{Path, PathBuf};
use std::rc::Rc;

use rquickjs::{Ctx, Error, Function, Object, Persistent, Result};

use crate::error::{Budget, RuntimeError, RuntimeErrorKind};
use crate::event_loop::{EventLoop, Main};
use crate::program::{ProgramOptions, ProgramOutcome};
use host::Stop;
use modules::Format;
use source::NoSource;
use template::{Engine, Installed};

/// What the engine may use of the thread's stack: about as many calls deep as Node's default.
const STACK_BYTES: usize = 8 << 20;

/// A program that is loaded and ready to run.
pub(crate) struct Runtime {
    engine: Engine,
    main: PathBuf,
    format: Format,
    shown: PathBuf,
}

/// What the loop calls in the prelude.
pub(crate) struct Hooks<'js> {
    /// Runs the callback of a timer, by id.
    pub(crate) fire_timer: Function<'js>,
    /// Runs the callback of an immediate, by id.
    pub(crate) fire_immediate: Function<'js>,
    /// Runs the oldest tick.
    pub(crate) run_tick: Function<'js>,
    /// Reports rejections without a handler; returns whether it did anything.
    pub(crate) process_rejections: Function<'js>,
    /// Hands an exception to the program's listeners, or ends the program.
    pub(crate) on_uncaught: Function<'js>,
    /// Emits `beforeExit`.
    pub(crate) emit_before_exit: Function<'js>,
    /// Emits `exit`.
    pub(crate) emit_exit: Function<'js>,
    /// The prelude's shared object, for what few programs need.
    pub(crate) internal: Object<'js>,
    /// The exit code as it stands.
    exit_code: Function<'js>,
}

impl<'js> Hooks<'js> {
    fn of(internal: &Object<'js>) -> Result<Self> {
        Ok(Self {
            fire_timer: internal.get("fireTimer")?,
            fire_immediate: internal.get("fireImmediate")?,
            run_tick: internal.get("runTick")?,
            process_rejections: internal.get("processRejections")?,
            on_uncaught: internal.get("onUncaught")?,
            emit_before_exit: internal.get("emitBeforeExit")?,
            emit_exit: internal.get("emitExit")?,
            internal: internal.clone(),
            exit_code: internal.get("exitCode")?,
        })
    }
}

impl Runtime {
    /// Makes an engine for the program at `path`, and runs the prelude in it.
    ///
    /// # Errors
    /// When the program's file cannot be read or is no JavaScript file.
    pub(crate) fn load(
        path: &Path,
        options: &ProgramOptions,
    ) -> std::result::Result<Self, RuntimeError> {
        let failed = |kind| RuntimeError {
            program: path.to_owned(),
            kind,
            outcome: None,
        };
        let main = path
            .canonicalize()
            .map_err(|error| failed(RuntimeErrorKind::Unreadable(error)))?;
        let folder = main.parent().unwrap_or(Path::new("/")).to_owned();
        let host = Host::new(options, folder);
        if options.trace {
            let name = main.file_name().unwrap_or_default();
            host.set_running(Some(name.to_string_lossy().into_owned()));
        }
        let format = host.modules.borrow_mut().format(&main);
        let Some(format @ (Format::CommonJs | Format::Module)) = format else {
            return Err(failed(RuntimeErrorKind::UnsupportedFile));
        };
        // What else is wrong with it, the program's own report tells.
        let text = host.modules.borrow_mut().text(&main);
        let ahead = match text {
            Ok(text) => ahead::of(&main, &text),
            Err(NoSource::Unreadable(error)) => {
                return Err(failed(RuntimeErrorKind::Unreadable(error)));
            }
            Err(_) => Rc::default(),
        };
        let argv = argv(&main, &options.args);
        let installed = Installed::new(main.clone(), argv, ahead, options);
        let engine = Engine::with_host(host, installed)
            .map_err(|message| failed(RuntimeErrorKind::Engine(message)))?;
        Ok(Self {
            engine,
            main,
            format,
            shown: path.to_owned(),
        })
    }

    /// Runs the program to its end.
    ///
    /// # Errors
    /// When it uses what the runtime does not have, or runs into a limit.
    pub(crate) fn run(self) -> std::result::Result<ProgramOutcome, RuntimeError> {
        let code = self
            .engine
            .context
            .with(|ctx| self.run_loop(&ctx))
            .unwrap_or_else(|error| {
                self.engine.host.fail(error.to_string());
                0
            });
        if self.engine.host.compile_failed.get() && self.engine.meter().refused() {
            // The engine takes a file that it has no memory to compile for one that is wrong.
            let limit = self.engine.host.limits.memory;
            self.engine.host.take_stop();
            self.engine
                .host
                .fail_with(RuntimeErrorKind::Budget(Budget::Memory(limit)));
        }
        let stop = self.engine.host.take_stop();
        let exit_code = match stop {
            Some(Stop::Exited(code)) => code,
            _ => code,
        };
        if let Some(Stop::Failed(RuntimeErrorKind::Budget(budget))) = &stop {
            self.engine.host.find_limit(*budget);
        }
        let outcome = self.outcome(exit_code);
        self.engine.leave();
        match stop {
            Some(Stop::Failed(kind)) => Err(RuntimeError {
                program: self.shown,
                kind,
                outcome: Some(Box::new(outcome)),
            }),
            _ => Ok(outcome),
        }
    }

    fn run_loop(&self, ctx: &Ctx<'_>) -> Result<i32> {
        let host = &self.engine.host;
        let internal = loader::internal(ctx, host)?;
        let event_loop = EventLoop {
            ctx: ctx.clone(),
            host: host.clone(),
            hooks: Hooks::of(&internal)?,
            contexts: PromiseContexts::of(ctx),
            meter: self.engine.meter(),
        };
        let path = self.main.to_string_lossy().into_owned();
        let begin = |name: &str| -> Result<Function<'_>> {
            internal.get::<_, Function<'_>>(name)?.call((path,))
        };
        let main = match self.format {
            Format::Module => Main::Module(begin("mainModule")?),
            _ => Main::Script(begin("mainScript")?),
        };
        match event_loop.run(main) {
            Ok(()) => event_loop.hooks.exit_code.call(()),
            // The host knows why.
            Err(_) => Ok(0),
        }
    }

    fn outcome(&self, exit_code: i32) -> ProgramOutcome {
        let host = &self.engine.host;
        let mut trace = host.trace.borrow().clone();
        trace.feed(&exit_code.to_le_bytes());
        trace.set_clock(host.clock.borrow_mut().take_readings());
        ProgramOutcome {
            findings: host.take_findings(exit_code),
            chance: host.choices.borrow().record(),
            sometimes: host.sometimes.take(),
            missing: host.missing.take(),
            tried: host.tried.take(),
            stdout: host.stdout.take(),
            stderr: host.stderr.take(),
            exit_code,
            virtual_time: host.clock.borrow().elapsed(),
            callbacks: host.callbacks(),
            memory: self.engine.memory(),
            trace_hash: trace.hash(),
            trace,
        }
    }
}

/// `process.argv`. The path of Node itself is fixed: it is a fact about the machine.
fn argv(main: &Path, args: &[String]) -> Vec<String> {
    [
        "/usr/local/bin/node".to_owned(),
        main.to_string_lossy().into_owned(),
    ]
    .into_iter()
    .chain(args.iter().cloned())
    .collect()
}

/// Runs the prelude; its shared object goes to the host.
fn install(
    ctx: &Ctx<'_>,
    host: &Rc<Host>,
    installed: &Installed,
    meter: &Meter,
) -> std::result::Result<(), String> {
    let run = || -> Result<()> {
        let host_object = bindings::host_object(ctx, host, installed, meter)?;
        let internal = Object::new(ctx.clone())?;
        for (name, text) in prelude::EAGER {
            prelude::evaluate(ctx, name, text)?
                .call::<_, ()>((host_object.clone(), internal.clone()))?;
        }
        *host.internal.borrow_mut() = Some(Persistent::save(ctx, internal));
        Ok(())
    };
    run().map_err(|error| format!("prelude: {}", described(ctx, error)))
}

/// What went wrong in code of ours, with its stack where it was thrown.
fn described(ctx: &Ctx<'_>, error: Error) -> String {
    let Error::Exception = error else {
        return error.to_string();
    };
    let thrown = ctx.catch();
    let stack = thrown
        .as_object()
        .and_then(|error| error.get::<_, String>("stack").ok());
    format!("{thrown:?} {}", stack.unwrap_or_default())
}
