//! The loop, as libuv 1.46 (Node 20) runs it: timers once before the first turn, then in each
//! turn pending → poll → pending again, eight times at most → check → closing → timers.

mod check;
mod closing;
mod delay;
mod pending;
mod poll;
mod timers;
mod watch;

pub(crate) use check::Immediates;
pub(crate) use delay::DelayWatches;
pub(crate) use timers::{NewTimer, Timers};
pub(crate) use watch::Watch;

use std::rc::Rc;

use rquickjs::function::IntoArgs;
use rquickjs::{Ctx, Error, FromJs, Function, Value};

use crate::engine::{Hooks, Host, Meter, PromiseContexts};
use crate::error::Budget;
use crate::trace::{Action, Phase};

/// The loop of one program, while the engine is entered.
pub(crate) struct EventLoop<'js> {
    pub(crate) ctx: Ctx<'js>,
    pub(crate) host: Rc<Host>,
    pub(crate) hooks: Hooks<'js>,
    pub(crate) contexts: Rc<PromiseContexts>,
    pub(crate) meter: Meter,
}

/// Why a call into the program did not return.
pub(crate) enum Break<'js> {
    /// It threw this.
    Thrown(Value<'js>),
    /// The program is over: it exited, ran into a limit, or the engine failed. The host knows
    /// which.
    Stopped,
}

pub(crate) type Step<'js, T = ()> = Result<T, Break<'js>>;

/// What the program's first code is.
pub(crate) enum Main<'js> {
    /// Run before the loop starts, as Node runs a CommonJS main.
    Script(Function<'js>),
    /// Run from the poll phase of the first turn, as Node does with a module: it was read
    /// asynchronously, and its evaluation is a promise job.
    Module(Function<'js>),
}

impl<'js> EventLoop<'js> {
    /// Runs the program until nothing is left to do, then its `exit` listeners.
    pub(crate) fn run(&self, main: Main<'js>) -> Step<'js> {
        self.host.enter(Phase::Main);
        self.host.record(Action::Started, None);
        let module = match main {
            Main::Script(script) => {
                self.callback(&script, ())?;
                None
            }
            Main::Module(module) => Some(module),
        };
        self.host.clock.borrow_mut().charge_startup();
        self.host.begin_loop();
        self.turn_until_idle(module)?;
        loop {
            self.host.enter(Phase::Exit);
            self.callback(&self.hooks.emit_before_exit, ())?;
            if !self.alive() {
                break;
            }
            self.turn_until_idle(None)?;
        }
        self.callback(&self.hooks.emit_exit, ())
    }

    /// `uv_run`: turns while something keeps the loop alive.
    fn turn_until_idle(&self, mut module: Option<Function<'js>>) -> Step<'js> {
        let mut alive = self.alive() || module.is_some();
        if alive {
            self.host.clock.borrow_mut().update_loop_time();
            self.timers_phase()?;
        }
        while alive {
            self.host.turns.set(self.host.turns.get() + 1);
            self.pending_phase()?;
            self.poll_phase(module.take())?;
            self.pending_phase_again()?;
            self.check_phase()?;
            self.closing_phase()?;
            self.host.clock.borrow_mut().update_loop_time();
            self.timers_phase()?;
            alive = self.alive();
        }
        Ok(())
    }

    /// Whether something that counts is still to come.
    fn alive(&self) -> bool {
        self.host.timers.borrow().keep_alive()
            || self.host.immediates.borrow().keep_alive()
            || self.host.world.borrow().keep_alive()
    }

    /// One callback as Node's `MakeCallback` runs it: an exception goes to the program's
    /// handlers, and only after a callback that did not throw are ticks and microtasks drained.
    fn callback<A: IntoArgs<'js>>(&self, function: &Function<'js>, args: A) -> Step<'js> {
        match self.call::<A, ()>(function, args) {
            Ok(()) => self.close_callback(),
            Err(Break::Thrown(error)) => {
                self.uncaught(error)?;
                self.close_callback()
            }
            Err(stopped) => Err(stopped),
        }
    }

    /// One callback from outside, in a callback scope of its own: what it throws goes to the
    /// program's handlers, and leaves its ticks and microtasks to the next callback.
    fn make_callback<A: IntoArgs<'js>>(&self, function: &Function<'js>, args: A) -> Step<'js> {
        match self.call::<A, ()>(function, args) {
            Ok(()) => self.close_callback(),
            Err(Break::Thrown(error)) => self.uncaught(error),
            Err(stopped) => Err(stopped),
        }
    }

    /// Hands what comes from outside to the prelude's function of this name.
    pub(crate) fn deliver<A: IntoArgs<'js>>(&self, name: &str, args: A) -> Step<'js> {
        self.make_callback(&self.hook(name)?, args)
    }

    /// The prelude's function of this name.
    fn hook(&self, name: &str) -> Step<'js, Function<'js>> {
        self.hooks.internal.get(name).map_err(|error| {
            self.host.fail(format!("{name}: {error}"));
            Break::Stopped
        })
    }

    /// The end of a callback: drains, and reports what a drain threw, which ends that drain.
    pub(crate) fn close_callback(&self) -> Step<'js> {
        let drained = match self.drain() {
            Err(Break::Thrown(error)) => self.uncaught(error),
            other => other,
        };
        self.host.close_scope();
        drained
    }

    /// Hands an exception that nothing caught to the program's `uncaughtException` listeners.
    /// Returns only when one of them took it.
    pub(crate) fn uncaught(&self, error: Value<'js>) -> Step<'js> {
        match self.call::<_, ()>(&self.hooks.on_uncaught, (error, false)) {
            // The hook reports what a listener throws by itself. What escapes it is the prelude's
            // own, or there is no memory left to run it with, not even for an error.
            Err(Break::Thrown(error)) if error.is_null() && self.meter.refused() => {
                Err(self.host.exceed(Budget::Memory(self.host.limits.memory)))
            }
            Err(Break::Thrown(error)) => {
                self.host.fail(format!("in its own code: {error:?}"));
                Err(Break::Stopped)
            }
            other => other,
        }
    }

    /// Calls into the program.
    pub(crate) fn call<A: IntoArgs<'js>, R: FromJs<'js>>(
        &self,
        function: &Function<'js>,
        args: A,
    ) -> Step<'js, R> {
        self.host.begin_steps();
        self.host.count_callback();
        if self.host.stopped() {
            return Err(Break::Stopped);
        }
        let result = function.call::<A, R>(args);
        match result {
            _ if self.host.stopped() => {
                if result.is_err() {
                    self.ctx.catch();
                }
                Err(Break::Stopped)
            }
            Ok(value) => Ok(value),
            Err(Error::Exception) => Err(Break::Thrown(self.ctx.catch())),
            Err(error) => {
                self.host.fail(error.to_string());
                Err(Break::Stopped)
            }
        }
    }
}
