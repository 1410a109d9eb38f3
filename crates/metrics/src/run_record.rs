//! The fold: entries and ticks, in the order in which they were written, become one record in
//! memory. Verdicts and reports look at this and at nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use rtest_core::Histogram;
use rtest_core::clock::RunTime;
use rtest_core::sample::{CheckTick, LoadTick, Outcome, SeriesKey, SeriesTick};
use rtest_core::window::{Window, WindowId};

use crate::record::{
    Entry, EntryKind, ExampleEntry, Header, InteractionEntry, ScenarioEntry, SimEntry, SpanRecord,
};

/// Everything that is known of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// What was to be run.
    pub header: Header,
    /// The instant of the last entry.
    pub last: RunTime,
    /// How the record ends.
    pub ending: Ending,
    /// Stages in the order in which they began.
    pub stages: Vec<StageRecord>,
    /// Services, in the header's order.
    pub services: Vec<ServiceRecord>,
    /// Links with their stable addresses.
    pub links: Vec<(String, String)>,
    /// Fault windows; the index is the id.
    pub windows: Vec<Window>,
    /// Faults, in the header's order.
    pub faults: Vec<FaultRecord>,
    /// Probes that were asked, in that order.
    pub probes: Vec<ProbeRecord>,
    /// Interactions, in the order verified.
    pub interactions: Vec<InteractionEntry>,
    /// Contract entries that verified nothing or could not be read.
    pub contract_failures: Vec<ContractFailure>,
    /// Programs, in the order run.
    pub sims: Vec<SimEntry>,
    /// The generator's condition over time.
    pub health: Vec<HealthPoint>,
    /// Things to know.
    pub notes: Vec<(RunTime, String)>,
    /// Load, once the first tick came in.
    pub load: Option<LoadRecord>,
}

/// How a record ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// In the middle: rtest was killed.
    #[default]
    CutOff,
    /// As planned.
    Whole,
    /// Stopped from outside (Ctrl-C).
    Interrupted,
    /// The environment did not come up.
    EnvironmentFailed(String),
}

/// When a stage ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageRecord {
    /// Its name.
    pub name: String,
    /// Its start.
    pub from: RunTime,
    /// Its end, if it came to it.
    pub to: Option<RunTime>,
}

/// What became of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceRecord {
    /// Its name.
    pub name: String,
    /// When it was started.
    pub started: Option<RunTime>,
    /// When it was ready.
    pub ready: Option<RunTime>,
    /// Where it was reached.
    pub address: Option<String>,
    /// How it ended, if it ended by itself, and its last words.
    pub exited: Option<(String, Vec<String>)>,
    /// When it was stopped.
    pub stopped: Option<RunTime>,
}

/// What became of a fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultRecord {
    /// When it took effect, and the window that began with it.
    pub injected: Option<(RunTime, WindowId)>,
    /// When it was taken back, and the window that began with it.
    pub rolled_back: Option<(RunTime, WindowId)>,
    /// Whether nothing was left of it.
    pub clean: bool,
    /// What was looked at to see that.
    pub seen: String,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeRecord {
    /// Index into the header's hypothesis.
    pub probe: u16,
    /// `before` or `after`.
    pub side: String,
    /// When.
    pub at: RunTime,
    /// Whether it held.
    pub held: bool,
    /// What was expected.
    pub expected: String,
    /// What was there.
    pub actual: String,
}

/// A contract entry that failed as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractFailure {
    /// What was looked for, and what was there.
    pub message: String,
    /// Where.
    pub span: SpanRecord,
}

/// The generator's condition at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HealthPoint {
    /// When.
    pub at: RunTime,
    /// CPU as a share of all cores, 0 to 1.
    pub cpu_share: f64,
    /// Open file descriptors.
    pub open_files: u64,
    /// The most that may be open.
    pub open_files_limit: u64,
}

/// The load of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadRecord {
    /// Start of the first tick.
    pub start: RunTime,
    /// End of the last tick.
    pub end: RunTime,
    /// Requests of the whole run, by series.
    pub series: BTreeMap<SeriesKey, SeriesTick>,
    /// Checks of the whole run, by scenario, step, check and window.
    pub checks: BTreeMap<(u16, u16, u16, WindowId), (u64, u64)>,
    /// Progress of each scenario over the whole run; `vus` is the latest sum.
    pub scenarios: Vec<ScenarioTotals>,
    /// What happened in each tick, all workers together, for charts.
    pub intervals: Vec<Interval>,
    /// The first examples of each kind of error.
    pub examples: Vec<ExampleEntry>,
    /// Each worker's latest virtual users of each scenario: at work, made.
    virtual_users: BTreeMap<(u16, u16), (u64, u64)>,
}

/// One scenario's progress over the whole run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScenarioTotals {
    /// Counters, summed over workers and ticks; `vus` is the largest sum of a tick.
    pub counters: ScenarioEntry,
    /// Durations of the iterations.
    pub iteration_duration: Histogram,
    /// How late the generator itself was.
    pub dispatch_lag: Histogram,
}

/// All workers' requests that ended in one tick.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interval {
    /// Its start.
    pub from: RunTime,
    /// Its end.
    pub to: RunTime,
    /// Scheduled → last byte.
    pub response_time: Histogram,
    /// Sent → last byte.
    pub service_time: Histogram,
    /// Requests by how they ended.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Arrivals that fell due.
    pub offered: u64,
    /// Iterations begun.
    pub started: u64,
    /// Arrivals dropped.
    pub dropped: u64,
    /// The most virtual users at work at once, summed over workers and scenarios.
    pub vus: u64,
}

/// Examples of errors kept for a whole run.
const EXAMPLES: usize = 50;

impl RunRecord {
    /// A run of which nothing has happened yet.
    pub fn new(header: Header) -> Self {
        let services = header
            .services
            .iter()
            .map(|service| ServiceRecord {
                name: service.name.clone(),
                ..Default::default()
            })
            .collect();
        let faults = vec![FaultRecord::default(); header.faults.len()];
        Self {
            header,
            last: RunTime::ZERO,
            ending: Ending::CutOff,
            stages: Vec::new(),
            services,
            links: Vec::new(),
            windows: vec![Window::default()],
            faults,
            probes: Vec::new(),
            interactions: Vec::new(),
            contract_failures: Vec::new(),
            sims: Vec::new(),
            health: Vec::new(),
            notes: Vec::new(),
            load: None,
        }
    }

    /// Folds in one entry. The histograms of a load tick come through [`RunRecord::apply_tick`].
    pub fn apply(&mut self, entry: &Entry) {
        let at = RunTime::from_nanos(entry.at_ns);
        self.last = self.last.max(at);
        match &entry.kind {
            EntryKind::StageStarted { stage } => {
                self.stages.push(StageRecord {
                    name: stage.clone(),
                    from: at,
                    to: None,
                });
            }
            EntryKind::StageFinished { stage } => {
                let open = self
                    .stages
                    .iter_mut()
                    .rev()
                    .find(|known| known.name == *stage);
                if let Some(open) = open {
                    open.to = Some(at);
                }
            }
            EntryKind::ServiceStarting { service } => self.service(service).started = Some(at),
            EntryKind::ServiceReady {
                service, address, ..
            } => {
                let service = self.service(service);
                service.ready = Some(at);
                service.address = Some(address.clone());
            }
            EntryKind::ServiceExited {
                service,
                status,
                log_tail,
            } => {
                self.service(service).exited = Some((status.clone(), log_tail.clone()));
            }
            EntryKind::ServiceStopped { service } => self.service(service).stopped = Some(at),
            EntryKind::LinkOpened { link, listen } => {
                self.links.push((link.clone(), listen.clone()));
            }
            EntryKind::FaultInjected { fault, window } => {
                self.open_window(at, *window, |active| active.push(*fault));
                if let Some(record) = self.faults.get_mut(usize::from(*fault)) {
                    record.injected = Some((at, WindowId(*window)));
                }
            }
            EntryKind::FaultRolledBack {
                fault,
                window,
                clean,
                seen,
            } => {
                self.open_window(at, *window, |active| active.retain(|other| other != fault));
                if let Some(record) = self.faults.get_mut(usize::from(*fault)) {
                    record.rolled_back = Some((at, WindowId(*window)));
                    record.clean = *clean;
                    record.seen.clone_from(seen);
                }
            }
            EntryKind::Probe {
                probe,
                side,
                held,
                expected,
                actual,
            } => {
                self.probes.push(ProbeRecord {
                    probe: *probe,
                    side: side.clone(),
                    at,
                    held: *held,
                    expected: expected.clone(),
                    actual: actual.clone(),
                });
            }
            // Its histograms carry the same counts; see `apply_tick`.
            EntryKind::LoadTick(_) => {}
            EntryKind::Generator {
                cpu_share,
                open_files,
                open_files_limit,
            } => {
                self.health.push(HealthPoint {
                    at,
                    cpu_share: *cpu_share,
                    open_files: *open_files,
                    open_files_limit: *open_files_limit,
                });
            }
            EntryKind::Interaction(interaction) => self.interactions.push(interaction.clone()),
            EntryKind::ContractFailed { message, span } => {
                self.contract_failures.push(ContractFailure {
                    message: message.clone(),
                    span: span.clone(),
                })
            }
            EntryKind::Sim(sim) => self.sims.push(sim.clone()),
            EntryKind::Note { text } => self.notes.push((at, text.clone())),
            EntryKind::EnvironmentFailed { message } => {
                self.ending = Ending::EnvironmentFailed(message.clone());
            }
            EntryKind::Interrupted => self.ending = Ending::Interrupted,
            EntryKind::Ended if self.ending == Ending::CutOff => self.ending = Ending::Whole,
            EntryKind::Ended => {}
        }
    }

    /// Folds in what one worker did in one tick.
    pub fn apply_tick(&mut self, tick: &LoadTick) {
        self.last = self.last.max(tick.to);
        let tick_length = self.header.load.as_ref().map_or(1000, |load| load.tick_ms);
        self.load
            .get_or_insert_with(|| LoadRecord::starting(tick.from))
            .apply(tick, Duration::from_millis(tick_length.max(1)));
    }

    /// The end of a window: the start of the next, or the end of the run.
    pub fn window_end(&self, window: WindowId) -> RunTime {
        self.windows
            .get(usize::from(window.0) + 1)
            .map_or(self.last, |next| next.start)
    }

    fn service(&mut self, name: &str) -> &mut ServiceRecord {
        let index = match self
            .services
            .iter()
            .position(|service| service.name == name)
        {
            Some(index) => index,
            None => {
                self.services.push(ServiceRecord {
                    name: name.to_owned(),
                    ..Default::default()
                });
                self.services.len() - 1
            }
        };
        &mut self.services[index]
    }

    fn open_window(&mut self, at: RunTime, window: u16, change: impl FnOnce(&mut Vec<u16>)) {
        let mut active = self
            .windows
            .last()
            .map(|last| last.active.clone())
            .unwrap_or_default();
        change(&mut active);
        active.sort_unstable();
        active.dedup();
        // Ids are given in order by the board; a gap can only come from a damaged record, and is
        // filled so that the index stays the id.
        while self.windows.len() <= usize::from(window) {
            self.windows.push(Window {
                start: at,
                active: active.clone(),
            });
        }
    }
}

impl LoadRecord {
    fn starting(start: RunTime) -> Self {
        Self {
            start,
            end: start,
            series: BTreeMap::new(),
            checks: BTreeMap::new(),
            scenarios: Vec::new(),
            intervals: Vec::new(),
            examples: Vec::new(),
            virtual_users: BTreeMap::new(),
        }
    }

    fn apply(&mut self, tick: &LoadTick, length: Duration) {
        self.end = self.end.max(tick.to);
        let interval = self.interval(tick, length);
        for series in &tick.series {
            interval.response_time.merge(&series.response_time);
            interval.service_time.merge(&series.service_time);
            *interval.outcomes.entry(series.key.outcome).or_default() += series.response_time.len();
        }
        for scenario in &tick.scenarios {
            interval.offered += scenario.offered;
            interval.started += scenario.started;
            interval.dropped += scenario.dropped;
            interval.vus += scenario.vus;
        }
        for series in &tick.series {
            self.series
                .entry(series.key)
                .and_modify(|total| merge_series(total, series))
                .or_insert_with(|| series.clone());
        }
        for CheckTick {
            scenario,
            step,
            check,
            window,
            passes,
            fails,
        } in &tick.checks
        {
            let total = self
                .checks
                .entry((*scenario, *step, *check, *window))
                .or_default();
            total.0 += passes;
            total.1 += fails;
        }
        for scenario in &tick.scenarios {
            let index = usize::from(scenario.scenario);
            if self.scenarios.len() <= index {
                self.scenarios
                    .resize_with(index + 1, ScenarioTotals::default);
            }
            let total = &mut self.scenarios[index];
            let counters = &mut total.counters;
            counters.scenario = scenario.scenario;
            counters.offered += scenario.offered;
            counters.started += scenario.started;
            counters.completed += scenario.completed;
            counters.interrupted += scenario.interrupted;
            counters.dropped += scenario.dropped;
            counters.late += scenario.late;
            total.iteration_duration.merge(&scenario.iteration_duration);
            total.dispatch_lag.merge(&scenario.dispatch_lag);
        }
        self.count_virtual_users(tick);
        for example in &tick.examples {
            let known = ExampleEntry {
                key: example.key.into(),
                message: example.message.clone(),
            };
            if self.examples.len() < EXAMPLES && !self.examples.contains(&known) {
                self.examples.push(known);
            }
        }
    }

    /// The interval in which the tick's middle lies: workers tick at the same pace, a few
    /// microseconds apart.
    fn interval(&mut self, tick: &LoadTick, length: Duration) -> &mut Interval {
        let middle = tick.from + tick.to.since(tick.from) / 2;
        let index = (middle.since(self.start).as_nanos() / length.as_nanos().max(1)) as usize;
        while self.intervals.len() <= index {
            let from = self.intervals.last().map_or(self.start, |last| last.to);
            self.intervals.push(Interval {
                from,
                to: from + length,
                ..Default::default()
            });
        }
        &mut self.intervals[index]
    }

    /// `vus`: the most that were at work at once; `vus_max`: how many were made.
    fn count_virtual_users(&mut self, tick: &LoadTick) {
        for scenario in &tick.scenarios {
            self.virtual_users.insert(
                (tick.worker, scenario.scenario),
                (scenario.vus, scenario.vus_max),
            );
        }
        for total in &mut self.scenarios {
            let mut now = (0, 0);
            for ((_, scenario), (at_work, made)) in &self.virtual_users {
                if *scenario == total.counters.scenario {
                    now = (now.0 + at_work, now.1 + made);
                }
            }
            total.counters.vus = total.counters.vus.max(now.0);
            total.counters.vus_max = now.1;
        }
    }
}

fn merge_series(total: &mut SeriesTick, tick: &SeriesTick) {
    total.response_time.merge(&tick.response_time);
    total.service_time.merge(&tick.service_time);
    total.waiting.merge(&tick.waiting);
    total.receiving.merge(&tick.receiving);
    total.connecting.merge(&tick.connecting);
    total.schedule_lag.merge(&tick.schedule_lag);
    total.bytes_sent += tick.bytes_sent;
    total.bytes_received += tick.bytes_received;
}
