use std::sync::Arc;
use std::time::Duration;

use nix::unistd::Pid;
use rtest_core::{Clock, EventKind, EventSink};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::process_group::ProcessGroupUsage;
use super::source::{Moment, Source as _};
use crate::processes::Census;

/// Looks at every service, and at rtest itself, each `period`, until it is told to stop.
///
/// A look that is late is not made up for: the next one is as far away as ever.
pub(crate) async fn sample(
    board: Board,
    period: Duration,
    events: Arc<dyn EventSink>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) {
    let mut rtest = ProcessGroupUsage::of_process(Pid::this());
    let mut census = Census::default();
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let mut moment = Moment {
            at: clock.now(),
            census: &mut census,
        };
        let mut tick = board.read(&mut moment);
        tick.rtest = rtest.read(&mut moment);
        if !(tick.rtest.is_empty() && tick.services.is_empty()) {
            events.emit(EventKind::Usage(tick));
        }
    }
}
