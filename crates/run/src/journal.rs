use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rtest_core::{Broken, ControlFuture, UndoJournal};
use rtest_metrics::record::UndoWriter;
use tokio::task::spawn_blocking;

/// The run's undo journal, written by threads that may wait for the disk.
#[derive(Debug)]
pub(crate) struct Journal(Arc<Mutex<UndoWriter>>);

impl Journal {
    /// Begins the journal in the record's folder.
    pub(crate) fn create(folder: &Path, run_id: &str) -> io::Result<Self> {
        let pid = std::process::id();
        let started = rtest_env::process_started(pid).unwrap_or_default();
        let writer = UndoWriter::create(folder, run_id, pid, started)?;
        Ok(Self(Arc::new(Mutex::new(writer))))
    }

    async fn write(
        &self,
        write: impl FnOnce(&mut UndoWriter) -> io::Result<()> + Send + 'static,
    ) -> Result<(), String> {
        let journal = Arc::clone(&self.0);
        let written = spawn_blocking(move || {
            write(&mut journal.lock().unwrap_or_else(PoisonError::into_inner))
        });
        match written.await {
            Ok(written) => written.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl UndoJournal for Journal {
    fn broken(&self, entry: Broken) -> ControlFuture<'_, Result<(), String>> {
        Box::pin(self.write(move |journal| journal.broken(&entry)))
    }

    fn mended(&self, fault: u16, clean: bool, seen: String) -> ControlFuture<'_, ()> {
        Box::pin(async move {
            let written = self.write(move |journal| journal.mended(fault, clean, &seen));
            // It is mended all the same; the journal then says that somebody should look.
            let _ = written.await;
        })
    }
}
