use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::exit::Exit;
use crate::live;

/// Ctrl-C and SIGTERM: the first cancels and lets everything be taken down, the second ends the
/// process at once (the reaper then takes down the rest).
pub(crate) struct Signals {
    terminated: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Signals {
    /// Watches for signals; `on_first` is told of the first one. Must be called inside a runtime.
    pub(crate) fn watch(
        cancel: CancellationToken,
        on_first: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let terminated = Arc::new(AtomicBool::new(false));
        let by_terminate = Arc::clone(&terminated);
        let task = tokio::spawn(async move {
            loop {
                let exit = tokio::select! {
                    _ = interrupt.recv() => Exit::Interrupted,
                    _ = terminate.recv() => {
                        by_terminate.store(true, Ordering::SeqCst);
                        Exit::Terminated
                    }
                };
                if cancel.is_cancelled() {
                    live::restore();
                    std::process::exit(i32::from(exit.code()));
                }
                on_first();
                cancel.cancel();
            }
        });
        Ok(Self { terminated, task })
    }

    /// The exit of a run that was interrupted.
    pub(crate) fn exit(&self) -> Exit {
        if self.terminated.load(Ordering::SeqCst) {
            Exit::Terminated
        } else {
            Exit::Interrupted
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.task.abort();
    }
}
