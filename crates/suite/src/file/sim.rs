use rtest_core::plan::UnhandledRejections;

use crate::file::World;
use crate::record::record;
use crate::scalar::{Choice, Whole, Word};

record! {
    /// A program for the deterministic runtime.
    Sim, "a sim entry" {
        /// The program's file, relative to the suite file.
        program "program": required String,
        /// Under how many seeds it is run; 1 where absent. None may have a finding: an exception, a rejection or an exit code other than 0, a deadlock, a leak, a held-up loop, an `always` that does not hold.
        seeds "seeds": optional Whole<1, 1_000_000>,
        /// How schedules are chosen: `random` (the default: each seed disturbs some things), `pct` (each seed stalls at a few points) or `exhaustive` (every schedule of a few stalls, `seeds` of them at most).
        strategy "strategy": optional Choice<Strategy>,
        /// One more than there are stalls in a run; 3 where absent. Beside `strategy: pct`.
        depth "depth": optional Whole<1, 100>,
        /// Choices of a schedule that are not an idle machine's, at most; 2 where absent. Beside `strategy: exhaustive`.
        forced "forced": optional Whole<0, 100>,
        /// How much memory the program may use, `512MB`; `2GiB` where absent, `16MiB` to `64GiB`. Reaching it is a finding.
        memory "memory": optional String,
        /// The world that it runs in, beside what it makes of it itself.
        world "world": optional World,
        /// Whether timers and intervals that the program leaves behind at its end are a finding; `false` where absent.
        leaks "leaks": optional bool,
        /// What becomes of promises that are rejected and that nobody handles, as Node's `--unhandled-rejections` has it: `throw` (the default), `strict`, `warn`, `none` or `warn-with-error-code`.
        unhandled_rejections "unhandled_rejections": optional Choice<UnhandledRejections>,
    }
}

/// How schedules are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strategy {
    Random,
    Pct,
    Exhaustive,
}

impl Word for Strategy {
    const WHAT: &'static str = "strategy";

    fn words() -> Vec<(&'static str, Self)> {
        vec![
            ("random", Self::Random),
            ("pct", Self::Pct),
            ("exhaustive", Self::Exhaustive),
        ]
    }
}

impl Word for UnhandledRejections {
    const WHAT: &'static str = "mode";

    fn words() -> Vec<(&'static str, Self)> {
        Self::ALL.map(|mode| (mode.name(), mode)).to_vec()
    }
}
