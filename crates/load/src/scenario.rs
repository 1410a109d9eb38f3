//! One worker's part of one scenario: it brings together what is due and who is free, until it is
//! over. What is due is the [`Schedule`]'s to say, who is free the [`Crew`]'s.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::plan::ScenarioPlan;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::client::Client;
use crate::context::LoadContext;
use crate::control::Wanted;
use crate::crew::{Called, Crew};
use crate::executor::Executor;
use crate::feeder::{Data, DataReader, FeederError, Feeders, Limited};
use crate::headcount::Headcount;
use crate::recorder::Wait;
use crate::schedule::Schedule;
use crate::seat::Seat;
use crate::session::Session;
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
    /// Its name.
    name: String,
    /// Whether the schedule is independent of the answers.
    pub(crate) open: bool,
    /// Cuts off whatever runs.
    pub(crate) interrupt: CancellationToken,
    share: Share,
    /// The recorder reads from it, too.
    schedule: Rc<RefCell<Schedule>>,
    headcount: Headcount,
    /// Virtual users that have a row, where each has one of its own.
    most_vus: u64,
    data: RefCell<DataReader>,
    vus_scale: Cell<f64>,
    crew: RefCell<Crew>,
    graceful_stop: Duration,
    graceful_ramp_down: Duration,
    phase: Cell<Phase>,
    /// Someone is free again.
    sat_down: Notify,
}

/// How far a scenario is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Iterations fall due.
    Open,
    /// None does any more: whoever ends one and finds none overdue leaves.
    Closing,
    /// None begins any more.
    Over,
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

/// Later than anything.
const NEVER: RunTime = RunTime::from_nanos(u64::MAX);

impl Scenario {
    /// The worker's `share` of scenario `index`. Has nothing of its own running yet.
    pub(crate) fn new(
        index: u16,
        plan: &ScenarioPlan,
        feeders: &Feeders,
        share: Share,
        context: &LoadContext,
        start: RunTime,
        desk: &Rc<Desk>,
    ) -> Self {
        let limits = feeders.limits();
        let mut executor = Executor::new(plan, share, context.seed);
        if let Some(limit) = limits.iterations {
            executor.pacer = Box::new(Limited::new(executor.pacer, limit, share));
        }
        let schedule = Schedule::new(plan, start, executor.pacer);
        let schedule = Rc::new(RefCell::new(schedule));
        let mut recorder = desk.recorder.borrow_mut();
        Self {
            desk: Rc::clone(desk),
            place: recorder.add_scenario(index, Rc::clone(&schedule)),
            flow: Flow::compile(plan, &desk.basis)
                .expect("the same plan was compiled before any worker was started"),
            name: plan.name.clone(),
            open: plan.executor.is_open(),
            interrupt: context.cancel.child_token(),
            share,
            schedule,
            headcount: executor.vus,
            most_vus: limits.vus.unwrap_or(u64::MAX),
            data: RefCell::new(feeders.reader()),
            vus_scale: Cell::new(Wanted::default().vus_scale),
            crew: RefCell::new(Crew::new(executor.iterations_per_vu)),
            graceful_stop: plan.graceful_stop,
            graceful_ramp_down: executor.graceful_ramp_down.unwrap_or(plan.graceful_stop),
            phase: Cell::new(Phase::Open),
            sat_down: Notify::new(),
        }
    }

    /// Reads the rows of an iteration by virtual user number `vu`.
    ///
    /// # Errors
    /// There is none left, or its file was changed since the load was prepared.
    pub(crate) fn feed(&self, iteration: u64, vu: u64, data: &mut Data) -> Result<(), FeederError> {
        self.data.borrow_mut().feed(iteration, vu - 1, data)
    }

    /// The session of virtual user number `vu`, which the target does not know yet.
    pub(crate) fn session(&self, vu: u64) -> Session {
        Session::new(&self.desk.sessions, format!("{}/{vu}", self.name))
    }

    /// Runs the scenario from its start to its end: iterations are begun for its duration, have
    /// the graceful stop to end by themselves, and are cut off then. Arrivals that never began
    /// are recorded as dropped.
    ///
    /// # Cancellation
    /// `interrupt` ends it at any instant, with everything recorded.
    pub(crate) async fn run<C: Client + 'static>(self: Rc<Self>, connect: impl Fn() -> C) {
        let mut at_work = JoinSet::new();
        tokio::select! {
            biased;
            () = self.interrupt.cancelled() => {}
            () = self.begin_iterations(&mut at_work, &connect) => {}
        }
        let over_at = self.desk.clock.now();
        self.phase.set(Phase::Over);
        self.schedule.borrow_mut().stop(over_at);
        self.interrupt.cancel();
        self.crew.borrow().dismiss_idle();
        while let Some(ended) = at_work.join_next().await {
            expect_no_panic(ended);
        }
        self.drop_backlog(over_at);
    }

    /// Hands out arrivals as they fall due, until none does any more; then waits for those who are
    /// at work, as long as the graceful stop allows.
    ///
    /// Wakes for the next arrival only where someone could take it.
    async fn begin_iterations<C: Client + 'static>(
        self: &Rc<Self>,
        at_work: &mut JoinSet<()>,
        connect: &impl Fn() -> C,
    ) {
        let mut control = self.desk.control.follow();
        let alarm = self.desk.alarm(self.open);
        loop {
            let now = self.desk.clock.now();
            if control.has_changed().is_ok_and(|changed| changed) {
                self.follow(*control.borrow_and_update(), now);
            }
            let next_staffing = self.staff(now);
            self.hand_out(now, at_work, connect);
            let has_ended = self.close_when_ended(now);
            if has_ended && at_work.is_empty() || self.cut_at() <= now {
                return;
            }
            let wake_at = self.next_event().min(next_staffing);
            let has_free = self.crew.borrow().has_free();
            tokio::select! {
                () = alarm.ring_at(wake_at) => {}
                () = self.sat_down.notified(), if !has_free => {}
                Some(ended) = at_work.join_next(), if !at_work.is_empty() => expect_no_panic(ended),
                Ok(()) = control.changed() => control.mark_changed(),
            }
        }
    }

    /// Takes up what is asked from outside. What was due until now is recorded as it was.
    fn follow(&self, wanted: Wanted, now: RunTime) {
        self.desk.recorder.borrow_mut().keep_up(now);
        self.schedule.borrow_mut().follow(wanted, now);
        self.vus_scale.set(wanted.vus_scale);
    }

    /// Sees to it that as many virtual users are there as are wanted, and no more. Returns when
    /// that is to be looked at again.
    fn staff(&self, now: RunTime) -> RunTime {
        let schedule = self.schedule.borrow();
        let mut crew = self.crew.borrow_mut();
        let next_change = match schedule.elapsed(now) {
            Some(elapsed) => {
                let wanted = self.headcount.at(elapsed, self.vus_scale.get());
                let wanted = wanted.min(self.most_vus);
                let wanted = usize::try_from(self.share.count(wanted)).unwrap_or(usize::MAX);
                crew.want(wanted, now + self.graceful_ramp_down);
                self.headcount.next_change(elapsed)
            }
            None => Some(Duration::ZERO),
        };
        crew.cut_overdue(now);
        let next_change = next_change.and_then(|elapsed| schedule.when(elapsed));
        let next_cut = crew.next_cut().unwrap_or(NEVER);
        next_change.unwrap_or(NEVER).min(next_cut)
    }

    /// Gives what is due to whoever is free, and makes virtual users while there may be more.
    fn hand_out<C: Client + 'static>(
        self: &Rc<Self>,
        now: RunTime,
        at_work: &mut JoinSet<()>,
        connect: &impl Fn() -> C,
    ) {
        while self.crew.borrow().has_free() {
            let Some(start) = self.take_due(now) else {
                return;
            };
            let called = self.crew.borrow_mut().call(&self.interrupt);
            match called.expect("someone is free") {
                Called::Idle(seat) => seat.give(start),
                Called::New { seat, first } => {
                    if first {
                        let mut recorder = self.desk.recorder.borrow_mut();
                        recorder.virtual_user_made(self.place);
                    }
                    let number = self.share.nth(seat.number as u64) + 1;
                    let scenario = Rc::clone(self);
                    let user = VirtualUser::new(number, connect, Rc::clone(&seat), scenario);
                    seat.begins();
                    let scenario = Rc::clone(self);
                    at_work.spawn_local(async move {
                        user.run(start).await;
                        scenario.crew.borrow_mut().left(&seat);
                    });
                }
            }
        }
    }

    fn take_due(&self, now: RunTime) -> Option<Start> {
        let wait = match (self.open, self.crew.borrow().has_free()) {
            (false, _) => Wait::None,
            (true, true) => Wait::ForTheGenerator,
            (true, false) => Wait::ForAVirtualUser,
        };
        let (iteration, due) = self.schedule.borrow_mut().take(now)?;
        Some(Start {
            iteration,
            due,
            wait,
        })
    }

    /// What a virtual user does after an iteration that ended at `now`: the next overdue one at
    /// once, else the next that it is given; nothing when there will be none for it.
    pub(crate) async fn next(&self, seat: &Seat, now: RunTime) -> Option<Start> {
        if self.phase.get() == Phase::Over || !self.crew.borrow().wants(seat) {
            return None;
        }
        if let Some(start) = self.take_due(now) {
            seat.begins();
            return Some(start);
        }
        if self.phase.get() == Phase::Closing {
            return None;
        }
        self.crew.borrow_mut().sat_down(seat);
        self.sat_down.notify_waiters();
        seat.wait().await
    }

    /// Sends home whoever is idle as soon as nothing falls due any more. Returns whether that is
    /// so.
    fn close_when_ended(&self, now: RunTime) -> bool {
        let ended = self.schedule.borrow().has_ended(now);
        if ended && self.phase.replace(Phase::Closing) == Phase::Open {
            self.crew.borrow().dismiss_idle();
        }
        ended
    }

    /// When the next thing happens that has an instant of its own.
    fn next_event(&self) -> RunTime {
        if self.phase.get() != Phase::Open {
            return self.cut_at();
        }
        let schedule = self.schedule.borrow();
        let due = schedule
            .next_due()
            .filter(|_| self.crew.borrow().has_free());
        let end = schedule.ends_at();
        due.unwrap_or(NEVER).min(end.unwrap_or(NEVER))
    }

    /// When those who are still at work are cut off.
    fn cut_at(&self) -> RunTime {
        let end = self.schedule.borrow().ends_at();
        end.map_or(NEVER, |end| end + self.graceful_stop)
    }

    fn drop_backlog(&self, over_at: RunTime) {
        // Nothing is owed in a closed model.
        if !self.open {
            return;
        }
        let mut recorder = self.desk.recorder.borrow_mut();
        recorder.keep_up(over_at);
        let step = self.flow.first_request();
        let mut schedule = self.schedule.borrow_mut();
        while let Some((_, due)) = schedule.take(over_at) {
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
