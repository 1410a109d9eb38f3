use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use rtest_core::sample::ErrorKind;
use rtest_core::{Clock, RunTime};

use super::Failure;
use super::progress::Unanswered;
use crate::patience::{GaveUp, Patience};

/// A part of a request, and how long it may take of the request's time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// What is done in it: `receiving the body`.
    pub(crate) doing: &'static str,
    /// What is limited: `the next byte`.
    pub(crate) what: &'static str,
    /// How it is counted when it takes too long.
    pub(crate) kind: ErrorKind,
    /// Nothing where only the request's own timeout bounds it.
    pub(crate) limit: Option<Duration>,
}

impl Part {
    /// Waits for the part that begins at `from`.
    pub(crate) async fn wait<F: Future>(
        self,
        patience: &mut Patience,
        clock: &dyn Clock,
        from: RunTime,
        future: F,
    ) -> Result<F::Output, Unanswered> {
        self.wait_since(patience, clock, || Some(from), future)
            .await
    }

    /// Waits for a part whose limit counts from an instant that may move on meanwhile. As long as
    /// there is no such instant, the part has no limit.
    pub(crate) async fn wait_since<F: Future>(
        self,
        patience: &mut Patience,
        clock: &dyn Clock,
        since: impl Fn() -> Option<RunTime>,
        future: F,
    ) -> Result<F::Output, Unanswered> {
        let whole = patience.deadline();
        let Some(limit) = self.limit else {
            return patience
                .wait(future)
                .await
                .map_err(|gave_up| Unanswered::gave_up(gave_up, whole, self.doing));
        };
        let mut future = pin!(future);
        loop {
            let deadline = since().unwrap_or_else(|| clock.now()) + limit;
            patience.until(deadline.min(whole));
            let waited = patience.wait(future.as_mut()).await;
            patience.until(whole);
            match waited {
                Ok(output) => return Ok(output),
                Err(GaveUp::Interrupted) => {
                    return Err(Unanswered::gave_up(GaveUp::Interrupted, whole, self.doing));
                }
                Err(GaveUp::TimedOut) if deadline >= whole => {
                    return Err(Unanswered::gave_up(GaveUp::TimedOut, whole, self.doing));
                }
                Err(GaveUp::TimedOut) => {
                    if since().is_some_and(|from| from + limit <= deadline) {
                        return Err(Unanswered::TimedOut {
                            at: deadline,
                            failure: Failure::new(
                                self.kind,
                                format!(
                                    "timed out while {}: {} may take {limit:?}",
                                    self.doing, self.what
                                ),
                            ),
                        });
                    }
                }
            }
        }
    }
}
