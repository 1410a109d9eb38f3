//! Arrivals that wait for a virtual user wait for whoever keeps the users busy: the target, that
//! does not answer, or the generator, that does not get to send and read. Both look alike in
//! response times; the workers' threads tell them apart. While a target is slow they are idle;
//! a generator that is the bottleneck has a thread that never rests.

use std::time::Duration;

use crate::load_record::{Interval, LoadRecord};
use crate::number::count;
use crate::run_record::{HealthPoint, RunRecord};
use crate::verdict::Gate;

/// The share of its time beyond which a worker's thread is the bottleneck: the rest goes to waking
/// up.
const BUSY: f64 = 0.9;

/// The share of arrivals that may wait, or be dropped, without it mattering why.
const TRACE: f64 = 0.01;

/// Unsent arrivals, as a share of those of an interval, that are no more than its edge cutting
/// through the millisecond in which they are handed out.
const EDGE: f64 = 0.05;

/// A look at the generator says how it was in the second before; a little more, as looks are late.
const LOOK: Duration = Duration::from_millis(1250);

/// The time in which arrivals waited for a virtual user.
struct Waiting {
    /// Arrivals that waited or were dropped.
    arrivals: u64,
    /// All.
    offered: u64,
    /// How busy the busiest worker was in the meantime, on average, 0 to 1.
    busy: f64,
}

/// Whether the generator, not the target, kept arrivals waiting.
pub(in crate::verdict) fn starved(record: &RunRecord) -> bool {
    Waiting::of(record).is_some_and(|waiting| waiting.busy > BUSY)
}

/// Where more than a trace of the arrivals waited, and it is known what workers did.
pub(super) fn gate(record: &RunRecord) -> Option<Gate> {
    let waiting = Waiting::of(record)?;
    Some(super::gate(
        "arrivals wait for the target, not for the generator",
        waiting.busy <= BUSY,
        format!(
            "workers at most {:.0} % busy while arrivals wait",
            BUSY * 100.0
        ),
        format!(
            "{:.0} %; {} of {} arrivals waited or were dropped",
            waiting.busy * 100.0,
            count(waiting.arrivals),
            count(waiting.offered),
        ),
        "a worker's thread had no time left to send in, so what arrivals waited says nothing \
         about the target: lower the rate, use a machine with faster or more cores, or spread the \
         load over several machines with `--shard`",
    ))
}

impl Waiting {
    fn of(record: &RunRecord) -> Option<Self> {
        let load = record.load.as_ref()?;
        let (arrivals, offered) = waited(load);
        if arrivals as f64 <= offered as f64 * TRACE {
            return None;
        }
        let busy: Vec<f64> = waiting_intervals(load)
            .map(|interval| busiest_worker(interval, &record.health))
            .collect();
        let mean = busy.iter().sum::<f64>() / busy.len().max(1) as f64;
        // A thread that really did nothing cannot have recorded anything: nobody said.
        (mean > 0.0).then_some(Self {
            arrivals,
            offered,
            busy: mean,
        })
    }
}

/// Arrivals that waited or were dropped, and all.
fn waited(load: &LoadRecord) -> (u64, u64) {
    let counters = load.scenarios.iter().map(|scenario| &scenario.counters);
    counters.fold((0, 0), |sum, counters| {
        let waited = counters.late + counters.dropped;
        (sum.0 + waited, sum.1 + counters.offered)
    })
}

/// The intervals in which arrivals waited and their wait did not become shorter: one in which a
/// backlog is worked off says nothing, as whoever catches up is busy.
fn waiting_intervals(load: &LoadRecord) -> impl Iterator<Item = &Interval> {
    let mut due = 0;
    let mut sent = 0;
    let mut before = 0_u64;
    load.intervals.iter().filter(move |interval| {
        due += interval.offered;
        sent += interval.started + interval.dropped;
        let backlog = due.saturating_sub(sent);
        let waiting = interval.late > 0 || backlog as f64 > interval.offered as f64 * EDGE;
        let grows = backlog >= before;
        before = backlog;
        waiting && grows && interval.offered > 0
    })
}

/// As the workers said themselves, or as the generator saw them when it looked.
fn busiest_worker(interval: &Interval, health: &[HealthPoint]) -> f64 {
    let first = health.partition_point(|point| point.at < interval.to);
    let covering = health[first..]
        .iter()
        .take_while(|point| point.at.since(interval.to) < LOOK);
    let seen = covering.map(|point| point.busiest_worker);
    seen.fold(interval.busiest_worker, f64::max)
}
