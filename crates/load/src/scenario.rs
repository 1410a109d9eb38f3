//! One worker's part of one scenario: who is free, what is due, and when it is over.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::plan::ScenarioPlan;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::client::Client;
use crate::executor::Executor;
use crate::pacer::{Arrival, Pacer};
use crate::recorder::Wait;
use crate::seat::Seat;
use crate::share::Share;
use crate::step::Flow;
use crate::virtual_user::VirtualUser;
use crate::worker::Desk;

/// What the virtual users of a scenario share; all of them are tasks of one thread.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// What the whole worker shares.
    pub(crate) desk: Rc<Desk>,
    /// The scenario's place in the recorder.
    pub(crate) place: usize,
    /// What an iteration does.
    pub(crate) flow: Flow,
    /// Whether the schedule is independent of the answers.
    pub(crate) open: bool,
    /// Cuts off whatever runs.
    pub(crate) interrupt: CancellationToken,
    starts_at: RunTime,
    duration: Duration,
    graceful_stop: Duration,
    share: Share,
    /// Virtual users at most, and made so far.
    vus: u64,
    made: Cell<u64>,
    pacer: RefCell<Box<dyn Pacer>>,
    /// The seats of virtual users without an iteration; the last to sit down is the first to be
    /// given one, so that no more connections are kept warm than are needed.
    idle: RefCell<Vec<Rc<Seat>>>,
    /// Whether whoever ends an iteration and finds none overdue leaves.
    closing: Cell<bool>,
    sat_down: Notify,
}

/// An iteration to begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// The arrival's number in the scenario, from 0.
    pub(crate) iteration: u64,
    /// When it fell due.
    pub(crate) due: RunTime,
    /// What it waited for.
    pub(crate) wait: Wait,
}

impl Scenario {
    /// The worker's `share` of scenario `index`, in a load that starts at `start`. Has nothing of
    /// its own running yet.
    pub(crate) fn new(
        index: u16,
        plan: &ScenarioPlan,
        share: Share,
        start: RunTime,
        interrupt: CancellationToken,
        desk: &Rc<Desk>,
    ) -> Self {
        let starts_at = start + plan.start_time;
        let executor = Executor::new(&plan.executor, share);
        let schedule = Executor::new(&plan.executor, share).pacer;
        let place = desk
            .recorder
            .borrow_mut()
            .add_scenario(index, starts_at, schedule);
        Self {
            desk: Rc::clone(desk),
            place,
            flow: Flow::compile(plan, &desk.target, &desk.variables)
                .expect("the same plan was compiled before any worker was started"),
            open: plan.executor.is_open(),
            interrupt,
            starts_at,
            duration: executor.duration,
            graceful_stop: plan.graceful_stop,
            share,
            vus: executor.vus,
            made: Cell::new(0),
            pacer: RefCell::new(executor.pacer),
            idle: RefCell::default(),
            closing: Cell::new(false),
            sat_down: Notify::new(),
        }
    }

    /// Runs the scenario from its start to its end: iterations are begun for its duration, have
    /// the graceful stop to end by themselves, and are cut off then. Arrivals that never began
    /// are recorded as dropped.
    ///
    /// # Cancellation
    /// `interrupt` ends it at any instant, with everything recorded.
    pub(crate) async fn run<C: Client + 'static>(self: Rc<Self>, connect: impl Fn() -> C) {
        let mut crew = JoinSet::new();
        let cut_at = self.starts_at + self.duration + self.graceful_stop;
        tokio::select! {
            biased;
            () = self.interrupt.cancelled() => {}
            () = async {
                self.desk.sleep_until(self.starts_at).await;
                self.begin_iterations(&mut crew, &connect).await;
                self.send_idle_home();
                while let Some(ended) = crew.join_next().await {
                    expect_no_panic(ended);
                }
            } => {}
            () = self.desk.sleep_until(cut_at) => {}
        }
        let over_at = self.desk.clock.now();
        self.interrupt.cancel();
        self.send_idle_home();
        while let Some(ended) = crew.join_next().await {
            expect_no_panic(ended);
        }
        self.drop_backlog(over_at);
    }

    /// Hands out arrivals as they fall due, until the last one or the end of the duration.
    ///
    /// Wakes for the next arrival only where someone could take it. tokio's timer ticks once a
    /// millisecond, so above 1,000 arrivals a second one wake hands out several: wakeups, not
    /// requests, are what an open loop costs.
    async fn begin_iterations<C: Client + 'static>(
        self: &Rc<Self>,
        crew: &mut JoinSet<()>,
        connect: &impl Fn() -> C,
    ) {
        let stop_at = self.starts_at + self.duration;
        loop {
            let now = self.desk.clock.now();
            self.hand_out(now, crew, connect);
            let Some(due) = self.pacer.borrow().next_due() else {
                return;
            };
            if now >= stop_at {
                return;
            }
            let has_someone = self.has_someone();
            let wake_at = if has_someone {
                stop_at.min(self.starts_at + due)
            } else {
                stop_at
            };
            tokio::select! {
                () = self.desk.sleep_until(wake_at) => {}
                () = self.sat_down.notified(), if !has_someone => {}
                Some(ended) = crew.join_next(), if !crew.is_empty() => expect_no_panic(ended),
            }
        }
    }

    /// Gives what is due to whoever is free, and makes virtual users while there may be more.
    fn hand_out<C: Client + 'static>(
        self: &Rc<Self>,
        now: RunTime,
        crew: &mut JoinSet<()>,
        connect: &impl Fn() -> C,
    ) {
        while self.has_someone() {
            let Some(start) = self.take_due(now) else {
                return;
            };
            if let Some(seat) = self.idle.borrow_mut().pop() {
                seat.give(start);
                continue;
            }
            let number = self.share.nth(self.made.get()) + 1;
            self.made.set(self.made.get() + 1);
            self.desk
                .recorder
                .borrow_mut()
                .virtual_user_made(self.place);
            let user = VirtualUser::new(number, connect(), Rc::clone(self));
            crew.spawn_local(user.run(start));
        }
    }

    /// Whether a virtual user is free, or could be made.
    fn has_someone(&self) -> bool {
        !self.idle.borrow().is_empty() || self.made.get() < self.vus
    }

    fn take_due(&self, now: RunTime) -> Option<Start> {
        let wait = match (self.open, self.has_someone()) {
            (false, _) => Wait::None,
            (true, true) => Wait::ForTheGenerator,
            (true, false) => Wait::ForAVirtualUser,
        };
        let Arrival { index, due } = self.pacer.borrow_mut().take(now - self.starts_at)?;
        Some(Start {
            iteration: index,
            due: self.starts_at + due,
            wait,
        })
    }

    /// What a virtual user does after an iteration that ended at `now`: the next overdue one at
    /// once, else the next that it is given; nothing when there will be none.
    pub(crate) async fn next(&self, seat: &Rc<Seat>, now: RunTime) -> Option<Start> {
        if self.interrupt.is_cancelled() {
            return None;
        }
        if let Some(start) = self.take_due(now) {
            return Some(start);
        }
        if self.closing.get() {
            return None;
        }
        self.idle.borrow_mut().push(Rc::clone(seat));
        self.sat_down.notify_waiters();
        seat.wait().await
    }

    fn send_idle_home(&self) {
        self.closing.set(true);
        for seat in self.idle.borrow_mut().drain(..) {
            seat.dismiss();
        }
    }

    fn drop_backlog(&self, over_at: RunTime) {
        let mut recorder = self.desk.recorder.borrow_mut();
        recorder.scenario_over(self.place, over_at);
        // Nothing is owed in a closed model, nor before the first arrival, due with the start.
        if !self.open || over_at < self.starts_at {
            return;
        }
        let step = self.flow.first_request();
        while let Some(dropped) = self.pacer.borrow_mut().take(over_at - self.starts_at) {
            let due = self.starts_at + dropped.due;
            recorder.dropped(self.place, step, due, over_at);
        }
    }
}

/// A virtual user never fails and is never aborted; its panic is a defect and ends the worker.
fn expect_no_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && let Ok(panic) = error.try_into_panic()
    {
        std::panic::resume_unwind(panic);
    }
}
