//! Load without a network: answers by formula, folded into ticks as the engine would.

use std::collections::BTreeMap;
use std::time::Duration;

use rtest_core::clock::RunTime;
use rtest_core::event::{Event, EventKind, GeneratorHealth, RollbackProof};
use rtest_core::sample::{
    CheckTick, ErrorExample, ErrorKind, LoadTick, Outcome, RequestPhase, RequestPhases, Sample,
    ScenarioTick, SeriesKey, SeriesTick,
};
use rtest_core::window::{WindowBoard, WindowCursor};

/// An open model on one scenario.
pub(crate) struct Traffic {
    /// Start of the load on the run clock, in seconds.
    pub(crate) start: f64,
    pub(crate) seconds: f64,
    /// Arrivals per second.
    pub(crate) rate: f64,
    pub(crate) workers: u16,
    /// Of each fault in order: from, to, in seconds since the start of the load.
    pub(crate) faults: Vec<(f64, f64)>,
    /// The proof of each rollback; `None` leaves the fault in place.
    pub(crate) proofs: Vec<Option<RollbackProof>>,
    /// What becomes of the arrival that falls due at an instant, in seconds since the start.
    pub(crate) answer: Box<dyn Fn(f64, u64) -> Answer>,
}

/// What becomes of an arrival.
pub(crate) struct Answer {
    pub(crate) step: u16,
    pub(crate) outcome: Outcome,
    /// Due → sent.
    pub(crate) lag_us: u64,
    /// Sent → last byte.
    pub(crate) service_us: u64,
    /// By check of the step: whether it held.
    pub(crate) checks: Vec<bool>,
    pub(crate) example: Option<String>,
}

pub(crate) fn clean(seen: &str) -> Option<RollbackProof> {
    Some(RollbackProof {
        clean: true,
        seen: seen.to_owned(),
    })
}

/// Evenly spread over 0..1, the same for the same index.
pub(crate) fn noise(index: u64) -> f64 {
    let mixed = index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

fn at(seconds: f64) -> RunTime {
    RunTime::from_nanos((seconds * 1e9).round() as u64)
}

impl Traffic {
    /// Injections, rollbacks, ticks and the generator's health, in the order of their time.
    pub(crate) fn events(&self) -> Vec<Event> {
        let board = WindowBoard::default();
        let mut events = self.faults(&board);
        let mut cursor = WindowCursor::default();
        let length = Duration::from_secs(1);
        let mut ticks: BTreeMap<(u64, u16), LoadTick> = BTreeMap::new();
        let start = at(self.start);
        let slots = (self.rate * self.seconds).round() as u64;
        let mut last = (self.seconds.ceil() as u64).saturating_sub(1);
        let mut under_way: Vec<(RunTime, RunTime)> = Vec::new();
        for slot in 0..slots {
            let due = slot as f64 / self.rate;
            let answer = (self.answer)(due, slot);
            let worker = (slot % u64::from(self.workers)) as u16;
            let scheduled_at = start + Duration::from_secs_f64(due);
            let sent_at = scheduled_at + Duration::from_micros(answer.lag_us);
            let done_at = sent_at + Duration::from_micros(answer.service_us);
            let sample = Sample {
                scheduled_at,
                sent_at,
                first_byte_at: sent_at + Duration::from_micros(answer.service_us * 9 / 10),
                done_at,
            };
            let second = |at: RunTime| at.since(start).as_secs();
            last = last.max(second(done_at));
            let key = SeriesKey {
                scenario: 0,
                step: answer.step,
                outcome: answer.outcome,
                window: cursor.classify(&board, scheduled_at, done_at),
            };
            let dropped = answer.outcome == Outcome::Error(ErrorKind::Dropped);
            {
                let scenario = scenario(&mut ticks, self, second(scheduled_at), worker, length);
                scenario.offered += 1;
                scenario.late += u64::from(answer.lag_us > 1000);
                scenario.started += u64::from(!dropped);
                scenario.dropped += u64::from(dropped);
                if !dropped {
                    scenario
                        .dispatch_lag
                        .record(Duration::from_micros(30 + (noise(slot) * 400.0) as u64));
                }
            }
            if !dropped {
                under_way.push((sent_at, done_at));
                let scenario = scenario(&mut ticks, self, second(done_at), worker, length);
                scenario.completed += 1;
                scenario.iteration_duration.record(done_at.since(sent_at));
            }
            let tick = tick(&mut ticks, self, second(done_at), worker, length);
            record(tick, key, &sample, &answer, slot);
        }
        for second in 0..=last {
            for worker in 0..self.workers {
                scenario(&mut ticks, self, second, worker, length);
            }
        }
        for ((second, worker), tick) in &mut ticks {
            let end = tick.to;
            let at_work = under_way
                .iter()
                .filter(|(sent, done)| *sent <= end && end < *done)
                .count() as u64;
            let share = at_work / u64::from(self.workers);
            let rest = at_work % u64::from(self.workers);
            for scenario in &mut tick.scenarios {
                scenario.vus = share + u64::from(u64::from(*worker) < rest);
                scenario.vus_max = 40;
            }
            if *worker == 0 {
                events.push(Event {
                    at: end,
                    kind: EventKind::GeneratorHealth(GeneratorHealth {
                        cpu_share: 0.11 + 0.05 * noise(*second),
                        open_files: 84 + second % 7,
                        open_files_limit: 1_048_576,
                        ..GeneratorHealth::default()
                    }),
                });
            }
        }
        events.extend(ticks.into_values().map(|tick| Event {
            at: tick.to,
            kind: EventKind::LoadTick(Box::new(tick)),
        }));
        events.sort_by_key(|event| event.at);
        events
    }

    fn faults(&self, board: &WindowBoard) -> Vec<Event> {
        let mut edges: Vec<(f64, bool, u16)> = Vec::new();
        for (index, (from, to)) in self.faults.iter().enumerate() {
            edges.push((*from, true, index as u16));
            if self.proofs[index].is_some() {
                edges.push((*to, false, index as u16));
            }
        }
        edges.sort_by(|a, b| a.0.total_cmp(&b.0));
        let event = |(seconds, injected, fault): (f64, bool, u16)| {
            let at = at(self.start + seconds);
            let kind = if injected {
                EventKind::FaultInjected {
                    fault,
                    window: board.injected(fault, at),
                }
            } else {
                EventKind::FaultRolledBack {
                    fault,
                    window: board.rolled_back(fault, at),
                    proof: self.proofs[usize::from(fault)].clone().expect("an edge"),
                }
            };
            Event { at, kind }
        };
        edges.into_iter().map(event).collect()
    }
}

fn tick<'a>(
    ticks: &'a mut BTreeMap<(u64, u16), LoadTick>,
    traffic: &Traffic,
    second: u64,
    worker: u16,
    length: Duration,
) -> &'a mut LoadTick {
    let from = at(traffic.start) + length * second as u32;
    ticks.entry((second, worker)).or_insert_with(|| LoadTick {
        worker,
        from,
        to: from + length,
        series: Vec::new(),
        checks: Vec::new(),
        scenarios: vec![ScenarioTick::default()],
        ..LoadTick::default()
    })
}

fn scenario<'a>(
    ticks: &'a mut BTreeMap<(u64, u16), LoadTick>,
    traffic: &Traffic,
    second: u64,
    worker: u16,
    length: Duration,
) -> &'a mut ScenarioTick {
    &mut tick(ticks, traffic, second, worker, length).scenarios[0]
}

fn record(tick: &mut LoadTick, key: SeriesKey, sample: &Sample, answer: &Answer, slot: u64) {
    let known = tick.series.iter().position(|series| series.key == key);
    let index = known.unwrap_or_else(|| {
        tick.series.push(SeriesTick::new(key));
        tick.series.len() - 1
    });
    let connecting = Duration::from_micros(if slot < 8 { 180 } else { 0 });
    let series = &mut tick.series[index];
    let mut phases = RequestPhases::default();
    phases.add(RequestPhase::Connecting, connecting);
    series.record(sample, &phases);
    series.bytes_sent += 112;
    series.bytes_received += 340;
    for (check, held) in (0_u16..).zip(&answer.checks) {
        let place = tick.checks.iter().position(|known| {
            (known.step, known.check, known.window) == (key.step, check, key.window)
        });
        let index = place.unwrap_or_else(|| {
            tick.checks.push(CheckTick {
                scenario: 0,
                step: key.step,
                check,
                window: key.window,
                passes: 0,
                fails: 0,
            });
            tick.checks.len() - 1
        });
        tick.checks[index].passes += u64::from(*held);
        tick.checks[index].fails += u64::from(!held);
    }
    if let Some(message) = &answer.example
        && tick.examples.len() < 3
    {
        tick.examples.push(ErrorExample {
            key,
            message: message.clone(),
        });
    }
    tick.series.sort_by_key(|series| series.key);
}
