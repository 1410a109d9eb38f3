use std::collections::BTreeMap;
use std::time::Duration;

use rtest_core::event::{Event, EventKind, GeneratorHealth, LoadControlled, ServiceState};
use rtest_core::plan::{ExecutorPlan, LoadPlan, Plan, Stage};
use rtest_core::sample::{LoadTick, Outcome};
use rtest_core::{Histogram, RunTime};
use rtest_metrics::RunRecord;

use super::gates::Gates;
use super::news::PlanWords;
use super::timeline::{Counts, Timeline};

/// What there is to be shown of a run while it goes: its events, folded as far as a view needs
/// them.
#[derive(Debug)]
pub(crate) struct Board {
    /// The suite's name.
    pub(crate) name: String,
    /// What events say by index.
    pub(crate) words: PlanWords,
    /// The stage that runs; load and faults are one.
    pub(crate) stage: Option<Stage>,
    /// What is being done where no stage runs: `starting catalog`.
    pub(crate) activity: String,
    /// The load, if one is planned.
    pub(crate) load: Option<LoadBoard>,
}

/// The load.
#[derive(Debug)]
pub(crate) struct LoadBoard {
    /// How much is planned.
    pub(crate) extent: Extent,
    /// Whether some scenario has arrivals.
    pub(crate) has_arrivals: bool,
    /// Virtual users at most, all scenarios of this part of the plan together.
    pub(crate) most_vus: u64,
    /// The first tick's start.
    pub(crate) start: Option<RunTime>,
    /// Whether it has ended.
    pub(crate) is_over: bool,
    /// How long it stood still by request, and since when it does.
    paused: (Duration, Option<RunTime>),
    /// Since the start.
    pub(crate) totals: Totals,
    /// Response times since the start.
    pub(crate) latency: Histogram,
    /// Failed requests by how they failed.
    pub(crate) errors: BTreeMap<Outcome, u64>,
    /// How late the generator itself was.
    pub(crate) lag: Histogram,
    /// The generator's latest look at itself.
    pub(crate) health: Option<GeneratorHealth>,
    /// What happened lately.
    pub(crate) timeline: Timeline,
    /// When which fault was there; without an end while it is.
    pub(crate) faults: Vec<FaultWindow>,
    /// The thresholds.
    pub(crate) gates: Gates,
    /// Each worker's virtual users of each scenario: at work, made.
    virtual_users: BTreeMap<(u16, u16), (u64, u64)>,
}

/// How much load is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// So long.
    Time(Duration),
    /// So many iterations, however long they take.
    Iterations(u64),
}

/// What was counted since the start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    /// Iterations and requests.
    pub(crate) counts: Counts,
    /// Arrivals that were due and never started.
    pub(crate) dropped: u64,
    /// Arrivals that had to wait for a virtual user.
    pub(crate) late: u64,
}

/// When a fault was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FaultWindow {
    /// Index into the plan's timeline.
    pub(crate) fault: u16,
    /// When it took effect.
    pub(crate) from: RunTime,
    /// When it was taken back.
    pub(crate) to: Option<RunTime>,
}

impl Board {
    /// Of a run of this plan, before anything has happened.
    pub(crate) fn of(plan: &Plan) -> Self {
        Self {
            name: plan.name.clone(),
            words: PlanWords::of(plan),
            stage: None,
            activity: String::new(),
            load: plan.load.as_ref().map(LoadBoard::of),
        }
    }

    /// Folds in an event that `record` already holds.
    pub(crate) fn apply(&mut self, event: &Event, record: &RunRecord) {
        match &event.kind {
            EventKind::StageStarted(stage) => self.stage = Some(*stage),
            EventKind::StageFinished(stage) => {
                self.stage = None;
                if let (Stage::Load, Some(load)) = (stage, &mut self.load) {
                    load.is_over = true;
                }
            }
            EventKind::Service { name, state } => match state {
                ServiceState::Preparing => self.activity = format!("preparing {name}"),
                ServiceState::Starting => self.activity = format!("starting {name}"),
                ServiceState::Stopped => self.activity = format!("stopped {name}"),
                ServiceState::Ready { .. }
                | ServiceState::OutOfMemory
                | ServiceState::Exited { .. } => {}
            },
            kind => {
                if let Some(load) = &mut self.load {
                    load.apply(event.at, kind, record);
                }
            }
        }
    }

    /// The load while it runs.
    pub(crate) fn running_load(&self) -> Option<&LoadBoard> {
        let runs = matches!(self.stage, Some(Stage::Load | Stage::Chaos));
        self.load
            .as_ref()
            .filter(|load| runs && load.start.is_some())
    }
}

impl LoadBoard {
    fn of(load: &LoadPlan) -> Self {
        let executors = || load.scenarios.iter().map(|scenario| &scenario.executor);
        let most_vus: u64 = executors().map(|it| u64::from(it.most_vus())).sum();
        Self {
            extent: Extent::of(load),
            has_arrivals: executors().any(ExecutorPlan::is_open),
            most_vus: most_vus.div_ceil(u64::from(load.shard.of.max(1))),
            start: None,
            is_over: false,
            paused: (Duration::ZERO, None),
            totals: Totals::default(),
            latency: Histogram::default(),
            errors: BTreeMap::new(),
            lag: Histogram::default(),
            health: None,
            timeline: Timeline::new(load.tick),
            faults: Vec::new(),
            gates: Gates::of(load),
            virtual_users: BTreeMap::new(),
        }
    }

    fn apply(&mut self, at: RunTime, kind: &EventKind, record: &RunRecord) {
        match kind {
            EventKind::LoadTick(tick) => {
                self.tick(tick);
                self.gates.look(at, record);
            }
            EventKind::GeneratorHealth(health) => self.health = Some(*health),
            EventKind::LoadControlled(LoadControlled::Paused) => {
                self.paused.1.get_or_insert(at);
            }
            EventKind::LoadControlled(LoadControlled::Resumed) => {
                self.paused.0 += self
                    .paused
                    .1
                    .take()
                    .map_or(Duration::ZERO, |since| at - since);
            }
            EventKind::FaultInjected { fault, .. } => self.faults.push(FaultWindow {
                fault: *fault,
                from: at,
                to: None,
            }),
            EventKind::FaultRolledBack { fault, .. } => {
                let windows = self.faults.iter_mut().rev();
                let open = windows
                    .filter(|it| it.to.is_none())
                    .find(|it| it.fault == *fault);
                if let Some(window) = open {
                    window.to = Some(at);
                }
            }
            _ => {}
        }
    }

    fn tick(&mut self, tick: &LoadTick) {
        self.start = Some(self.start.map_or(tick.from, |start| start.min(tick.from)));
        self.totals.counts.add(Counts::of(tick));
        let mut latency = Histogram::default();
        for series in &tick.series {
            latency.merge(&series.response_time);
            if series.key.outcome.failed() && !series.response_time.is_empty() {
                *self.errors.entry(series.key.outcome).or_default() += series.response_time.len();
            }
        }
        self.latency.merge(&latency);
        for scenario in &tick.scenarios {
            self.totals.dropped += scenario.dropped;
            self.totals.late += scenario.late;
            self.lag.merge(&scenario.dispatch_lag);
            self.virtual_users.insert(
                (tick.worker, scenario.scenario),
                (scenario.vus, scenario.vus_max),
            );
        }
        self.timeline.add(tick, &latency);
    }

    /// Virtual users at work, and made so far.
    pub(crate) fn vus(&self) -> (u64, u64) {
        let each = self.virtual_users.values();
        each.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
    }

    /// For how long it has run, without the time in which it stood still by request.
    pub(crate) fn elapsed(&self, now: RunTime) -> Duration {
        let (before, since) = self.paused;
        let paused = before + since.map_or(Duration::ZERO, |since| now - since);
        let start = self.start.unwrap_or(now);
        (now - start).saturating_sub(paused)
    }

    /// How much of it is done, 0 to 1.
    pub(crate) fn share(&self, now: RunTime) -> f64 {
        let share = match self.extent {
            Extent::Time(length) => {
                self.elapsed(now).as_secs_f64() / length.as_secs_f64().max(1e-3)
            }
            Extent::Iterations(all) => self.totals.counts.completed as f64 / all.max(1) as f64,
        };
        share.min(1.0)
    }

    /// The faults that are there now, by index.
    pub(crate) fn active_faults(&self) -> impl Iterator<Item = u16> {
        let open = self.faults.iter().filter(|window| window.to.is_none());
        open.map(|window| window.fault)
    }
}

impl Extent {
    /// Iterations where nothing else ends the load.
    fn of(load: &LoadPlan) -> Self {
        let iterations = load.scenarios.iter().map(|it| match &it.executor {
            executor @ (ExecutorPlan::SharedIterations { .. }
            | ExecutorPlan::PerVuIterations { .. }) => executor.planned_iterations(),
            _ => None,
        });
        match iterations.sum::<Option<u64>>() {
            Some(all) => Self::Iterations(all.div_ceil(u64::from(load.shard.of.max(1)))),
            None => {
                let ends = load.scenarios.iter().map(|scenario| scenario.end());
                Self::Time(ends.max().unwrap_or_default())
            }
        }
    }

    /// The planned length, where one is known.
    pub(crate) fn length(self) -> Option<Duration> {
        match self {
            Self::Time(length) => Some(length),
            Self::Iterations(_) => None,
        }
    }
}
