//! QuickJS with the prelude: one engine, one context, one program.

mod bindings;
pub(crate) mod bytecode;
mod host;
mod loader;
mod modules;
mod prelude;
mod world;

pub(crate) use host::Host;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use rquickjs::{Context, Ctx, Error, Function, Object, Persistent, Result, Runtime as QuickJs};

use crate::error::{RuntimeError, RuntimeErrorKind};
use crate::event_loop::{EventLoop, Main};
use crate::program::{ProgramOptions, ProgramOutcome};
use host::Stop;
use loader::ModuleLoader;
use modules::Format;

/// What the engine may use of the thread's stack: about as many calls deep as Node's default.
const STACK_BYTES: usize = 8 << 20;

/// Memory in use at which cycles are first looked for. The default of 256 KiB is less than what
/// the prelude takes, so that short programs would spend their time looking for nothing.
const GC_THRESHOLD_BYTES: usize = 8 << 20;

/// A program that is loaded and ready to run.
pub(crate) struct Runtime {
    engine: QuickJs,
    context: Context,
    host: Rc<Host>,
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
        let host = Rc::new(Host::new(options, folder));
        let format = host.modules.borrow_mut().format(&main);
        let Some(format @ (Format::CommonJs | Format::Module)) = format else {
            return Err(failed(RuntimeErrorKind::UnsupportedFile));
        };
        host.modules
            .borrow_mut()
            .text(&main)
            .map_err(|error| failed(RuntimeErrorKind::Unreadable(error)))?;
        let engine = |error: Error| failed(RuntimeErrorKind::Engine(error.to_string()));
        let quickjs = QuickJs::new().map_err(engine)?;
        quickjs.set_max_stack_size(STACK_BYTES);
        quickjs.set_memory_limit(options.limits.memory);
        quickjs.set_gc_threshold(GC_THRESHOLD_BYTES);
        let context = Context::full(&quickjs).map_err(engine)?;
        let argv = argv(&main, &options.args);
        context
            .with(|ctx| install(&ctx, &host, argv))
            .map_err(|message| failed(RuntimeErrorKind::Engine(message)))?;
        quickjs.set_loader(
            ModuleLoader { host: host.clone() },
            ModuleLoader { host: host.clone() },
        );
        let at = host.clone();
        quickjs.set_host_promise_rejection_tracker(Some(Box::new(
            move |ctx, promise, reason, handled| {
                let hook = loader::internal(&ctx, &at)
                    .and_then(|internal| internal.get::<_, Function<'_>>("trackRejection"));
                if let Ok(hook) = hook {
                    // The hook throws only when the program is out of memory or over.
                    let _ = hook.call::<_, ()>((promise, reason, handled));
                }
            },
        )));
        let at = host.clone();
        quickjs.set_interrupt_handler(Some(Box::new(move || at.interrupt())));
        Ok(Self {
            engine: quickjs,
            context,
            host,
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
            .context
            .with(|ctx| self.run_loop(&ctx))
            .unwrap_or_else(|error| {
                self.host.fail(error.to_string());
                0
            });
        let stop = self.host.take_stop();
        let exit_code = match stop {
            Some(Stop::Exited(code)) => code,
            _ => code,
        };
        if let Some(Stop::Failed(RuntimeErrorKind::Budget(budget))) = &stop {
            self.host.find_limit(*budget);
        }
        let outcome = self.outcome(exit_code);
        match stop {
            Some(Stop::Failed(kind)) => Err(RuntimeError {
                program: self.shown.clone(),
                kind,
                outcome: Some(Box::new(outcome)),
            }),
            _ => Ok(outcome),
        }
    }

    fn run_loop(&self, ctx: &Ctx<'_>) -> Result<i32> {
        let internal = loader::internal(ctx, &self.host)?;
        let event_loop = EventLoop {
            ctx: ctx.clone(),
            host: self.host.clone(),
            hooks: Hooks::of(&internal)?,
        };
        let path = self.main.to_string_lossy().into_owned();
        let main = match self.format {
            Format::Module => {
                let host = self.host.clone();
                Main::Module(Function::new(ctx.clone(), move |ctx: Ctx<'_>| {
                    run_module(&ctx, &host, &path)
                })?)
            }
            _ => Main::Script(
                internal
                    .get::<_, Function<'_>>("mainScript")?
                    .call((path,))?,
            ),
        };
        match event_loop.run(main) {
            Ok(()) => event_loop.hooks.exit_code.call(()),
            // The host knows why.
            Err(_) => Ok(0),
        }
    }

    fn outcome(&self, exit_code: i32) -> ProgramOutcome {
        let mut trace = self.host.trace.borrow().clone();
        trace.feed(&exit_code.to_le_bytes());
        ProgramOutcome {
            findings: self.host.take_findings(exit_code),
            chance: self.host.choices.borrow().record(),
            sometimes: self.host.sometimes.take(),
            stdout: self.host.stdout.take(),
            stderr: self.host.stderr.take(),
            exit_code,
            virtual_time: self.host.clock.borrow().elapsed(),
            callbacks: self.host.callbacks(),
            trace_hash: trace.hash(),
            trace,
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // What points from here into the engine goes first.
        self.host.internal.take();
        self.engine.set_host_promise_rejection_tracker(None);
        self.engine.set_interrupt_handler(None);
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
fn install(ctx: &Ctx<'_>, host: &Rc<Host>, argv: Vec<String>) -> std::result::Result<(), String> {
    let run = || -> Result<()> {
        let host_object = bindings::host_object(ctx, host, argv)?;
        let internal = Object::new(ctx.clone())?;
        for (name, text) in prelude::EAGER {
            prelude::evaluate(ctx, name, text)?
                .call::<_, ()>((host_object.clone(), internal.clone()))?;
        }
        *host.internal.borrow_mut() = Some(Persistent::save(ctx, internal));
        Ok(())
    };
    run().map_err(|error| match error {
        Error::Exception => {
            let thrown = ctx.catch();
            let stack = thrown
                .as_object()
                .and_then(|error| error.get::<_, String>("stack").ok());
            format!("prelude: {thrown:?} {}", stack.unwrap_or_default())
        }
        error => format!("prelude: {error}"),
    })
}

/// Runs the main module, and has the prelude watch its promise.
fn run_module(ctx: &Ctx<'_>, host: &Rc<Host>, path: &str) -> Result<()> {
    let (_, promise) = loader::declare(ctx, host, path)?.eval()?;
    let watch: Function<'_> = loader::internal(ctx, host)?.get("watchMain")?;
    watch.call((promise,))
}
