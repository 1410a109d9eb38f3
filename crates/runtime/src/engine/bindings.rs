//! The functions that the prelude's JavaScript calls on this side: its `host` object. They take
//! and give plain numbers, strings and booleans, and never call back into the program.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use rand::RngExt;
use rquickjs::function::IntoJsFunc;
use rquickjs::promise::PromiseState;
use rquickjs::{Array, Ctx, Function, Object, Result, TypedArray, Value};
use rtest_core::plan::UnhandledRejections;

use super::bytecode;
use super::host::Host;
use super::loader::run_main;
use super::modules::{file_of, module_package, resolve_import, resolve_require};
use super::packages::{self, NoPackage};
use super::promise_contexts::PromiseContexts;
use super::region::Meter;
use super::template::Installed;
use crate::clock::EPOCH_MS;
use crate::error::{Budget, RuntimeErrorKind};
use crate::event_loop::NewTimer;
use crate::explore::{ChoicePoint, FindingKind};
use crate::trace::Action;

/// The beginning of the function that a CommonJS module is wrapped into; on the module's first
/// line, columns are counted from behind it.
pub(crate) const COMMONJS_PREFIX: &str =
    "(function (exports, require, module, __filename, __dirname) { ";

/// Makes the `host` object.
pub(crate) fn host_object<'js>(
    ctx: &Ctx<'js>,
    host: &Rc<Host>,
    installed: &Installed,
    meter: &Meter,
) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("epochMs", EPOCH_MS as f64)?;
    object.set("argv", installed.argv.clone())?;
    let mode = installed.unhandled_rejections;
    object.set("unhandledRejections", mode.map(UnhandledRejections::name))?;
    object.set("folder", host.folder.to_string_lossy().into_owned())?;
    object.set("tracing", host.trace.borrow().keeps())?;
    object.set("commonJsPrefixLength", COMMONJS_PREFIX.len())?;
    let bindings = Bindings::new(ctx, &object);
    clock(&bindings, host)?;
    timers(&bindings, host)?;
    process(&bindings, host)?;
    modules(&bindings, host)?;
    let at = host.clone();
    bindings.add("world", move |ctx: Ctx<'js>| {
        super::world::world_object(&ctx, &at)
    })?;
    let at = host.clone();
    bindings.add("zlib", move |ctx: Ctx<'js>| {
        super::zlib::zlib_object(&ctx, &at)
    })?;
    let at = host.clone();
    bindings.add("performance", move |ctx: Ctx<'js>| {
        super::performance::performance_object(&ctx, &at)
    })?;
    let (of_usage, limit) = (meter.clone(), installed.memory);
    bindings.add("memory", move || {
        vec![
            of_usage.taken() as f64,
            of_usage.used() as f64,
            limit as f64,
        ]
    })?;
    let of_refused = meter.clone();
    bindings.add("memoryRefused", move || of_refused.refused())?;
    exploration(&bindings, host)?;
    bindings.add("promiseState", promise_state)?;
    let at = host.clone();
    bindings.add(
        "compileCommonJs",
        move |ctx: Ctx<'js>, path: String, text: String| {
            compile_commonjs(ctx, path, text).inspect_err(|_| at.compile_failed.set(true))
        },
    )?;
    bindings.add("prelude", super::prelude::lazy)?;
    bindings.add("jestLib", crate::jest::lib)?;
    bindings.add("nodeLib", crate::node::lib)?;
    bindings.add("nodeBinding", crate::node::binding)?;
    bindings.add("native", crate::node::native)?;
    Ok(object)
}

/// An object that functions are added to.
pub(super) struct Bindings<'a, 'js> {
    ctx: &'a Ctx<'js>,
    object: &'a Object<'js>,
}

impl<'a, 'js> Bindings<'a, 'js> {
    pub(super) fn new(ctx: &'a Ctx<'js>, object: &'a Object<'js>) -> Self {
        Self { ctx, object }
    }

    pub(super) fn add<P>(&self, name: &str, function: impl IntoJsFunc<'js, P> + 'js) -> Result<()> {
        let function = Function::new(self.ctx.clone(), function)?.with_name(name)?;
        self.object.set(name, function)
    }
}

fn clock(bindings: &Bindings<'_, '_>, host: &Rc<Host>) -> Result<()> {
    let at = host.clone();
    bindings.add("nowNs", move || -> f64 {
        at.clock.borrow_mut().read().as_nanos() as f64
    })?;
    let at = host.clone();
    bindings.add("ownNs", move || at.clock.borrow().own_ns() as f64)?;
    let at = host.clone();
    bindings.add("block", move |ms: f64| {
        if ms.is_finite() && ms > 0.0 {
            let wait = Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::MAX);
            at.clock.borrow_mut().block(wait);
        }
    })?;
    let at = host.clone();
    bindings.add("randomBytes", move |ctx, size: usize| {
        let mut bytes = vec![0; size];
        at.random_bytes.borrow_mut().fill(&mut bytes[..]);
        TypedArray::<u8>::new(ctx, bytes)
    })?;
    let at = host.clone();
    // 53 bits, as many as a double between 0 and 1 holds.
    bindings.add("random", move || -> f64 {
        let bits: u64 = at.random.borrow_mut().random();
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    })
}

/// What `timerStart` is told of a timer, as bits.
const REFERENCED: u32 = 1;
const REPEAT: u32 = 2;
const FRESH: u32 = 4;

fn timers(bindings: &Bindings<'_, '_>, host: &Rc<Host>) -> Result<()> {
    let at = host.clone();
    bindings.add("timerStart", move |slot: u32, ms: u32, bits: u32| {
        let now = at.clock.borrow_mut().read_loop_ms();
        let new = NewTimer {
            slot,
            duration_ms: ms,
            repeat: bits & REPEAT != 0,
            referenced: bits & REFERENCED != 0,
            fresh: bits & FRESH != 0,
        };
        let id = at.timers.borrow_mut().insert(new, now);
        at.record_placed(Action::TimerSet(id, ms));
    })?;
    let at = host.clone();
    bindings.add("timerRepeat", move |slot: u32, ms: u32| {
        let loop_ms = at.clock.borrow().loop_ms();
        at.timers.borrow_mut().repeat(slot, ms, loop_ms);
    })?;
    let at = host.clone();
    bindings.add("timerClear", move |slot: u32| {
        let cleared = at.timers.borrow_mut().clear(slot);
        if let Some(id) = cleared {
            at.record(Action::TimerCleared(id), None);
        }
    })?;
    let at = host.clone();
    bindings.add("timerRef", move |slot: u32, referenced: bool| {
        at.timers.borrow_mut().set_referenced(slot, referenced);
    })?;
    let at = host.clone();
    bindings.add("timerOfLibrary", move |slot: u32| {
        at.timers.borrow_mut().set_of_library(slot);
    })?;
    let at = host.clone();
    bindings.add("immediateStart", move |slot: u32| {
        let id = at.immediates.borrow_mut().push(slot);
        at.record_placed(Action::ImmediateSet(id));
    })?;
    let at = host.clone();
    bindings.add("immediateClear", move |slot: u32| {
        let cleared = at.immediates.borrow_mut().clear(slot);
        if let Some(id) = cleared {
            at.record(Action::ImmediateCleared(id), None);
        }
    })?;
    let at = host.clone();
    bindings.add("immediateRef", move |slot: u32, referenced: bool| {
        at.immediates.borrow_mut().set_referenced(slot, referenced);
    })?;
    let at = host.clone();
    bindings.add("immediateOfLibrary", move |slot: u32| {
        at.immediates.borrow_mut().set_of_library(slot);
    })?;
    let at = host.clone();
    bindings.add("activeTimers", move || {
        let timers = at.timers.borrow().referenced();
        vec![timers, at.immediates.borrow().referenced()]
    })?;
    let at = host.clone();
    bindings.add("place", move |place: Option<String>| at.set_place(place))?;
    let at = host.clone();
    bindings.add("requestBegan", move |id: u32, what: String| {
        at.record(Action::RequestBegan(id), Some(what));
    })?;
    let at = host.clone();
    bindings.add("requestEnded", move |id: u32, status: u16, what: String| {
        at.record(Action::RequestEnded(id, status), Some(what));
    })
}

fn process<'js>(bindings: &Bindings<'_, 'js>, host: &Rc<Host>) -> Result<()> {
    let at = host.clone();
    bindings.add("write", move |descriptor: u8, text: String| {
        at.write(descriptor, text.as_bytes());
    })?;
    let at = host.clone();
    bindings.add(
        "writeBytes",
        move |descriptor: u8, bytes: TypedArray<'_, u8>| {
            at.write(descriptor, &crate::bytes::copy_of(&bytes));
        },
    )?;
    let at = host.clone();
    bindings.add("addTick", move || at.add_tick())?;
    let at = host.clone();
    bindings.add("takeTick", move || at.take_tick())?;
    let at = host.clone();
    bindings.add("ticksWaiting", move || at.ticks_waiting())?;
    let at = host.clone();
    bindings.add("runJob", move |ctx: Ctx<'_>| {
        let ran = ctx.execute_pending_job();
        if ran && !PromiseContexts::of(&ctx).take_entered() {
            at.count_callback();
        }
        ran
    })?;
    bindings.add(
        "followPromises",
        |ctx: Ctx<'js>, current: Object<'js>, promise: Function<'js>| {
            PromiseContexts::follow(&ctx, &current, &promise)
                .map(|(getter, resolve)| vec![getter, resolve])
        },
    )?;
    let at = host.clone();
    bindings.add("callbackScope", move || at.scopes() as f64)?;
    let at = host.clone();
    bindings.add("rejection", move || at.rejections.set(true))?;
    let at = host.clone();
    bindings.add("uncaught", move || at.record(Action::Uncaught, None))?;
    let at = host.clone();
    bindings.add("exit", move |code: i32| at.exit(code))?;
    let at = host.clone();
    bindings.add("refuse", move |name: String, place: Option<String>| {
        let place = place.or_else(|| at.running());
        at.fail_with(RuntimeErrorKind::Unavailable { name, place });
    })?;
    let at = host.clone();
    bindings.add("tried", move |name: String, place: Option<String>| {
        at.tried.borrow_mut().insert((name, place));
    })?;
    let at = host.clone();
    bindings.add("missing", move |path: String| {
        *at.missing.borrow_mut() = Some(PathBuf::from(path));
    })?;
    let at = host.clone();
    bindings.add("outOfMemory", move || {
        let limit = at.limits.memory;
        at.fail_with(RuntimeErrorKind::Budget(Budget::Memory(limit)));
    })
}

/// What the program says of itself, and what the prelude notices.
fn exploration(bindings: &Bindings<'_, '_>, host: &Rc<Host>) -> Result<()> {
    let at = host.clone();
    bindings.add("running", move |place: Option<String>| {
        at.set_running(place)
    })?;
    let at = host.clone();
    bindings.add(
        "found",
        move |kind: String, message: String, place: Option<String>| {
            let kind = match kind.as_str() {
                "uncaught" => FindingKind::Uncaught,
                "rejection" => FindingKind::UnhandledRejection,
                "deadlock" => FindingKind::Deadlock,
                "leak" => FindingKind::Leak,
                "test" => FindingKind::Test,
                _ => FindingKind::Always,
            };
            at.find(kind, message, place);
        },
    )?;
    let at = host.clone();
    bindings.add(
        "sometimes",
        move |place: String, message: String, holds: bool| {
            *at.sometimes
                .borrow_mut()
                .entry((place, message))
                .or_default() |= holds;
        },
    )?;
    let at = host.clone();
    bindings.add("buggify", move || at.choose(ChoicePoint::Buggify) != 0)?;
    let at = host.clone();
    bindings.add("stoppedAt", move |place: Option<String>| {
        at.note_stop(place)
    })?;
    let at = host.clone();
    bindings.add("leaks", move || at.find_leaks())
}

fn modules<'js>(bindings: &Bindings<'_, 'js>, host: &Rc<Host>) -> Result<()> {
    bindings.add("resolveRequire", |base: String, specifier: String| {
        resolve_require(Path::new(&base), &specifier)
            .map(|path| path.to_string_lossy().into_owned())
    })?;
    bindings.add("modulePackage", |path: String| {
        module_package(Path::new(&path)).map(|found| found.to_string_lossy().into_owned())
    })?;
    bindings.add("isFolder", |path: String| Path::new(&path).is_dir())?;
    bindings.add("fileOf", |name: String| file_of(&name).to_owned())?;
    bindings.add("resolveImport", |base: String, specifier: String| {
        resolve_import(Path::new(&base), &specifier).map(|path| path.to_string_lossy().into_owned())
    })?;
    bindings.add(
        "resolvePackage",
        |base: String, specifier: String, is_import: bool| match packages::resolve(
            Path::new(&base),
            &specifier,
            is_import,
        ) {
            Ok(path) => Some(vec![path.to_string_lossy().into_owned()]),
            Err(NoPackage::Missing) => None,
            Err(NoPackage::Gone { file, package_json }) => Some(vec![
                file.to_string_lossy().into_owned(),
                String::new(),
                package_json.to_string_lossy().into_owned(),
            ]),
            Err(NoPackage::Kept(code, message)) => Some(vec![code.to_owned(), message]),
        },
    )?;
    let at = host.clone();
    bindings.add("formatOf", move |path: String| {
        let format = at.modules.borrow_mut().format(Path::new(file_of(&path)));
        format.map(|format| format.name())
    })?;
    let at = host.clone();
    bindings.add("runMainModule", move |ctx: Ctx<'_>, path: String| {
        run_main(&ctx, &at, &path)
    })?;
    let at = host.clone();
    bindings.add("readModule", move |ctx: Ctx<'_>, path: String| {
        super::loader::text(&ctx, &at, Path::new(file_of(&path)), false)
    })?;
    let at = host.clone();
    bindings.add("importsOf", move |ctx: Ctx<'js>, path: String| {
        let text = super::loader::text(&ctx, &at, Path::new(file_of(&path)), true)?;
        let imports = super::source::imports(&text);
        let found = Object::new(ctx)?;
        found.set("awaits", imports.awaits)?;
        found.set("specifiers", imports.specifiers.clone())?;
        Ok::<_, rquickjs::Error>(found)
    })?;
    bindings.add("evaluateModule", |ctx: Ctx<'js>, text: String| {
        super::loader::evaluate(&ctx, text)
    })?;
    let at = host.clone();
    bindings.add("callbacks", move || at.callbacks() as f64)?;
    let at = host.clone();
    bindings.add("mentions", move |words: String| {
        at.modules.borrow().mention(&words)
    })?;
    let at = host.clone();
    bindings.add("sourceLine", move |path: String, line: usize| {
        let of_program = at.modules.borrow().line(&path, line);
        of_program.or_else(|| crate::node::line(&path, line))
    })
}

/// `["pending"]`, `["fulfilled", value]` or `["rejected", reason]`.
fn promise_state<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Array<'js>> {
    let state = Array::new(ctx.clone())?;
    let Some(promise) = value.as_promise() else {
        return Ok(state);
    };
    let name = match promise.state() {
        PromiseState::Pending => "pending",
        PromiseState::Resolved => "fulfilled",
        PromiseState::Rejected => "rejected",
    };
    state.set(0, name)?;
    match promise.result::<Value<'js>>() {
        Some(Ok(value)) => state.set(1, value)?,
        Some(Err(_)) => state.set(1, ctx.catch())?,
        None => {}
    }
    Ok(state)
}

/// The function that a CommonJS module's text is wrapped into.
fn compile_commonjs<'js>(ctx: Ctx<'js>, path: String, text: String) -> Result<Function<'js>> {
    bytecode::function(&ctx, &path, format!("{COMMONJS_PREFIX}{text}\n}})"), false)
}
