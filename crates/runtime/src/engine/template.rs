//! An engine in which the prelude has run, kept by its thread for the next seed.
//!
//! A seed does not get a used engine that was tidied up: all the memory that QuickJS has is put
//! back, byte for byte, to what it was right after the prelude. What the last seed did is not
//! there any more, whatever it was, and nothing of the engine has to be taken apart.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use rquickjs::{Context, Ctx, Error, Function, Runtime as QuickJs, qjs};
use rtest_core::plan::UnhandledRejections;
use rtest_core::unit::format_size;

use super::collection;
use super::host::Host;
use super::loader::{self, ModuleLoader};
use super::promise_contexts::PromiseContexts;
use super::region::{Meter, Region, Snapshot};
use super::{STACK_BYTES, described, install};
use crate::program::ProgramOptions;

/// A run that took more memory than this beyond what it began with does not leave its engine to
/// the next one.
const MOST_KEPT_BYTES: usize = 32 << 20;

/// Addresses for each byte that a program may use.
const REGION_SPREAD: usize = 4;

/// Everything that the prelude has seen of the options and the program when it ran. A new entry
/// of the `host` object that is not a function belongs here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Installed {
    pub(crate) main: PathBuf,
    pub(crate) argv: Vec<String>,
    /// What of Node's library is loaded.
    ahead: Rc<[&'static str]>,
    pub(crate) unhandled_rejections: Option<UnhandledRejections>,
    tracing: bool,
    pub(crate) memory: usize,
}

impl Installed {
    pub(crate) fn new(
        main: PathBuf,
        argv: Vec<String>,
        ahead: Rc<[&'static str]>,
        options: &ProgramOptions,
    ) -> Self {
        Self {
            main,
            argv,
            ahead,
            unhandled_rejections: options.unhandled_rejections,
            tracing: options.trace,
            memory: options.limits.memory,
        }
    }
}

/// An engine with its prelude. Fields are dropped in this order: the region goes last.
pub(crate) struct Engine {
    pub(crate) context: Context,
    pub(crate) host: Rc<Host>,
    quickjs: QuickJs,
    installed: Installed,
    snapshot: Snapshot,
    region: Region,
}

thread_local! {
    static KEPT: RefCell<Option<Engine>> = const { RefCell::new(None) };
}

impl Engine {
    /// The thread's engine, if it has one with the same prelude, or a new one; with this host.
    ///
    /// # Errors
    /// What went wrong with the engine or its prelude, in words.
    pub(crate) fn with_host(host: Host, installed: Installed) -> Result<Self, String> {
        let kept = KEPT.with_borrow_mut(Option::take);
        let engine = match kept {
            Some(engine) if engine.installed == installed => engine,
            _ => Self::new(installed)?,
        };
        engine.set_host(host);
        engine.set_stack_top();
        Ok(engine)
    }

    fn new(installed: Installed) -> Result<Self, String> {
        let engine = |error: Error| error.to_string();
        let region = Region::new(installed.memory, REGION_SPREAD)
            .ok_or_else(|| no_room(installed.memory))?;
        let quickjs = QuickJs::new_with_alloc(region.allocator()).map_err(engine)?;
        quickjs.set_max_stack_size(STACK_BYTES);
        // The prelude leaves no cycles to look for.
        quickjs.set_gc_threshold(usize::MAX);
        let context = Context::full(&quickjs).map_err(engine)?;
        let folder = installed.main.parent().unwrap_or(&installed.main);
        let host = Rc::new(Host::for_prelude(folder.to_owned(), installed.tracing));
        context.with(|ctx| install(&ctx, &host, &installed, &region.meter()))?;
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
                    let context = PromiseContexts::of(&ctx).of_promise(&ctx, &promise);
                    // The hook throws only when the program is out of memory or over.
                    let _ = hook.call::<_, ()>((promise, reason, handled, context));
                }
            },
        )));
        if !installed.ahead.is_empty() {
            context.with(|ctx| load_ahead(&ctx, &host, &installed.ahead))?;
            quickjs.run_gc();
        }
        let first = collection::next(region.meter().taken(), installed.memory);
        quickjs.set_gc_threshold(first);
        let at = host.clone();
        let heap = context.with(|ctx| collection::Heap::of(&ctx));
        quickjs.set_interrupt_handler(Some(Box::new(move || {
            at.collection.pace(heap, at.limits.memory);
            at.interrupt()
        })));
        let snapshot = region.snapshot();
        Ok(Self {
            context,
            host,
            quickjs,
            installed,
            snapshot,
            region,
        })
    }

    /// Puts another host in the place of the one that all bindings share.
    #[allow(unsafe_code)]
    fn set_host(&self, host: Host) {
        host.internal.replace(self.host.internal.take());
        let place = Rc::as_ptr(&self.host).cast_mut();
        // SAFETY: no program runs, so nothing is borrowed from the host; the bindings that share
        // it find the new one in the same place.
        let last = unsafe { std::mem::replace(&mut *place, host) };
        drop(last);
    }

    /// Bytes of memory that the engine has had in use.
    pub(crate) fn memory(&self) -> usize {
        self.meter().used()
    }

    /// What tells how much of its memory is in use.
    pub(crate) fn meter(&self) -> Meter {
        self.region.meter()
    }

    /// Has the stack counted from here, wherever the engine was made.
    #[allow(unsafe_code)]
    fn set_stack_top(&self) {
        self.context.with(|ctx| {
            // SAFETY: the engine is entered, on this thread.
            unsafe { qjs::JS_UpdateStackTop(qjs::JS_GetRuntime(ctx.as_raw().as_ptr())) };
        });
    }

    /// Leaves the engine, as it was right after its prelude, to the thread's next program.
    #[allow(unsafe_code)]
    pub(crate) fn leave(self) {
        let used = self
            .region
            .meter()
            .used()
            .saturating_sub(self.snapshot.len());
        let Installed { main, tracing, .. } = &self.installed;
        let folder = main.parent().unwrap_or(main);
        self.set_host(Host::for_prelude(folder.to_owned(), *tracing));
        self.context.with(|ctx| PromiseContexts::of(&ctx).forget());
        // SAFETY: the program is over, and what its host held of it was let go of above; the
        // prelude's shared object was there at the snapshot, as were the bindings, which are all
        // that the engine owns of ours.
        unsafe { self.region.restore(&self.snapshot) };
        if used <= MOST_KEPT_BYTES {
            KEPT.set(Some(self));
        }
    }
}

/// Loads what the program will load. The host is only the prelude's yet: what loading may take of its
/// clock and its chance, no program sees.
fn load_ahead(ctx: &Ctx<'_>, host: &Rc<Host>, names: &[&'static str]) -> Result<(), String> {
    let load = || -> rquickjs::Result<()> {
        let internal = loader::internal(ctx, host)?;
        let load: Function<'_> = internal.get("loadAhead")?;
        for name in names {
            load.call::<_, ()>((*name,))?;
            // Promises that are there to be waited for later.
            while ctx.execute_pending_job() {}
        }
        Ok(())
    };
    load().map_err(|error| format!("{names:?} cannot be loaded: {}", described(ctx, error)))?;
    match host.is_idle() {
        true => Ok(()),
        false => Err(format!("loading {names:?} has left something to do")),
    }
}

fn no_room(memory: usize) -> String {
    let memory = format_size(memory as u64);
    format!("the machine has no addresses for the {memory} of memory that the program may use")
}

impl Drop for Engine {
    fn drop(&mut self) {
        // What points from here into the engine goes first.
        self.host.internal.take();
        self.quickjs.set_host_promise_rejection_tracker(None);
        self.quickjs.set_interrupt_handler(None);
    }
}
