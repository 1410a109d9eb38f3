//! Has the code that goes on after a promise do so in its own async context: with the stores of
//! `AsyncLocalStorage` that there were where it was told to wait.
//!
//! ```text
//!            await p · p.then(f)                    p settles
//!                    │                                  │
//!   reads p.constructor: our getter                     │
//!                    │                                  ▼
//!      pending: an `enter` reaction       jobs:  … enter, f, …  enter, rest of the function
//!      settled: an `enter` job now               each `enter` right before what it is for
//! ```
//!
//! QuickJS has no hook around the job in which an `await` goes on. But before it waits for a
//! promise, by `await` as by `then`, it reads the promise's `constructor`, as the language says it
//! must; and it runs jobs first come, first served. So a getter sees whatever is about to wait, and
//! has the context entered by a job that stands immediately before the waiting one: no order
//! changes, and no code of the program is touched. What is no promise is wrapped into one: that is
//! seen by the engine's own hook. A program that makes no `AsyncLocalStorage` has neither.
//!
//! Two things cannot be seen: that it is the program itself that reads `constructor` of a pending
//! promise (which then may count as handled), and that a thenable rejects (what awaits it goes on in
//! the context that the job before it had).

#![allow(unsafe_code)] // the engine's promise hook, jobs and getters are C

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::hash::{BuildHasherDefault, Hasher};
use std::ptr::NonNull;
use std::rc::Rc;

use rquickjs::qjs::{self, JSContext, JSValue};
use rquickjs::{Ctx, Function, JsLifetime, Object, Result, Value};

/// Contexts of an engine's promises.
#[derive(Default)]
pub(crate) struct PromiseContexts {
    /// The prelude's array whose first element is the context of the code that runs. The prelude
    /// keeps it alive.
    current: Cell<Option<JSValue>>,
    /// In which context each promise was made, until it is fulfilled. By the promise's address:
    /// one that is gone is replaced by the next one that is made there.
    made: RefCell<HashMap<usize, Made, BuildHasherDefault<AddressHasher>>>,
    /// The promise that was made last, on its own.
    last_made: Cell<usize>,
    /// The promise whose `constructor` was read last.
    last_read: Cell<usize>,
    /// Whether reads of `constructor` are nobody's who waits.
    unread: Cell<bool>,
    /// Whether promises are made only to have a context entered.
    entering: Cell<bool>,
    /// Whether the job that ran last only entered a context.
    entered: Cell<bool>,
}

/// A promise's beginning.
#[derive(Clone, Copy)]
struct Made {
    context: JSValue,
    /// Whether somebody waits for it whom the getter did not see.
    waited_for: bool,
}

/// Addresses are spread as they are.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("addresses are hashed whole");
    }
    fn write_usize(&mut self, address: usize) {
        // Fibonacci hashing; blocks are aligned to 16 bytes.
        self.0 = (address as u64 >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

/// What the context keeps, for functions that the engine calls.
#[derive(Clone, Default)]
struct Shared(Rc<PromiseContexts>);

// SAFETY: it has no lifetime of the engine's.
unsafe impl JsLifetime<'_> for Shared {
    type Changed<'to> = Shared;
}

impl PromiseContexts {
    /// Those of the engine.
    pub(crate) fn of(ctx: &Ctx<'_>) -> Rc<Self> {
        if let Some(shared) = ctx.userdata::<Shared>() {
            return shared.0.clone();
        }
        let shared = Shared::default();
        let contexts = shared.0.clone();
        // Nobody looks at it at this moment.
        let _ = ctx.store_userdata(shared);
        contexts
    }

    /// From now on contexts are followed through promises. `current` is the array that has the
    /// context of the code that runs. Returns the getter for `Promise.prototype.constructor` and
    /// a `Promise.resolve` whose look at a promise is not one of somebody who waits.
    pub(crate) fn follow<'js>(
        ctx: &Ctx<'js>,
        current: &Object<'js>,
        promise: &Function<'js>,
    ) -> Result<(Value<'js>, Value<'js>)> {
        let this = Self::of(ctx);
        this.forget();
        this.current.set(Some(current.as_raw()));
        let then: Value<'js> = promise
            .get::<_, Object<'js>>("prototype")?
            .get::<_, Value<'js>>("then")?;
        let resolve: Value<'js> = promise.get("resolve")?;
        let raw = ctx.as_raw().as_ptr();
        // SAFETY: the engine is entered; `this` is kept by the engine's user data at one address
        // for as long as the engine is; values are of this engine.
        unsafe {
            let opaque = Rc::as_ptr(&this).cast_mut().cast::<c_void>();
            qjs::JS_SetPromiseHook(qjs::JS_GetRuntime(raw), Some(on_promise), opaque);
            let mut data = [promise.as_raw(), then.as_raw()];
            let getter = qjs::JS_NewCFunctionData(raw, Some(on_read), 0, 0, 2, data.as_mut_ptr());
            let mut data = [resolve.as_raw()];
            let resolve =
                qjs::JS_NewCFunctionData(raw, Some(on_resolve), 1, 0, 1, data.as_mut_ptr());
            Ok((
                Value::from_raw(ctx.clone(), getter),
                Value::from_raw(ctx.clone(), resolve),
            ))
        }
    }

    /// Forgets what a program's promises were. Its values are gone with its memory.
    pub(crate) fn forget(&self) {
        self.current.set(None);
        self.made.borrow_mut().clear();
        self.last_made.set(0);
        self.last_read.set(0);
        self.unread.set(false);
        self.entering.set(false);
        self.entered.set(false);
    }

    /// Whether the job that has just run only entered a context.
    pub(crate) fn take_entered(&self) -> bool {
        self.entered.take()
    }

    /// The context in which a promise was made; where that is not known, that of the code that runs.
    pub(crate) fn of_promise<'js>(&self, ctx: &Ctx<'js>, promise: &Value<'js>) -> Value<'js> {
        let made = self.made.borrow();
        // SAFETY: the promise is an object of this engine; what is kept is a value of it that is
        // counted.
        unsafe {
            let raw = ctx.as_raw().as_ptr();
            let context = match made.get(&address(promise.as_raw())) {
                Some(made) => qjs::JS_DupValue(raw, made.context),
                None => self.context(raw),
            };
            Value::from_raw(ctx.clone(), context)
        }
    }
}

/// SAFETY, for all that follows: the engine calls these with its context and values of its own,
/// which it keeps for the time of the call; `current` is kept by the prelude. Whoever takes a value
/// out, counts it.
impl PromiseContexts {
    /// The context of the code that runs, counted.
    unsafe fn context(&self, ctx: *mut JSContext) -> JSValue {
        match self.current.get() {
            Some(current) => unsafe { qjs::JS_GetPropertyUint32(ctx, current, 0) },
            None => qjs::JS_UNDEFINED,
        }
    }

    unsafe fn enter(&self, ctx: *mut JSContext, context: JSValue) {
        if let Some(current) = self.current.get() {
            unsafe { qjs::JS_SetPropertyUint32(ctx, current, 0, qjs::JS_DupValue(ctx, context)) };
        }
    }

    /// Queues a job that enters a context.
    unsafe fn enter_next(&self, ctx: *mut JSContext, context: JSValue) {
        let mut args = [context];
        // Where there is no memory left for it, the program is over anyway.
        unsafe { qjs::JS_EnqueueJob(ctx, Some(enter_job), 1, args.as_mut_ptr()) };
    }

    unsafe fn on_made(&self, ctx: *mut JSContext, promise: JSValue, parent: JSValue) {
        let context = unsafe { self.context(ctx) };
        let made = Made {
            context,
            waited_for: false,
        };
        let last = self
            .made
            .borrow_mut()
            .insert(unsafe { address(promise) }, made);
        if let Some(last) = last {
            unsafe { qjs::JS_FreeValue(ctx, last.context) };
        }
        if unsafe { qjs::JS_IsUndefined(parent) } {
            self.last_made.set(unsafe { address(promise) });
            return;
        }
        // Made by a `then`: of a promise that the getter saw just now, or of one of a subclass.
        let parent_address = unsafe { address(parent) };
        if self.last_read.replace(0) != parent_address {
            let state = unsafe { qjs::JS_PromiseState(ctx, parent) };
            if state == qjs::JSPromiseStateEnum_JS_PROMISE_PENDING {
                self.wait(ctx, parent_address, context);
            } else {
                unsafe { self.enter_next(ctx, context) };
            }
        }
    }

    /// Somebody waits for a promise in a context, whose job is found only by the promise.
    fn wait(&self, ctx: *mut JSContext, promise: usize, context: JSValue) {
        // SAFETY: see above.
        let made = Made {
            context: unsafe { qjs::JS_DupValue(ctx, context) },
            waited_for: true,
        };
        if let Some(last) = self.made.borrow_mut().insert(promise, made) {
            unsafe { qjs::JS_FreeValue(ctx, last.context) };
        }
    }

    /// A thenable is about to be asked, whose end is to be the promise's.
    unsafe fn on_thenable(&self, ctx: *mut JSContext, promise: JSValue) {
        let context = match self.made.borrow_mut().get_mut(&unsafe { address(promise) }) {
            Some(made) => {
                made.waited_for = true;
                made.context
            }
            None => return,
        };
        unsafe {
            self.enter(ctx, context);
            // If it rejects at once, the next job is whose who waits.
            self.enter_next(ctx, context);
        }
    }

    /// A promise is fulfilled; the jobs of those who wait for it are queued next.
    unsafe fn on_fulfilled(&self, ctx: *mut JSContext, promise: JSValue) {
        let address = unsafe { address(promise) };
        let made = self.made.borrow_mut().remove(&address);
        if let Some(made) = made {
            // One that is fulfilled as soon as it is made may be what an `await` wraps a value in.
            if made.waited_for || self.last_made.get() == address {
                unsafe { self.enter_next(ctx, made.context) };
            }
            unsafe { qjs::JS_FreeValue(ctx, made.context) };
        }
    }

    /// Somebody is about to wait for a promise.
    unsafe fn on_wait(&self, ctx: *mut JSContext, promise: JSValue, then: JSValue) {
        unsafe {
            let mut context = self.context(ctx);
            if qjs::JS_PromiseState(ctx, promise) == qjs::JSPromiseStateEnum_JS_PROMISE_PENDING {
                let mut handlers = [FULFILLED, REJECTED].map(|magic| {
                    qjs::JS_NewCFunctionData(
                        ctx,
                        Some(enter_reaction),
                        1,
                        magic,
                        1,
                        &raw mut context,
                    )
                });
                self.entering.set(true);
                let derived = qjs::JS_Call(ctx, then, promise, 2, handlers.as_mut_ptr());
                self.entering.set(false);
                qjs::JS_FreeValue(ctx, derived);
                for handler in handlers {
                    qjs::JS_FreeValue(ctx, handler);
                }
            } else {
                self.enter_next(ctx, context);
            }
            qjs::JS_FreeValue(ctx, context);
        }
    }
}

/// The address of an object.
unsafe fn address(object: JSValue) -> usize {
    unsafe { qjs::JS_VALUE_GET_PTR(object) as usize }
}

/// Those of a raw context.
unsafe fn contexts(ctx: *mut JSContext) -> Option<Rc<PromiseContexts>> {
    let ctx = unsafe { Ctx::from_raw(NonNull::new(ctx)?) };
    Some(PromiseContexts::of(&ctx))
}

unsafe extern "C" fn on_promise(
    ctx: *mut JSContext,
    kind: qjs::JSPromiseHookType,
    promise: JSValue,
    parent: JSValue,
    opaque: *mut c_void,
) {
    unsafe {
        let this = &*opaque.cast::<PromiseContexts>();
        match kind {
            qjs::JSPromiseHookType_JS_PROMISE_HOOK_INIT if !this.entering.get() => {
                this.on_made(ctx, promise, parent);
            }
            qjs::JSPromiseHookType_JS_PROMISE_HOOK_BEFORE => this.on_thenable(ctx, promise),
            qjs::JSPromiseHookType_JS_PROMISE_HOOK_RESOLVE => this.on_fulfilled(ctx, promise),
            _ => {}
        }
    }
}

/// The getter of `Promise.prototype.constructor`; `data` is `Promise` and its `then`.
unsafe extern "C" fn on_read(
    ctx: *mut JSContext,
    promise: JSValue,
    _argc: c_int,
    _argv: *mut JSValue,
    _magic: c_int,
    data: *mut JSValue,
) -> JSValue {
    unsafe {
        let [constructor, then] = [*data, *data.add(1)];
        if let Some(this) = contexts(ctx)
            && !this.unread.get()
            && !this.entering.get()
            && qjs::JS_IsPromise(promise)
        {
            this.on_wait(ctx, promise, then);
            this.last_read.set(address(promise));
        }
        qjs::JS_DupValue(ctx, constructor)
    }
}

/// `Promise.resolve`; `data` is the engine's own.
unsafe extern "C" fn on_resolve(
    ctx: *mut JSContext,
    promise: JSValue,
    argc: c_int,
    argv: *mut JSValue,
    _magic: c_int,
    data: *mut JSValue,
) -> JSValue {
    unsafe {
        // The engine gives a function at least as many arguments as it has parameters.
        let is_promise = qjs::JS_IsPromise(*argv);
        let Some(this) = contexts(ctx).filter(|_| is_promise) else {
            return qjs::JS_Call(ctx, *data, promise, argc, argv);
        };
        this.unread.set(true);
        let resolved = qjs::JS_Call(ctx, *data, promise, argc, argv);
        this.unread.set(false);
        resolved
    }
}

/// A job: enters the context that is its argument.
unsafe extern "C" fn enter_job(ctx: *mut JSContext, _argc: c_int, argv: *mut JSValue) -> JSValue {
    unsafe { enter(ctx, *argv) };
    qjs::JS_UNDEFINED
}

/// What a reaction is to.
const FULFILLED: c_int = 0;
const REJECTED: c_int = 1;

/// A reaction: enters the context in its data. Where no job follows the one of a rejection, nobody
/// waits after all, and the rejection goes on as that of a promise without handlers.
unsafe extern "C" fn enter_reaction(
    ctx: *mut JSContext,
    _this: JSValue,
    _argc: c_int,
    argv: *mut JSValue,
    magic: c_int,
    data: *mut JSValue,
) -> JSValue {
    unsafe {
        enter(ctx, *data);
        if magic == REJECTED && !qjs::JS_IsJobPending(qjs::JS_GetRuntime(ctx)) {
            return qjs::JS_Throw(ctx, qjs::JS_DupValue(ctx, *argv));
        }
    }
    qjs::JS_UNDEFINED
}

unsafe fn enter(ctx: *mut JSContext, context: JSValue) {
    if let Some(this) = unsafe { contexts(ctx) } {
        unsafe { this.enter(ctx, context) };
        this.entered.set(true);
    }
}
