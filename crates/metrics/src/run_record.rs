//! The fold: entries and ticks, in the order in which they were written, become one record in
//! memory. Verdicts and reports look at this and at nothing else.

use std::time::Duration;

use rtest_core::clock::RunTime;
use rtest_core::event::ServiceImage;
use rtest_core::sample::LoadTick;
use rtest_core::traffic::LinkTick;
use rtest_core::usage::Quantity;
use rtest_core::window::{Window, WindowId};

use crate::load_record::LoadRecord;
use crate::record::{
    CaseEntry, CoverageEntry, Entry, EntryKind, Header, InteractionEntry, SimEntry, SpanRecord,
};
use crate::usage_record::UsageRecord;
use crate::verdict::GateStatus;

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
    /// What crossed the links, in the order in which it was told.
    pub traffic: Vec<LinkTick>,
    /// Fault windows; the index is the id.
    pub windows: Vec<Window>,
    /// Faults, in the header's order.
    pub faults: Vec<FaultRecord>,
    /// Probes that were asked, in that order.
    pub probes: Vec<ProbeRecord>,
    /// Numbers that were read, in that order.
    pub gauges: Vec<GaugeReading>,
    /// Integration cases, in the order run.
    pub cases: Vec<CaseEntry>,
    /// Interactions, in the order verified.
    pub interactions: Vec<InteractionEntry>,
    /// What is known of operations: which answers they gave, in the order verified.
    pub coverage: Vec<CoverageEntry>,
    /// Contract entries that verified nothing or could not be read.
    pub contract_failures: Vec<ContractFailure>,
    /// Programs, in the order run.
    pub sims: Vec<SimEntry>,
    /// What services used over time.
    pub usage: UsageRecord,
    /// The generator's condition over time.
    pub health: Vec<HealthPoint>,
    /// The threshold that ended the load before its time.
    pub aborted: Option<AbortRecord>,
    /// The guardrail that ended the drill before its time: its index, and what was there.
    pub tripped: Option<(RunTime, u16, String)>,
    /// Whether someone changed the load while it ran.
    pub load_controlled: bool,
    /// Things to know.
    pub notes: Vec<(RunTime, String)>,
    /// Events that were lost on the way to the record.
    pub events_lost: u64,
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
    /// The environment did not come up, or was lost.
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
    /// What its container is made of; absent where it is none.
    pub image: Option<ServiceImage>,
    /// When all that it depends on was ready, and what it needs began to be fetched and made.
    pub preparing: Option<RunTime>,
    /// When it was started.
    pub started: Option<RunTime>,
    /// When it was ready.
    pub ready: Option<RunTime>,
    /// Where it was reached.
    pub address: Option<String>,
    /// How it ended, if it ended by itself, and its last words.
    pub exited: Option<(String, Vec<String>)>,
    /// When that was.
    pub exited_at: Option<RunTime>,
    /// When the system killed it for want of memory.
    pub out_of_memory: Vec<RunTime>,
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

/// A number at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaugeReading {
    /// Its index, by which expectations name it.
    pub gauge: u16,
    /// When it was read.
    pub at: RunTime,
    /// What it was; nothing where it could not be read.
    pub value: Option<f64>,
}

/// A contract entry that failed as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractFailure {
    /// What was looked for, and what was there.
    pub message: String,
    /// Where.
    pub span: SpanRecord,
}

/// A threshold that was breached and ended the load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AbortRecord {
    /// When.
    pub at: RunTime,
    /// Index into the header's thresholds.
    pub threshold: u16,
    /// What was read.
    pub observed: f64,
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
    /// The busiest worker's thread: running or waiting for a core, as a share of the time since
    /// the last point, 0 to 1; 0 where the system does not say.
    pub busiest_worker: f64,
    /// Of that, waiting for a core.
    pub waited_for_core: f64,
    /// Local ports in use.
    pub local_ports: u64,
    /// Local ports that connections may be given; 0 where the system does not say.
    pub local_ports_limit: u64,
    /// In a merged record: which part's generator, from 0.
    pub part: u32,
}

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
            traffic: Vec::new(),
            windows: vec![Window::default()],
            faults,
            probes: Vec::new(),
            gauges: Vec::new(),
            cases: Vec::new(),
            interactions: Vec::new(),
            coverage: Vec::new(),
            contract_failures: Vec::new(),
            sims: Vec::new(),
            usage: UsageRecord::default(),
            health: Vec::new(),
            aborted: None,
            tripped: None,
            load_controlled: false,
            notes: Vec::new(),
            events_lost: 0,
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
            EntryKind::ServicePreparing { service } => {
                self.service(service).preparing.get_or_insert(at);
            }
            EntryKind::ServiceStarting { service } => {
                let record = self.service(service);
                record.stopped = None;
                // A fault may have ended it, and then it is started again.
                if *record.started.get_or_insert(at) != at {
                    self.usage.count(at, service, Quantity::Restarts);
                }
            }
            EntryKind::ServiceOutOfMemory { service } => {
                self.service(service).out_of_memory.push(at);
                self.usage.out_of_memory(at, service);
            }
            EntryKind::Usage(entry) => self.usage.apply(at, &entry.into()),
            EntryKind::ServiceReady {
                service, address, ..
            } => {
                let service = self.service(service);
                service.ready.get_or_insert(at);
                service.address = Some(address.clone());
            }
            EntryKind::ServiceExited {
                service,
                status,
                log_tail,
            } => {
                let service = self.service(service);
                service.exited = Some((status.clone(), log_tail.clone()));
                service.exited_at = Some(at);
            }
            EntryKind::ServiceStopped { service } => self.service(service).stopped = Some(at),
            EntryKind::ServiceImage {
                service,
                image,
                id,
                digest,
            } => {
                self.service(service).image = Some(ServiceImage {
                    name: image.clone(),
                    id: id.clone(),
                    digest: digest.clone(),
                });
            }
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
            EntryKind::Gauge { gauge, value, .. } => self.gauges.push(GaugeReading {
                gauge: *gauge,
                at,
                value: *value,
            }),
            // Its histograms carry the same counts; see `apply_tick`.
            EntryKind::LoadTick(_) => {}
            EntryKind::LinkTick(tick) => self.traffic.push(tick.into()),
            EntryKind::Generator {
                cpu_share,
                open_files,
                open_files_limit,
                busiest_worker,
                waited_for_core,
                local_ports,
                local_ports_limit,
                part,
            } => {
                self.health.push(HealthPoint {
                    at,
                    cpu_share: *cpu_share,
                    open_files: *open_files,
                    open_files_limit: *open_files_limit,
                    busiest_worker: *busiest_worker,
                    waited_for_core: *waited_for_core,
                    local_ports: *local_ports,
                    local_ports_limit: *local_ports_limit,
                    part: *part,
                });
            }
            EntryKind::LoadControlled { change, scale } => {
                self.load_controlled = true;
                let scale = scale.map_or_else(String::new, |scale| format!(" × {scale}"));
                self.notes
                    .push((at, format!("load control: {change}{scale}")));
            }
            EntryKind::LoadAborted {
                threshold,
                observed,
            } => {
                // The first has ended it; a later one found a load that was ending.
                self.aborted.get_or_insert(AbortRecord {
                    at,
                    threshold: *threshold,
                    observed: *observed,
                });
            }
            EntryKind::DrillAborted {
                guardrail,
                observed,
            } => {
                // As above.
                let trip = (at, *guardrail, observed.clone());
                self.tripped.get_or_insert(trip);
            }
            EntryKind::Case(case) => self.cases.push(case.clone()),
            EntryKind::Interaction(interaction) => self.interactions.push(interaction.clone()),
            EntryKind::Coverage(coverage) => self.coverage.push(coverage.clone()),
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
            EntryKind::EventsLost { count } => self.events_lost += count,
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

    /// Whether the environment did not come up, so that nothing was run that could be shown.
    pub fn nothing_ran(&self) -> bool {
        matches!(self.ending, Ending::EnvironmentFailed(_)) && self.stages.is_empty()
    }

    /// The verdict on something that left no trace: not reached, if the run, or its load, was cut
    /// short.
    pub(crate) fn unseen(&self) -> GateStatus {
        match self.ending {
            Ending::Interrupted | Ending::CutOff => GateStatus::Inconclusive,
            Ending::Whole if self.is_cut_short() => GateStatus::Inconclusive,
            Ending::Whole | Ending::EnvironmentFailed(_) => GateStatus::Failed,
        }
    }

    /// Whether a threshold or a guardrail ended the load before its time.
    pub fn is_cut_short(&self) -> bool {
        self.aborted.is_some() || self.tripped.is_some()
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
