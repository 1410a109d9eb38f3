use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rtest_core::event::{Event, EventKind, EventSink};
use rtest_core::{Clock, RunTime};
use rtest_metrics::RunRecord;
use rtest_metrics::record::{EntryKind, RecordError, RecordWriter};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::guardrail::GuardrailWatch;
use crate::watch::ThresholdWatch;

/// Looks on while a run goes; called on the dispatcher's task, so it must be quick.
pub trait Observer: Send {
    /// Something happened; `record` already holds it.
    fn observe(&mut self, event: &Event, record: &RunRecord);
}

/// The one owner of a run's state: takes every event, writes it, shows it.
pub struct Dispatcher {
    sink: Arc<Queue>,
    task: JoinHandle<Result<RecordWriter, RecordError>>,
}

/// Events that wait to be written. Engines emit a few per second and worker, and the writer takes
/// microseconds for each; should the disk stall for so long that the queue fills, further events
/// are dropped and counted, and the count makes the numbers invalid: load must never wait for the
/// disk.
const QUEUE: usize = 4096;

enum Message {
    Event(Event),
    /// Everything before this is written, then the writer is handed back.
    Finish,
}

/// What the dispatcher's task does with an event.
struct Desk {
    writer: RecordWriter,
    observer: Box<dyn Observer>,
    watch: ThresholdWatch,
    guardrails: GuardrailWatch,
}

impl Desk {
    fn take(&mut self, mut event: Event) -> Result<(), RecordError> {
        self.writer.event(&mut event)?;
        self.observer.observe(&event, self.writer.record());
        if !matches!(event.kind, EventKind::LoadTick(_)) {
            return Ok(());
        }
        let trip = self.guardrails.look(self.writer.record(), event.at);
        if let Some(trip) = trip {
            return self.note(Event {
                at: event.at,
                kind: EventKind::DrillAborted {
                    guardrail: trip.guardrail,
                    observed: trip.observed,
                },
            });
        }
        let Some(breach) = self.watch.look(self.writer.record(), event.at) else {
            return Ok(());
        };
        self.note(Event {
            at: event.at,
            kind: EventKind::LoadAborted {
                threshold: breach.threshold,
                observed: breach.observed,
            },
        })
    }

    /// Keeps and shows what was concluded from an event.
    fn note(&mut self, mut event: Event) -> Result<(), RecordError> {
        self.writer.event(&mut event)?;
        self.observer.observe(&event, self.writer.record());
        Ok(())
    }
}

struct Queue {
    clock: Arc<dyn Clock>,
    sender: mpsc::Sender<Message>,
    lost: AtomicU64,
}

impl EventSink for Queue {
    fn emit(&self, kind: EventKind) {
        let event = Event {
            at: self.clock.now(),
            kind,
        };
        if self.sender.try_send(Message::Event(event)).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Dispatcher {
    /// Starts taking events; `watch` and `guardrails` see the record grow. When the record cannot be written,
    /// `cancel` ends the run.
    pub fn start(
        writer: RecordWriter,
        observer: Box<dyn Observer>,
        watch: ThresholdWatch,
        guardrails: GuardrailWatch,
        clock: Arc<dyn Clock>,
        cancel: CancellationToken,
    ) -> Self {
        let (sender, mut receiver) = mpsc::channel(QUEUE);
        let mut desk = Desk {
            writer,
            observer,
            watch,
            guardrails,
        };
        let task = tokio::spawn(async move {
            while let Some(Message::Event(event)) = receiver.recv().await {
                if let Err(error) = desk.take(event) {
                    // A run that leaves no record is not worth the load on its target.
                    cancel.cancel();
                    return Err(error);
                }
            }
            Ok(desk.writer)
        });
        let sink = Arc::new(Queue {
            clock,
            sender,
            lost: AtomicU64::new(0),
        });
        Self { sink, task }
    }

    /// Where engines put their events.
    pub fn sink(&self) -> Arc<dyn EventSink> {
        Arc::clone(&self.sink) as Arc<dyn EventSink>
    }

    /// Writes what is still queued, then how the run ended, and hands the record out.
    ///
    /// # Errors
    /// When the record could not be written at some point (disk full); what was written before
    /// is still there.
    pub async fn finish(self, ending: Option<EntryKind>) -> Result<RunRecord, RecordError> {
        // The queue may be full; this one waits its turn.
        let _ = self.sink.sender.send(Message::Finish).await;
        let mut writer = self
            .task
            .await
            .expect("the dispatcher's task does not panic")?;
        let now: RunTime = self.sink.clock.now();
        let lost = self.sink.lost.load(Ordering::Relaxed);
        if lost > 0 {
            writer.entry(now, EntryKind::EventsLost { count: lost })?;
        }
        if let Some(ending) = ending {
            writer.entry(now, ending)?;
        }
        writer.entry(now, EntryKind::Ended)?;
        Ok(writer.record().clone())
    }
}
