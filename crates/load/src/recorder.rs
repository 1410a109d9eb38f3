mod violations;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::event::{EventKind, Mismatch};
use rtest_core::metric::MetricKind;
use rtest_core::sample::{
    CheckTick, ContractTick, ErrorExample, ErrorKind, GroupTick, LoadTick, MetricTick,
    MetricValues, Outcome, RequestPhases, Sample, ScenarioTick, SeriesKey, SeriesTick,
};
use rtest_core::window::{WindowBoard, WindowCursor, WindowId};
use rtest_core::{EventSink, Histogram, RunTime, Span};

use crate::client::Exchange;
use crate::schedule::Schedule;
use crate::thread_time::ThreadTime;
use violations::{Violations, incomparable};

/// Examples of one series in one tick.
const MAX_EXAMPLES: usize = 3;

/// Characters of one example.
const MAX_EXAMPLE: usize = 240;

/// Folds what one worker's virtual users did into ticks.
///
/// Ticks end on multiples of their length from the load's start, so that those of all workers
/// cover the same stretches; whatever happens after such an edge first sends off what came before
/// it. A tick's histograms are handed over whole, and the next tick begins with none: what is held
/// depends on the number of series, never on the number of samples.
pub(crate) struct Recorder {
    worker: u16,
    tick: Duration,
    start: RunTime,
    from: RunTime,
    /// The end of the present tick.
    until: RunTime,
    windows: Arc<WindowBoard>,
    cursor: WindowCursor,
    events: Arc<dyn EventSink>,
    series: BTreeMap<SeriesKey, SeriesTick>,
    checks: BTreeMap<CheckKey, CheckTick>,
    contracts: BTreeMap<ContractKey, ContractTick>,
    violations: Violations,
    groups: BTreeMap<GroupKey, GroupTick>,
    metrics: BTreeMap<MetricKey, MetricTick>,
    examples: Vec<ErrorExample>,
    scenarios: Vec<Progress>,
    /// What the worker's thread had done by `from`.
    thread: ThreadTime,
}

/// Scenario, step, check, window.
type CheckKey = (u16, u16, u16, WindowId);

/// Scenario, step, window.
type ContractKey = (u16, u16, WindowId);

/// Scenario, group, window.
type GroupKey = (u16, u16, WindowId);

/// Metric, scenario, step, window.
type MetricKey = (u16, u16, u16, WindowId);

/// The worker's part of one scenario.
struct Progress {
    tick: ScenarioTick,
    /// Says what was offered.
    schedule: Rc<RefCell<Schedule>>,
    offered: u64,
    vus: u64,
    vus_max: u64,
    /// Whether something was noted of it.
    noted: bool,
}

/// How an iteration came to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Closed model: its virtual user was free and took it.
    None,
    /// A virtual user was free, or could be made: what it waited is the generator's doing.
    ForTheGenerator,
    /// None was free.
    ForAVirtualUser,
}

/// How an iteration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself.
    Completed,
    /// Cut off.
    Interrupted,
}

impl Recorder {
    /// Records from `start` on.
    pub(crate) fn new(
        worker: u16,
        start: RunTime,
        tick: Duration,
        windows: Arc<WindowBoard>,
        events: Arc<dyn EventSink>,
    ) -> Self {
        Self {
            worker,
            tick,
            start,
            from: start,
            until: start + tick,
            windows,
            cursor: WindowCursor::default(),
            events,
            series: BTreeMap::new(),
            checks: BTreeMap::new(),
            contracts: BTreeMap::new(),
            violations: Violations::default(),
            groups: BTreeMap::new(),
            metrics: BTreeMap::new(),
            examples: Vec::new(),
            scenarios: Vec::new(),
            thread: ThreadTime::of_this_thread(),
        }
    }

    /// Adds the worker's part of a scenario. Returns its place here, by which it is named.
    pub(crate) fn add_scenario(&mut self, scenario: u16, schedule: Rc<RefCell<Schedule>>) -> usize {
        self.scenarios.push(Progress {
            tick: ScenarioTick {
                scenario,
                ..ScenarioTick::default()
            },
            schedule,
            offered: 0,
            vus: 0,
            vus_max: 0,
            noted: false,
        });
        self.scenarios.len() - 1
    }

    /// The next edge: when [`Recorder::keep_up`] is to be called if nothing else happens.
    pub(crate) const fn next_edge(&self) -> RunTime {
        self.until
    }

    /// Sends off what belongs before the last edge.
    pub(crate) fn keep_up(&mut self, now: RunTime) {
        if now < self.until {
            return;
        }
        let tick = self.tick.as_nanos().max(1);
        let ticks = (now - self.start).as_nanos() / tick;
        let edge = u64::try_from(ticks * tick).unwrap_or(u64::MAX);
        let edge = self.start + Duration::from_nanos(edge);
        self.send_off(edge);
        self.until = edge + self.tick;
    }

    /// Sends off the rest; the last call.
    pub(crate) fn finish(&mut self, now: RunTime) {
        self.keep_up(now);
        // What happened at the last edge itself is still here; no tick is without length.
        self.send_off(now.max(self.from + Duration::from_nanos(1)));
    }

    /// A virtual user was made.
    pub(crate) fn virtual_user_made(&mut self, scenario: usize) {
        self.scenarios[scenario].vus_max += 1;
    }

    /// An iteration began.
    pub(crate) fn started(&mut self, scenario: usize, due: RunTime, begun: RunTime, wait: Wait) {
        self.keep_up(begun);
        let progress = &mut self.scenarios[scenario];
        progress.vus += 1;
        progress.tick.vus = progress.tick.vus.max(progress.vus);
        progress.tick.started += 1;
        match wait {
            Wait::None => {}
            Wait::ForTheGenerator => progress.tick.dispatch_lag.record(begun - due),
            Wait::ForAVirtualUser => progress.tick.late += 1,
        }
    }

    /// An iteration ended.
    pub(crate) fn ended(&mut self, scenario: usize, begun: RunTime, now: RunTime, end: End) {
        self.keep_up(now);
        let progress = &mut self.scenarios[scenario];
        progress.vus -= 1;
        match end {
            End::Completed => {
                progress.tick.completed += 1;
                progress.tick.iteration_duration.record(now - begun);
            }
            End::Interrupted => progress.tick.interrupted += 1,
        }
    }

    /// A request that was due at `scheduled_at` ended, with this outcome. Returns its series.
    pub(crate) fn request(
        &mut self,
        scenario: usize,
        step: u16,
        outcome: Outcome,
        scheduled_at: RunTime,
        exchange: &Exchange,
    ) -> SeriesKey {
        self.keep_up(exchange.done_at);
        let sample = Sample {
            scheduled_at,
            sent_at: exchange.sent_at,
            first_byte_at: exchange.first_byte_at.unwrap_or(exchange.done_at),
            done_at: exchange.done_at,
        };
        let series = self.series_of(scenario, step, outcome, &sample);
        series.record(&sample, &exchange.phases);
        series.bytes_sent += exchange.bytes_sent;
        series.bytes_received += exchange.bytes_received;
        series.key
    }

    /// A check of a request of this series held, or did not.
    pub(crate) fn check(&mut self, series: SeriesKey, check: u16, held: bool) {
        let SeriesKey {
            scenario,
            step,
            window,
            ..
        } = series;
        let tick = self
            .checks
            .entry((scenario, step, check, window))
            .or_insert(CheckTick {
                scenario,
                step,
                check,
                window,
                passes: 0,
                fails: 0,
            });
        if held {
            tick.passes += 1;
        } else {
            tick.fails += 1;
        }
    }

    /// An answer to a request of this series was held against the contract of its interaction,
    /// which stands at `span`.
    pub(crate) fn judged(
        &mut self,
        series: SeriesKey,
        judged: Result<Vec<Mismatch>, String>,
        span: &Span,
    ) {
        let SeriesKey {
            scenario,
            step,
            window,
            ..
        } = series;
        let tick = self.contracts.entry((scenario, step, window));
        let tick = tick.or_insert(ContractTick {
            scenario,
            step,
            window,
            kept: 0,
            violated: 0,
        });
        let mismatches = judged.unwrap_or_else(|why| vec![incomparable(why, span)]);
        if mismatches.is_empty() {
            tick.kept += 1;
        } else {
            tick.violated += 1;
            self.violations.add(scenario, step, mismatches);
        }
    }

    /// A group was left by its end, at `to`.
    pub(crate) fn group(&mut self, scenario: usize, group: u16, from: RunTime, to: RunTime) {
        self.keep_up(to);
        let window = self.cursor.classify(&self.windows, from, to);
        let scenario = self.scenarios[scenario].tick.scenario;
        let tick = self.groups.entry((scenario, group, window));
        let tick = tick.or_insert_with(|| GroupTick {
            scenario,
            group,
            window,
            duration: Histogram::default(),
        });
        tick.duration.record(to - from);
    }

    /// A request of this series, which ended at `at`, added a value to a metric of the suite's
    /// own. Values of a trend are 0 or more.
    pub(crate) fn measure(
        &mut self,
        series: SeriesKey,
        metric: u16,
        kind: MetricKind,
        value: f64,
        at: RunTime,
    ) {
        let SeriesKey {
            scenario,
            step,
            window,
            ..
        } = series;
        let tick = self.metrics.entry((metric, scenario, step, window));
        let tick = tick.or_insert_with(|| MetricTick {
            metric,
            scenario,
            step,
            window,
            values: nothing_of(kind, value, at),
        });
        add(&mut tick.values, value, at);
    }

    /// Notes something of the scenario for the reader of the record, if nothing was noted of it
    /// yet.
    pub(crate) fn note(&mut self, scenario: usize, message: impl FnOnce() -> String) {
        if !std::mem::replace(&mut self.scenarios[scenario].noted, true) {
            self.events.emit(EventKind::Note(message()));
        }
    }

    /// Keeps a message as an example of its series, if there are not enough of them.
    pub(crate) fn example(&mut self, key: SeriesKey, message: impl FnOnce() -> String) {
        let kept = self.examples.iter().filter(|kept| kept.key == key).count();
        if kept < MAX_EXAMPLES {
            let message = message();
            let message = match message.char_indices().nth(MAX_EXAMPLE) {
                Some((end, _)) => format!("{}…", &message[..end]),
                None => message,
            };
            self.examples.push(ErrorExample { key, message });
        }
    }

    /// An arrival that was due and never began. `step` is the flow's first request, if it has one.
    pub(crate) fn dropped(
        &mut self,
        scenario: usize,
        step: Option<u16>,
        due: RunTime,
        now: RunTime,
    ) {
        self.scenarios[scenario].tick.dropped += 1;
        let Some(step) = step else { return };
        let sample = Sample {
            scheduled_at: due,
            sent_at: now,
            first_byte_at: now,
            done_at: now,
        };
        let outcome = Outcome::Error(ErrorKind::Dropped);
        let series = self.series_of(scenario, step, outcome, &sample);
        series.record(&sample, &RequestPhases::default());
    }

    fn series_of(
        &mut self,
        scenario: usize,
        step: u16,
        outcome: Outcome,
        sample: &Sample,
    ) -> &mut SeriesTick {
        let window = self
            .cursor
            .classify(&self.windows, sample.scheduled_at, sample.done_at);
        let key = SeriesKey {
            scenario: self.scenarios[scenario].tick.scenario,
            step,
            outcome,
            window,
        };
        self.series
            .entry(key)
            .or_insert_with(|| SeriesTick::new(key))
    }

    fn send_off(&mut self, to: RunTime) {
        let thread = ThreadTime::of_this_thread();
        let spent = thread.since(std::mem::replace(&mut self.thread, thread));
        let tick = LoadTick {
            worker: self.worker,
            from: self.from,
            to,
            series: std::mem::take(&mut self.series).into_values().collect(),
            checks: std::mem::take(&mut self.checks).into_values().collect(),
            contracts: std::mem::take(&mut self.contracts).into_values().collect(),
            violations: std::mem::take(&mut self.violations).into_ticks(),
            scenarios: self
                .scenarios
                .iter_mut()
                .map(|progress| progress.send_off(to))
                .collect(),
            examples: std::mem::take(&mut self.examples),
            groups: std::mem::take(&mut self.groups).into_values().collect(),
            metrics: std::mem::take(&mut self.metrics).into_values().collect(),
            ran: spent.running,
            waited: spent.waiting,
        };
        self.from = to;
        self.events.emit(EventKind::LoadTick(Box::new(tick)));
    }
}

impl Progress {
    fn send_off(&mut self, to: RunTime) -> ScenarioTick {
        let next = ScenarioTick {
            scenario: self.tick.scenario,
            // Whoever is at work now is so in the next tick, too.
            vus: self.vus,
            ..ScenarioTick::default()
        };
        let mut tick = std::mem::replace(&mut self.tick, next);
        let offered = self.schedule.borrow_mut().offered(to);
        tick.offered = match offered {
            Some(offered) => offered - std::mem::replace(&mut self.offered, offered),
            None => tick.started,
        };
        tick.vus_max = self.vus_max;
        tick
    }
}

/// No values yet of a metric of this kind, whose first will be `value`.
fn nothing_of(kind: MetricKind, value: f64, at: RunTime) -> MetricValues {
    match kind {
        MetricKind::Counter => MetricValues::Counter(0.0),
        // Requests measure no levels of services; one would be a gauge.
        MetricKind::Gauge | MetricKind::Level => MetricValues::Gauge {
            min: value,
            max: value,
            last: (at, value),
        },
        MetricKind::Rate => MetricValues::Rate { trues: 0, total: 0 },
        MetricKind::Trend => MetricValues::Trend(Histogram::default()),
    }
}

fn add(values: &mut MetricValues, value: f64, at: RunTime) {
    match values {
        MetricValues::Counter(sum) => *sum += value,
        MetricValues::Gauge { min, max, last } => {
            *min = min.min(value);
            *max = max.max(value);
            if at >= last.0 {
                *last = (at, value);
            }
        }
        MetricValues::Rate { trues, total } => {
            *trues += u64::from(value != 0.0);
            *total += 1;
        }
        // A histogram counts microseconds: thousandths of a millisecond, or of anything else.
        MetricValues::Trend(histogram) => {
            histogram.record(Duration::from_micros((value * 1000.0).round() as u64));
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("worker", &self.worker)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}
