use std::time::Duration;

use futures_util::future::join_all;
use rtest_core::event::{EventKind, ProbeSide};
use rtest_core::plan::Continuously;
use rtest_core::window::Window;
use tokio::time::{MissedTickBehavior, interval};

use crate::active::Announcer;
use crate::hypothesis::{Asked, Hypothesis, SETTLE_LIMIT};

/// How often a probe is asked while load runs.
const PERIOD: Duration = Duration::from_secs(1);

/// Asks continuous probes, and never returns.
pub(crate) async fn watch(hypothesis: &Hypothesis, announcer: &Announcer) {
    let probes = hypothesis.probes().iter();
    let mut watched: Vec<Watched<'_>> = probes
        .filter_map(|probe| {
            Some(Watched {
                probe,
                when: probe.continuously?,
                has_settled: true,
            })
        })
        .collect();
    if watched.is_empty() {
        return std::future::pending().await;
    }
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick is at once, and probes were asked just before.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        join_all(watched.iter_mut().map(|probe| probe.look(announcer))).await;
    }
}

struct Watched<'a> {
    probe: &'a Asked,
    when: Continuously,
    /// Whether it has held since the last fault.
    has_settled: bool,
}

impl Watched<'_> {
    async fn look(&mut self, announcer: &Announcer) {
        let before = current(announcer);
        let is_calm = before.active.is_empty();
        self.has_settled &= is_calm;
        if !is_calm && self.when == Continuously::OutsideFaults {
            return;
        }
        let result = self.probe.ask().await;
        if self.when == Continuously::OutsideFaults {
            // Something was broken while it was asked: it says nothing about the calm.
            if current(announcer) != before {
                return;
            }
            let calm_for = announcer.clock.now().since(before.start);
            if !result.held && !self.has_settled && calm_for < SETTLE_LIMIT {
                return;
            }
            self.has_settled = true;
        }
        announcer.events.emit(EventKind::ProbeEvaluated {
            probe: self.probe.index,
            side: ProbeSide::During,
            result,
        });
    }
}

fn current(announcer: &Announcer) -> Window {
    announcer.windows.windows().pop().unwrap_or_default()
}
