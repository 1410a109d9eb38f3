use std::time::Duration;

use rtest_core::plan::{Arrivals, Engine};
use rtest_core::unit::Rate;

use crate::collection::{List, Named, OneOrMany};
use crate::file::load::executor::{BY_EXECUTOR, MAX_VUS};
use crate::file::load::{Executor, Feeder, RampStage, Step};
use crate::record::record;
use crate::scalar::{Choice, Positive, PositiveNumber, RateFromZero, Whole};

record! {
    /// Who sends what, when, for how long.
    Scenario, "a scenario", forms BY_EXECUTOR {
        /// What sends its requests: `rtest` (the default), or `goose`, a closed loop for the only scenario of a load. A build without the feature `goose` has none.
        engine "engine": optional Choice<Engine>,
        /// When iterations start and how many run at once.
        executor "executor": required Choice<Executor>,
        /// Iterations per unit of time: `200/s`. Of `constant-arrival-rate`.
        rate "rate": optional Rate,
        /// The rate at the start; `0/s` where absent. Of `ramping-arrival-rate`.
        start_rate "start_rate": optional RateFromZero,
        /// For how long iterations are started. Of `constant-vus` and `constant-arrival-rate`.
        duration "duration": optional Positive,
        /// Stretches of time, one after the other, each with what it leads to. Of `ramping-vus` and `ramping-arrival-rate`.
        stages "stages": optional List<RampStage, 1>,
        /// How arrivals are spaced: `even` (the default) or `poisson`, as independent users come. Of `constant-arrival-rate` and `ramping-arrival-rate`.
        arrivals "arrivals": optional Choice<Arrivals>,
        /// A file of instants at which iterations start, relative to the suite file: one a line, or a JSON array; seconds (`1.25`) or durations (`1250ms`), from the start of the scenario. Of `replay`.
        schedule "schedule": optional String,
        /// How many times as fast the schedule is replayed; 1 where absent. Of `replay`.
        speed "speed": optional PositiveNumber,
        /// Virtual users at most. Of `constant-arrival-rate`, `ramping-arrival-rate` and `replay`; as many as are needed when every request takes its whole timeout, but at most 1000, where absent.
        max_vus "max_vus": optional Whole<1, MAX_VUS>,
        /// Virtual users. Of `constant-vus`, `shared-iterations` and `per-vu-iterations`; 1 where absent in the latter two.
        vus "vus": optional Whole<1, MAX_VUS>,
        /// Virtual users at the start; 1 where absent. Of `ramping-vus`.
        start_vus "start_vus": optional Whole<0, MAX_VUS>,
        /// How long an iteration may go on when its virtual user is no longer wanted; 30s where absent. Of `ramping-vus`.
        graceful_ramp_down "graceful_ramp_down": optional Duration,
        /// How many iterations; 1 where absent. Of all virtual users together in `shared-iterations`, of each in `per-vu-iterations`.
        iterations "iterations": optional Whole<1, 1_000_000_000>,
        /// No iteration starts later than this; 10m where absent. Of `shared-iterations` and `per-vu-iterations`.
        max_duration "max_duration": optional Positive,
        /// Tags of every sample of the scenario.
        tags "tags": optional Named<String>,
        /// When it starts, from the start of the load; at once where absent.
        start_time "start_time": optional Duration,
        /// How long running iterations may take to end when no more are started; 30s where absent.
        graceful_stop "graceful_stop": optional Duration,
        /// Where iterations get their data from: one feeder, or a list of them.
        feeder "feeder": optional OneOrMany<Feeder>,
        /// What each virtual user does before its first iteration. Not in the results; what it captures is there for all its iterations.
        before "before": optional List<Step, 1>,
        /// What an iteration does, in order.
        flow "flow": required List<Step, 1>,
        /// What each virtual user does after its last iteration. Not in the results.
        after "after": optional List<Step, 1>,
    }
}
