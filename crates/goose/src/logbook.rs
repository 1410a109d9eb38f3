use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::event::EventKind;
use rtest_core::sample::{
    CheckTick, ErrorExample, GroupTick, LoadTick, Outcome, RequestPhases, Sample, ScenarioTick,
    SeriesKey, SeriesTick,
};
use rtest_core::window::{WindowBoard, WindowCursor, WindowId};
use rtest_core::{EventSink, Histogram, RunTime};

/// Examples of one series in one tick.
const MAX_EXAMPLES: usize = 3;

/// Characters of one example.
const MAX_EXAMPLE: usize = 240;

/// The one scenario that there is.
const SCENARIO: u16 = 0;

/// Folds what goose's users do into ticks of the form that rtest's own engine has. All users write
/// into one: goose moves them between threads.
pub(crate) struct Logbook {
    tick: Duration,
    start: RunTime,
    from: RunTime,
    /// The end of the present tick.
    until: RunTime,
    windows: Arc<WindowBoard>,
    cursor: WindowCursor,
    events: Arc<dyn EventSink>,
    series: BTreeMap<SeriesKey, SeriesTick>,
    /// By step, check, window.
    checks: BTreeMap<(u16, u16, WindowId), CheckTick>,
    /// By group, window.
    groups: BTreeMap<(u16, WindowId), GroupTick>,
    examples: Vec<ErrorExample>,
    progress: ScenarioTick,
    vus: u64,
    vus_max: u64,
    is_finished: bool,
}

/// What became of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Index into `ScenarioPlan::requests`.
    pub(crate) step: u16,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// When goose was given it.
    pub(crate) sent_at: RunTime,
    /// When the head of the answer had arrived, if it did.
    pub(crate) first_byte_at: Option<RunTime>,
    /// When the last byte had arrived, or the failure was known.
    pub(crate) done_at: RunTime,
    /// Bytes of the bodies: goose tells of no others.
    pub(crate) bytes_sent: u64,
    /// As `bytes_sent`.
    pub(crate) bytes_received: u64,
}

impl Logbook {
    /// Records from `start` on.
    pub(crate) fn new(
        start: RunTime,
        tick: Duration,
        windows: Arc<WindowBoard>,
        events: Arc<dyn EventSink>,
    ) -> Self {
        Self {
            tick,
            start,
            from: start,
            until: start + tick,
            windows,
            cursor: WindowCursor::default(),
            events,
            series: BTreeMap::new(),
            checks: BTreeMap::new(),
            groups: BTreeMap::new(),
            examples: Vec::new(),
            progress: ScenarioTick::default(),
            vus: 0,
            vus_max: 0,
            is_finished: false,
        }
    }

    /// The next edge: when [`Logbook::keep_up`] is to be called if nothing else happens.
    pub(crate) const fn next_edge(&self) -> RunTime {
        self.until
    }

    /// Sends off what belongs before the last edge.
    pub(crate) fn keep_up(&mut self, now: RunTime) {
        if now < self.until || self.is_finished {
            return;
        }
        let tick = self.tick.as_nanos().max(1);
        let ticks = (now - self.start).as_nanos() / tick;
        let edge = u64::try_from(ticks * tick).unwrap_or(u64::MAX);
        let edge = self.start + Duration::from_nanos(edge);
        self.send_off(edge);
        self.until = edge + self.tick;
    }

    /// Sends off the rest. What comes later is not recorded.
    pub(crate) fn finish(&mut self, now: RunTime) {
        self.keep_up(now);
        self.send_off(now.max(self.from + Duration::from_nanos(1)));
        self.is_finished = true;
    }

    /// An iteration began.
    pub(crate) fn started(&mut self, begun: RunTime, is_first_of_user: bool) {
        self.keep_up(begun);
        self.vus_max += u64::from(is_first_of_user);
        self.vus += 1;
        self.progress.vus = self.progress.vus.max(self.vus);
        self.progress.started += 1;
        self.progress.offered += 1;
    }

    /// An iteration ended by itself, or was cut off.
    pub(crate) fn ended(&mut self, begun: RunTime, now: RunTime, was_cut_off: bool) {
        self.keep_up(now);
        self.vus -= 1;
        if was_cut_off {
            self.progress.interrupted += 1;
        } else {
            self.progress.completed += 1;
            self.progress.iteration_duration.record(now - begun);
        }
    }

    /// A request ended. Returns its series.
    pub(crate) fn request(&mut self, entry: Entry) -> SeriesKey {
        self.keep_up(entry.done_at);
        let sample = Sample {
            scheduled_at: entry.sent_at,
            sent_at: entry.sent_at,
            first_byte_at: entry.first_byte_at.unwrap_or(entry.done_at),
            done_at: entry.done_at,
        };
        let key = SeriesKey {
            scenario: SCENARIO,
            step: entry.step,
            outcome: entry.outcome,
            window: self
                .cursor
                .classify(&self.windows, sample.sent_at, sample.done_at),
        };
        let series = self.series.entry(key);
        let series = series.or_insert_with(|| SeriesTick::new(key));
        // goose does not tell of what lies before the head of an answer.
        series.record(&sample, &RequestPhases::default());
        series.bytes_sent += entry.bytes_sent;
        series.bytes_received += entry.bytes_received;
        key
    }

    /// A check of a request of this series held, or did not.
    pub(crate) fn check(&mut self, series: SeriesKey, check: u16, held: bool) {
        let SeriesKey { step, window, .. } = series;
        let tick = self.checks.entry((step, check, window));
        let tick = tick.or_insert(CheckTick {
            scenario: SCENARIO,
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

    /// A group was left by its end, at `to`.
    pub(crate) fn group(&mut self, group: u16, from: RunTime, to: RunTime) {
        self.keep_up(to);
        let window = self.cursor.classify(&self.windows, from, to);
        let tick = self.groups.entry((group, window));
        let tick = tick.or_insert_with(|| GroupTick {
            scenario: SCENARIO,
            group,
            window,
            duration: Histogram::default(),
        });
        tick.duration.record(to - from);
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

    fn send_off(&mut self, to: RunTime) {
        if self.is_finished {
            return;
        }
        let next = ScenarioTick {
            // Whoever is at work now is so in the next tick, too.
            vus: self.vus,
            ..ScenarioTick::default()
        };
        let progress = ScenarioTick {
            vus_max: self.vus_max,
            ..std::mem::replace(&mut self.progress, next)
        };
        let tick = LoadTick {
            worker: 0,
            from: self.from,
            to,
            series: std::mem::take(&mut self.series).into_values().collect(),
            checks: std::mem::take(&mut self.checks).into_values().collect(),
            scenarios: vec![progress],
            groups: std::mem::take(&mut self.groups).into_values().collect(),
            metrics: Vec::new(),
            contracts: Vec::new(),
            violations: Vec::new(),
            // Its users have no thread of their own; the generator's health tells of all threads.
            ran: Duration::ZERO,
            waited: Duration::ZERO,
            examples: std::mem::take(&mut self.examples),
        };
        self.from = to;
        self.events.emit(EventKind::LoadTick(Box::new(tick)));
    }
}

impl fmt::Debug for Logbook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logbook")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}
