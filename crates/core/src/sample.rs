//! What the load engine measures: four instants a request, folded into ticks.

use std::sync::LazyLock;
use std::time::Duration;

use crate::clock::RunTime;
use crate::event::Mismatch;
use crate::histogram::Histogram;
use crate::window::WindowId;

/// The four instants of a request, and with them every duration that is ever derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When the schedule wanted it sent. In a closed model: when it was sent.
    pub scheduled_at: RunTime,
    /// When its first byte was handed to the system; includes no connecting. Where no connection
    /// could be opened: when connecting began.
    pub sent_at: RunTime,
    /// When the head of the answer had arrived; equal to `done_at` where none came.
    pub first_byte_at: RunTime,
    /// When the last byte had arrived, or the failure was known.
    pub done_at: RunTime,
}

impl Sample {
    /// What a user waits: last byte − scheduled. Free of coordinated omission.
    pub fn response_time(&self) -> Duration {
        self.done_at - self.scheduled_at
    }

    /// What the service takes: last byte − sent.
    pub fn service_time(&self) -> Duration {
        self.done_at - self.sent_at
    }

    /// How late it was sent.
    pub fn schedule_lag(&self) -> Duration {
        self.sent_at - self.scheduled_at
    }

    /// From the last byte sent to the first byte received; `sending` is what lay between the
    /// first and the last byte sent.
    pub fn waiting(&self, sending: Duration) -> Duration {
        (self.first_byte_at - self.sent_at).saturating_sub(sending)
    }

    /// Last byte − first byte.
    pub fn receiving(&self) -> Duration {
        self.done_at - self.first_byte_at
    }
}

/// What a request may have to go through beside waiting and receiving. Most requests go over an
/// open connection and are written at once: all of it takes no time then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestPhase {
    /// Waiting for one of a limited number of connections.
    Blocked,
    /// Looking up the name.
    LookingUp,
    /// Opening the TCP connection, a proxy's tunnel included.
    Connecting,
    /// The TLS handshake.
    TlsHandshaking,
    /// From the first byte written to the last.
    Sending,
}

impl RequestPhase {
    /// Every phase, in the order of a request's life.
    pub const ALL: [Self; 5] = [
        Self::Blocked,
        Self::LookingUp,
        Self::Connecting,
        Self::TlsHandshaking,
        Self::Sending,
    ];

    /// The name in the record; `http_req_` before it is the metric's.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::LookingUp => "looking_up",
            Self::Connecting => "connecting",
            Self::TlsHandshaking => "tls_handshaking",
            Self::Sending => "sending",
        }
    }
}

/// How long each [`RequestPhase`] of one request took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestPhases([Duration; RequestPhase::ALL.len()]);

impl RequestPhases {
    /// How long a phase took.
    pub const fn get(&self, phase: RequestPhase) -> Duration {
        self.0[phase as usize]
    }

    /// Adds to a phase.
    pub fn add(&mut self, phase: RequestPhase, took: Duration) {
        self.0[phase as usize] += took;
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// With an answer of this status.
    Status(u16),
    /// With an answer of this status, which would have failed, were it not what the step asks for:
    /// none of 200 to 399.
    Expected(u16),
    /// Without a whole answer.
    Error(ErrorKind),
}

impl Outcome {
    /// Of an answer. Whether the step asks for its status matters, and is found out, only where the
    /// request would have failed.
    pub fn answered(status: u16, is_asked_for: impl FnOnce() -> bool) -> Self {
        let plain = Self::Status(status);
        if plain.failed() && is_asked_for() {
            Self::Expected(status)
        } else {
            plain
        }
    }

    /// Whether it counts into `http_req_failed`: everything but a status of 200 to 399, and one
    /// that was expected.
    pub const fn failed(self) -> bool {
        !matches!(self, Self::Status(200..=399) | Self::Expected(_))
    }

    /// The status, where there was an answer.
    pub const fn status(self) -> Option<u16> {
        match self {
            Self::Status(status) | Self::Expected(status) => Some(status),
            Self::Error(_) => None,
        }
    }
}

/// Why a request got no whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorKind {
    /// The name did not resolve.
    Dns,
    /// The name did not resolve in time.
    DnsTimeout,
    /// Nothing listens there.
    ConnectRefused,
    /// Any other failure to connect.
    Connect,
    /// No connection in time.
    ConnectTimeout,
    /// The TLS handshake failed: certificate, protocol, ALPN.
    Tls,
    /// No TLS handshake in time.
    TlsTimeout,
    /// The connection was reset or closed before the answer was whole.
    Closed,
    /// What came is not HTTP, or breaks its rules.
    Protocol,
    /// No whole answer within the request's timeout; recorded at the timeout.
    Timeout,
    /// No first byte of the answer in time.
    FirstByteTimeout,
    /// No further byte of the answer in time.
    IdleTimeout,
    /// The body was larger than the limit.
    BodyTooLarge,
    /// The body is not what its `content-encoding` says.
    Decode,
    /// More redirects than are followed, or one that leads nowhere.
    Redirect,
    /// A template could not be filled, or the request could not be built.
    Request,
    /// The generator's own limit: no file descriptor was left for the connection.
    OpenFiles,
    /// The generator's own limit: no local port was left for the connection.
    LocalPorts,
    /// The arrival was due and never sent; recorded at the end of the run.
    Dropped,
    /// The run ended while it was under way.
    Interrupted,
}

impl ErrorKind {
    /// Every kind with its name in tags and reports.
    pub const NAMES: [(&'static str, Self); 20] = [
        ("dns", Self::Dns),
        ("dns_timeout", Self::DnsTimeout),
        ("connect_refused", Self::ConnectRefused),
        ("connect", Self::Connect),
        ("connect_timeout", Self::ConnectTimeout),
        ("tls", Self::Tls),
        ("tls_timeout", Self::TlsTimeout),
        ("closed", Self::Closed),
        ("protocol", Self::Protocol),
        ("timeout", Self::Timeout),
        ("first_byte_timeout", Self::FirstByteTimeout),
        ("idle_timeout", Self::IdleTimeout),
        ("body_too_large", Self::BodyTooLarge),
        ("decode", Self::Decode),
        ("redirect", Self::Redirect),
        ("request", Self::Request),
        ("open_files", Self::OpenFiles),
        ("local_ports", Self::LocalPorts),
        ("dropped", Self::Dropped),
        ("interrupted", Self::Interrupted),
    ];

    /// Whether the generator, not the target, is at fault.
    pub const fn is_of_generator(self) -> bool {
        matches!(self, Self::OpenFiles | Self::LocalPorts)
    }

    /// The name in tags and reports.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(name, _)| name)
    }
}

/// What tells one series of requests from another. Scenario and step are indices into the plan;
/// their names and tags are looked up there, not carried per sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesKey {
    /// Index into `LoadPlan::scenarios`.
    pub scenario: u16,
    /// Index into `ScenarioPlan::requests`.
    pub step: u16,
    /// How the requests ended.
    pub outcome: Outcome,
    /// In which fault window.
    pub window: WindowId,
}

/// The requests of one series in one tick.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesTick {
    /// Which series.
    pub key: SeriesKey,
    /// Scheduled → last byte. Its length is the number of requests.
    pub response_time: Histogram,
    /// Sent → last byte. Holds no dropped arrivals: they were never sent.
    pub service_time: Histogram,
    /// Last byte sent → first byte received; as `service_time`.
    pub waiting: Histogram,
    /// First byte → last byte; as `service_time`.
    pub receiving: Histogram,
    /// Scheduled → sent; as `service_time`.
    pub schedule_lag: Histogram,
    /// The other phases, of the requests in which they took any time.
    pub phases: PhaseHistograms,
    /// Bytes sent, heads included as far as they are known.
    pub bytes_sent: u64,
    /// Bytes received, heads included as far as they are known.
    pub bytes_received: u64,
}

impl SeriesTick {
    /// An empty tick of a series.
    pub fn new(key: SeriesKey) -> Self {
        Self {
            key,
            response_time: Histogram::default(),
            service_time: Histogram::default(),
            waiting: Histogram::default(),
            receiving: Histogram::default(),
            schedule_lag: Histogram::default(),
            phases: PhaseHistograms::default(),
            bytes_sent: 0,
            bytes_received: 0,
        }
    }

    /// Adds one request. A dropped arrival has a response time and nothing else.
    pub fn record(&mut self, sample: &Sample, phases: &RequestPhases) {
        self.response_time.record(sample.response_time());
        if self.key.outcome == Outcome::Error(ErrorKind::Dropped) {
            return;
        }
        self.service_time.record(sample.service_time());
        self.waiting
            .record(sample.waiting(phases.get(RequestPhase::Sending)));
        self.receiving.record(sample.receiving());
        self.schedule_lag.record(sample.schedule_lag());
        self.phases.record(phases);
    }

    /// Adds all that another tick of the same series holds.
    pub fn merge(&mut self, other: &Self) {
        self.response_time.merge(&other.response_time);
        self.service_time.merge(&other.service_time);
        self.waiting.merge(&other.waiting);
        self.receiving.merge(&other.receiving);
        self.schedule_lag.merge(&other.schedule_lag);
        self.phases.merge(&other.phases);
        self.bytes_sent += other.bytes_sent;
        self.bytes_received += other.bytes_received;
    }

    /// How long a phase took, zeros included: one value for each request that was sent.
    pub fn phase(&self, phase: RequestPhase) -> Histogram {
        let mut whole = self.phases.get(phase).clone();
        let rest = self.service_time.len().saturating_sub(whole.len());
        if rest > 0 {
            whole.record_n(Duration::ZERO, rest);
        }
        whole
    }
}

/// A histogram for each [`RequestPhase`], of the requests in which it took any time: a run over kept
/// connections pays nothing for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PhaseHistograms(Option<Box<[Histogram; RequestPhase::ALL.len()]>>);

impl PhaseHistograms {
    /// The phase's durations above zero.
    pub fn get(&self, phase: RequestPhase) -> &Histogram {
        static NONE: LazyLock<Histogram> = LazyLock::new(Histogram::default);
        match &self.0 {
            Some(phases) => &phases[phase as usize],
            None => &NONE,
        }
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, phase: RequestPhase) -> &mut Histogram {
        &mut self.0.get_or_insert_default()[phase as usize]
    }

    fn record(&mut self, phases: &RequestPhases) {
        if *phases == RequestPhases::default() {
            return;
        }
        for phase in RequestPhase::ALL {
            let took = phases.get(phase);
            if took > Duration::ZERO {
                self.get_mut(phase).record(took);
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        if other.0.is_none() {
            return;
        }
        for phase in RequestPhase::ALL {
            self.get_mut(phase).merge(other.get(phase));
        }
    }
}

/// How often one check held and did not, in one tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckTick {
    /// Index into `LoadPlan::scenarios`.
    pub scenario: u16,
    /// Index into `ScenarioPlan::requests`.
    pub step: u16,
    /// Index into the step's checks.
    pub check: u16,
    /// In which fault window.
    pub window: WindowId,
    /// How often it held.
    pub passes: u64,
    /// How often it did not.
    pub fails: u64,
}

/// How many answers kept the contract of one interaction and how many did not, in one tick: of
/// those that were held against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractTick {
    /// Index into `LoadPlan::scenarios`.
    pub scenario: u16,
    /// Index into `ScenarioPlan::requests`.
    pub step: u16,
    /// In which fault window.
    pub window: WindowId,
    /// Those that kept it.
    pub kept: u64,
    /// Those that did not.
    pub violated: u64,
}

/// One way in which answers differed from the contract of an interaction, in one tick. An answer
/// may differ in several.
#[derive(Clone, Debug, PartialEq)]
pub struct ViolationTick {
    /// Index into `LoadPlan::scenarios`.
    pub scenario: u16,
    /// Index into `ScenarioPlan::requests`.
    pub step: u16,
    /// How many answers did.
    pub count: u64,
    /// The first of them; may hold server data, is redacted by the record.
    pub first: Mismatch,
}

/// The durations of one group in one tick, of the times it was left by its end.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupTick {
    /// Index into `LoadPlan::scenarios`.
    pub scenario: u16,
    /// Index into `ScenarioPlan::groups`.
    pub group: u16,
    /// In which fault window.
    pub window: WindowId,
    /// From its first step to the end of its last.
    pub duration: Histogram,
}

/// What was added to a metric of the suite's own in one tick.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricTick {
    /// Index into `LoadPlan::metrics`.
    pub metric: u16,
    /// Index into `LoadPlan::scenarios`.
    pub scenario: u16,
    /// Index into `ScenarioPlan::requests`.
    pub step: u16,
    /// In which fault window.
    pub window: WindowId,
    /// What was added.
    pub values: MetricValues,
}

/// Values of a metric, folded by its kind.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricValues {
    /// Their sum.
    Counter(f64),
    /// The extremes and the latest.
    Gauge {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
        /// The latest, and when it was set.
        last: (RunTime, f64),
    },
    /// How many were not 0.
    Rate {
        /// Those.
        trues: u64,
        /// All.
        total: u64,
    },
    /// Their distribution, in thousandths: of milliseconds, or of whatever they count
    /// ([`Histogram::record_number`]).
    Trend(Histogram),
}

impl MetricValues {
    /// Adds what another tick or worker has of the same metric; values of another kind are not
    /// of it. Of two gauges set at the same instant the larger is the latest, so that the order
    /// does not matter.
    pub fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Counter(sum), Self::Counter(more)) => *sum += more,
            (
                Self::Gauge { min, max, last },
                Self::Gauge {
                    min: other_min,
                    max: other_max,
                    last: other_last,
                },
            ) => {
                *min = min.min(*other_min);
                *max = max.max(*other_max);
                let order = last.0.cmp(&other_last.0);
                if order.then(last.1.total_cmp(&other_last.1)).is_lt() {
                    *last = *other_last;
                }
            }
            (
                Self::Rate { trues, total },
                Self::Rate {
                    trues: more_trues,
                    total: more,
                },
            ) => {
                *trues += more_trues;
                *total += more;
            }
            (Self::Trend(values), Self::Trend(more)) => values.merge(more),
            _ => {}
        }
    }

    /// Whether every number in it is one: a sum that has overflowed cannot be written down.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Counter(sum) => sum.is_finite(),
            Self::Gauge { min, max, last } => {
                [min, max, &last.1].into_iter().all(|it| it.is_finite())
            }
            Self::Rate { .. } | Self::Trend(_) => true,
        }
    }
}

/// One scenario's progress in one tick.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScenarioTick {
    /// Index into `LoadPlan::scenarios`.
    pub scenario: u16,
    /// Arrivals that fell due. In a closed model equal to `started`.
    pub offered: u64,
    /// Iterations begun.
    pub started: u64,
    /// Iterations ended by themselves.
    pub completed: u64,
    /// Iterations cut off by the end of the run.
    pub interrupted: u64,
    /// Arrivals that were due and never started.
    pub dropped: u64,
    /// Of the iterations begun, those whose arrival had to wait for a free virtual user.
    pub late: u64,
    /// The most virtual users that were at work at once.
    pub vus: u64,
    /// Virtual users made so far.
    pub vus_max: u64,
    /// Durations of the completed iterations.
    pub iteration_duration: Histogram,
    /// How late the generator itself was: due → begun, only where a virtual user was free. Its
    /// size says whether the numbers can be trusted.
    pub dispatch_lag: Histogram,
}

/// One example of an error, so that a report can show what it looked like. At most a few per
/// series and tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorExample {
    /// Which series.
    pub key: SeriesKey,
    /// What happened; may hold server data, is redacted by the record.
    pub message: String,
}

/// What one load worker did since its last tick.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadTick {
    /// Which worker, from 0.
    pub worker: u16,
    /// Start of the tick.
    pub from: RunTime,
    /// End of the tick. Requests belong to the tick in which they ended.
    pub to: RunTime,
    /// Requests, by series, in the order of their keys.
    pub series: Vec<SeriesTick>,
    /// Checks, in the order of scenario, step, check.
    pub checks: Vec<CheckTick>,
    /// Answers held against contracts, in the order of scenario, step, window.
    pub contracts: Vec<ContractTick>,
    /// How they differed, in the order of scenario, step, place in the answer; a few of each step.
    pub violations: Vec<ViolationTick>,
    /// Progress of each scenario.
    pub scenarios: Vec<ScenarioTick>,
    /// Groups, in the order of scenario, group, window.
    pub groups: Vec<GroupTick>,
    /// Metrics of the suite's own, in the order of metric, scenario, step, window.
    pub metrics: Vec<MetricTick>,
    /// How long the worker's thread ran.
    pub ran: Duration,
    /// How long the worker's thread had something to do and no core to do it on; zero where the
    /// system does not say.
    pub waited: Duration,
    /// Examples of errors.
    pub examples: Vec<ErrorExample>,
}
