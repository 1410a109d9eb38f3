use std::cell::Cell;
use std::io;
use std::ptr;
use std::rc::Rc;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use rquickjs::context::EvalOptions;
use rquickjs::function::{Opt, Rest};
use rquickjs::promise::PromiseState;
use rquickjs::{Context, Ctx, Error, Exception, Function, Result, Runtime, Value, qjs};

use super::call::{Answer, HostCall, HostFunction, HostFunctionKind, ScriptValue, arguments};
use super::options::VirtualUserOptions;
use crate::engine::{Meter, Region};

/// A script on a stack of its own.
///
/// # Cancellation
/// Resuming with [`Answer::Cancel`], or dropping, ends the script where it sleeps: no `catch`
/// and no `finally` of it runs. A script that never sleeps ends at its limits.
pub struct VirtualUser {
    coroutine: Option<Coroutine<Answer, HostCall, Ended>>,
    shared: Rc<Shared>,
}

/// How far a script has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// It sleeps until it is resumed with the host's answer.
    Call(HostCall),
    /// It is over.
    Ended(Ended),
}

/// How a script ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// With this value: its last expression's, or what that promised.
    Returned(ScriptValue),
    /// With an exception that it did not catch, in words, with its stack if it has one.
    Threw(String),
    /// It was cancelled.
    Cancelled,
    /// It ran for longer than it may between two calls of its host.
    TooLong,
    /// It used more memory than it may.
    OutOfMemory,
    /// There was no memory for an engine.
    NotStarted(String),
}

/// What a user's two sides share.
struct Shared {
    /// What the script's stack is left by; null while the script is not running.
    yielder: Cell<*const Yielder<Answer, HostCall>>,
    cancelled: Cell<bool>,
    too_long: Cell<bool>,
    polls: Cell<u64>,
    steps: u64,
}

/// Steps between two interrupt polls of QuickJS.
const STEPS_PER_POLL: u64 = 10_000;

/// What of a stack is kept from the script, for the engine and the host's own functions.
const STACK_RESERVE: usize = 128 << 10;

/// Addresses for each byte that a script may use.
const REGION_SPREAD: usize = 2;

impl VirtualUser {
    /// A user that will run `text` as a script; `name` is the file's, for stacks. It has begun
    /// once it is first resumed.
    ///
    /// # Errors
    /// When the system has no room for its stack.
    pub fn new(name: &str, text: &str, options: &VirtualUserOptions) -> io::Result<Self> {
        let shared = Rc::new(Shared {
            yielder: Cell::new(ptr::null()),
            cancelled: Cell::new(false),
            too_long: Cell::new(false),
            polls: Cell::new(0),
            steps: options.steps,
        });
        let stack_bytes = options.stack.max(2 * STACK_RESERVE);
        let stack = DefaultStack::new(stack_bytes)?;
        let (at, name, text) = (shared.clone(), name.to_owned(), text.to_owned());
        let (functions, memory) = (options.functions.clone(), options.memory);
        let coroutine = Coroutine::with_stack(stack, move |yielder, first| {
            at.yielder.set(yielder);
            if first == Answer::Cancel {
                return Ended::Cancelled;
            }
            let limits = (stack_bytes - STACK_RESERVE, memory);
            let ended = run(&at, &name, &text, &functions, limits);
            at.yielder.set(ptr::null());
            ended
        });
        Ok(Self {
            coroutine: Some(coroutine),
            shared,
        })
    }

    /// Runs the script to its next call of the host, or to its end. The first answer is not
    /// looked at unless it is [`Answer::Cancel`]. A user that has ended is cancelled for ever.
    pub fn resume(&mut self, answer: Answer) -> Progress {
        if answer == Answer::Cancel {
            self.shared.cancelled.set(true);
        }
        self.shared.polls.set(0);
        let Some(coroutine) = &mut self.coroutine else {
            return Progress::Ended(Ended::Cancelled);
        };
        match coroutine.resume(answer) {
            CoroutineResult::Yield(call) => Progress::Call(call),
            CoroutineResult::Return(ended) => {
                self.coroutine = None;
                Progress::Ended(ended)
            }
        }
    }

    /// Whether the script is over.
    pub fn is_over(&self) -> bool {
        self.coroutine.is_none()
    }
}

impl Drop for VirtualUser {
    fn drop(&mut self) {
        let Some(coroutine) = &self.coroutine else {
            return;
        };
        if coroutine.started() {
            // Its stack holds frames of the engine, which only the engine may leave. A script
            // that is cancelled does not sleep again.
            while !self.is_over() {
                self.resume(Answer::Cancel);
            }
        }
    }
}

impl Shared {
    /// The engine's regular question whether to go on.
    fn interrupt(&self) -> bool {
        let polls = self.polls.get() + 1;
        self.polls.set(polls);
        if polls.saturating_mul(STEPS_PER_POLL) > self.steps {
            self.too_long.set(true);
        }
        self.is_over()
    }

    fn is_over(&self) -> bool {
        self.cancelled.get() || self.too_long.get()
    }

    /// Sleeps until the host has answered.
    #[allow(unsafe_code)]
    fn sleep(&self, call: HostCall) -> Answer {
        let yielder = self.yielder.get();
        if self.is_over() || yielder.is_null() {
            return Answer::Cancel;
        }
        // SAFETY: the yielder is that of the coroutine that runs now: only its script calls
        // this, and the pointer is taken back before the coroutine ends.
        unsafe { &*yielder }.suspend(call)
    }

    /// Calls the host from the script.
    fn call<'js>(&self, ctx: &Ctx<'js>, call: HostCall) -> Result<ScriptValue> {
        match self.sleep(call) {
            Answer::Return(value) => Ok(value),
            Answer::Throw(message) => Err(Exception::throw_message(ctx, &message)),
            Answer::Cancel => Err(throw_uncatchable(ctx)),
        }
    }
}

/// Throws what no script can catch.
#[allow(unsafe_code)] // rquickjs has no name for it
fn throw_uncatchable(ctx: &Ctx<'_>) -> Error {
    let thrown = match Exception::from_message(ctx.clone(), "cancelled") {
        Ok(exception) => exception.into_value(),
        Err(error) => return error,
    };
    // SAFETY: the context is entered, and the value is an error of it.
    unsafe { qjs::JS_SetUncatchableError(ctx.as_raw().as_ptr(), thrown.as_raw()) };
    ctx.throw(thrown)
}

/// Runs a script from its beginning to its end, on the stack that it is called on.
fn run(
    shared: &Rc<Shared>,
    name: &str,
    text: &str,
    functions: &[HostFunction],
    (stack, memory): (usize, usize),
) -> Ended {
    // It goes last.
    let Some(region) = Region::new(memory, REGION_SPREAD) else {
        return Ended::NotStarted("there is no room for its memory".to_owned());
    };
    let engine = || -> Result<(Runtime, Context)> {
        let runtime = Runtime::new_with_alloc(region.allocator())?;
        runtime.set_max_stack_size(stack);
        let at = shared.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || at.interrupt())));
        let context = Context::full(&runtime)?;
        Ok((runtime, context))
    };
    let (runtime, context) = match engine() {
        Ok(engine) => engine,
        Err(error) => return Ended::NotStarted(error.to_string()),
    };
    let ended = context.with(|ctx| {
        let mut options = EvalOptions::default();
        options.filename = Some(name.to_owned());
        let value = install(&ctx, shared, functions)
            .and_then(|()| ctx.eval_with_options::<Value<'_>, _>(text, options));
        let ended = settle(&ctx, shared, value, &region.meter());
        if shared.too_long.get() {
            return Ended::TooLong;
        }
        if shared.cancelled.get() {
            return Ended::Cancelled;
        }
        ended
    });
    drop(context);
    runtime.set_interrupt_handler(None);
    drop(runtime);
    ended
}

/// Gives the script its functions.
fn install<'js>(ctx: &Ctx<'js>, shared: &Rc<Shared>, functions: &[HostFunction]) -> Result<()> {
    for HostFunction { name, kind } in functions {
        let (at, function) = (shared.clone(), name.clone());
        let function = match kind {
            HostFunctionKind::Call => Function::new(
                ctx.clone(),
                move |ctx: Ctx<'js>, values: Rest<Value<'js>>| -> Result<ScriptValue> {
                    let call = HostCall {
                        function: function.clone(),
                        arguments: arguments(&ctx, values)?,
                    };
                    at.call(&ctx, call)
                },
            )?,
            HostFunctionKind::Around => Function::new(
                ctx.clone(),
                move |ctx: Ctx<'js>, label: String, inner: Opt<Value<'js>>| {
                    around(&ctx, &at, &function, &label, inner)
                },
            )?,
        };
        ctx.globals()
            .set(name.as_str(), function.with_name(name)?)?;
    }
    Ok(())
}

/// A function of the host's that calls one of the script's, which may sleep as well.
fn around<'js>(
    ctx: &Ctx<'js>,
    shared: &Shared,
    function: &str,
    label: &str,
    inner: Opt<Value<'js>>,
) -> Result<Value<'js>> {
    let Some(inner) = inner.0.as_ref().and_then(Value::as_function) else {
        let message = format!("{function} needs a function to call");
        return Err(Exception::throw_type(ctx, &message));
    };
    let call = |over| HostCall {
        function: function.to_owned(),
        arguments: vec![ScriptValue::Text(label.to_owned()), ScriptValue::Bool(over)],
    };
    shared.call(ctx, call(false))?;
    let result = inner.call::<_, Value<'js>>(());
    if result.is_ok() {
        shared.call(ctx, call(true))?;
    }
    result
}

/// Runs promise jobs until none is left, and tells how the script ended.
fn settle<'js>(ctx: &Ctx<'js>, shared: &Shared, value: Result<Value<'js>>, meter: &Meter) -> Ended {
    while !shared.is_over() && value.is_ok() && ctx.execute_pending_job() {}
    let value = match value {
        Ok(value) => value,
        Err(error) => return failed(ctx, error, meter),
    };
    let promised = value.as_promise().map(|promise| {
        let state = promise.state();
        (state, promise.result::<Value<'js>>())
    });
    match promised {
        Some((PromiseState::Pending, _) | (_, None)) => {
            Ended::Threw("its promise is never settled".to_owned())
        }
        Some((_, Some(Err(error)))) => failed(ctx, error, meter),
        Some((_, Some(Ok(value)))) => returned(ctx, value, meter),
        None => returned(ctx, value, meter),
    }
}

fn returned<'js>(ctx: &Ctx<'js>, value: Value<'js>, meter: &Meter) -> Ended {
    match rquickjs::FromJs::from_js(ctx, value) {
        Ok(value) => Ended::Returned(value),
        Err(error) => failed(ctx, error, meter),
    }
}

/// What was thrown, in words.
fn failed(ctx: &Ctx<'_>, error: Error, meter: &Meter) -> Ended {
    if !matches!(error, Error::Exception) {
        return Ended::Threw(error.to_string());
    }
    let thrown = ctx.catch();
    let Some(exception) = thrown.as_exception() else {
        return match thrown.is_null() && meter.refused() {
            // There was not even memory for an error.
            true => Ended::OutOfMemory,
            false => Ended::Threw(format!("{thrown:?}")),
        };
    };
    let message = exception.message().unwrap_or_default();
    let name: String = exception.get("name").unwrap_or_default();
    if message == "out of memory" && meter.refused() {
        return Ended::OutOfMemory;
    }
    let stack = exception.stack().unwrap_or_default();
    Ended::Threw(format!("{name}: {message}\n{stack}").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_that_never_began_is_dropped_without_running() {
        let user = VirtualUser::new("a.js", "throw 1", &VirtualUserOptions::default());
        let user = user.expect("there is room");
        let shared = user.shared.clone();
        drop(user);
        assert!(shared.yielder.get().is_null());
    }
}
