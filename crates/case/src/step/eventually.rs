use std::time::Duration;

use rtest_core::plan::CaseStep;
use rtest_core::unit::format_duration;

use super::{Bench, Done};

/// Between one look and the next.
const PAUSE: Duration = Duration::from_millis(50);

/// Takes a step until it holds or its time is over; then with what was there last.
pub(super) async fn take(bench: &mut Bench<'_>, step: &CaseStep) -> Done {
    let Some(within) = step.within else {
        return bench.take_once(step).await;
    };
    let begun = bench.context.clock.now();
    let mut looks = 0;
    loop {
        let done = bench.take_once(step).await;
        looks += 1;
        let waited = bench.context.clock.now().since(begun);
        if done.differences.is_empty() {
            return done;
        }
        if waited >= within {
            return told(done, within, looks);
        }
        tokio::time::sleep(PAUSE.min(within - waited)).await;
    }
}

fn told(mut done: Done, within: Duration, looks: u32) -> Done {
    for difference in &mut done.differences {
        let within = format_duration(within);
        difference.expected = format!("{} within {within}", difference.expected);
        difference.actual = format!("{} (the last of {looks} looks)", difference.actual);
    }
    done
}
