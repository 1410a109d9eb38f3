//! What the load engine measures: four instants a request, folded into ticks.

use std::time::Duration;

use crate::clock::RunTime;
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

    /// Time to the first byte: first byte − sent.
    pub fn waiting(&self) -> Duration {
        self.first_byte_at - self.sent_at
    }

    /// Last byte − first byte.
    pub fn receiving(&self) -> Duration {
        self.done_at - self.first_byte_at
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// With an answer of this status.
    Status(u16),
    /// Without a whole answer.
    Error(ErrorKind),
}

impl Outcome {
    /// Whether it counts into `http_req_failed`: everything but a status of 200 to 399.
    pub const fn failed(self) -> bool {
        !matches!(self, Self::Status(200..=399))
    }
}

/// Why a request got no whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorKind {
    /// The name did not resolve.
    Dns,
    /// Nothing listens there.
    ConnectRefused,
    /// Any other failure to connect.
    Connect,
    /// The connection was reset or closed before the answer was whole.
    Closed,
    /// What came is not HTTP, or breaks its rules.
    Protocol,
    /// No whole answer within the request's timeout; recorded at the timeout.
    Timeout,
    /// The body was larger than the limit.
    BodyTooLarge,
    /// A template could not be filled, or the request could not be built.
    Request,
    /// The arrival was due and never sent; recorded at the end of the run.
    Dropped,
    /// The run ended while it was under way.
    Interrupted,
}

impl ErrorKind {
    /// Every kind with its name in tags and reports.
    pub const NAMES: [(&'static str, Self); 10] = [
        ("dns", Self::Dns),
        ("connect_refused", Self::ConnectRefused),
        ("connect", Self::Connect),
        ("closed", Self::Closed),
        ("protocol", Self::Protocol),
        ("timeout", Self::Timeout),
        ("body_too_large", Self::BodyTooLarge),
        ("request", Self::Request),
        ("dropped", Self::Dropped),
        ("interrupted", Self::Interrupted),
    ];

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
    /// Index into `ScenarioPlan::flow`.
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
    /// Sent → first byte; as `service_time`.
    pub waiting: Histogram,
    /// First byte → last byte; as `service_time`.
    pub receiving: Histogram,
    /// Opening the connection; zeros where it was reused; as `service_time`.
    pub connecting: Histogram,
    /// Scheduled → sent; as `service_time`.
    pub schedule_lag: Histogram,
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
            connecting: Histogram::default(),
            schedule_lag: Histogram::default(),
            bytes_sent: 0,
            bytes_received: 0,
        }
    }

    /// Adds one request. `connecting` is zero where the connection was reused. A dropped arrival
    /// has a response time and nothing else.
    pub fn record(&mut self, sample: &Sample, connecting: Duration) {
        self.response_time.record(sample.response_time());
        if self.key.outcome == Outcome::Error(ErrorKind::Dropped) {
            return;
        }
        self.service_time.record(sample.service_time());
        self.waiting.record(sample.waiting());
        self.receiving.record(sample.receiving());
        self.connecting.record(connecting);
        self.schedule_lag.record(sample.schedule_lag());
    }
}

/// How often one check held and did not, in one tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckTick {
    /// Index into `LoadPlan::scenarios`.
    pub scenario: u16,
    /// Index into `ScenarioPlan::flow`.
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
#[derive(Clone, Debug, PartialEq)]
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
    /// Progress of each scenario.
    pub scenarios: Vec<ScenarioTick>,
    /// Examples of errors.
    pub examples: Vec<ErrorExample>,
}
