use rtest_core::Diagnostic;
use tokio::sync::watch;

/// What an environment stands on has gone: what its services do from then on says nothing about
/// them.
#[derive(Debug)]
pub(crate) struct Loss(watch::Sender<Option<Diagnostic>>);

impl Default for Loss {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Loss {
    /// It has gone. What is told first counts: of an engine, every container tells.
    pub(crate) fn tell(&self, lost: Diagnostic) {
        self.0.send_if_modified(|told| {
            let is_first = told.is_none();
            told.get_or_insert(lost);
            is_first
        });
    }

    /// Waits until that is so.
    ///
    /// # Cancellation
    /// Safe.
    pub(crate) async fn told(&self) -> Diagnostic {
        let mut told = self.0.subscribe();
        let lost = told.wait_for(Option::is_some).await;
        let lost = lost.expect("whoever tells it is borrowed here");
        lost.clone().expect("it was just waited for")
    }
}
