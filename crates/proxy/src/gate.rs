use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rtest_core::{Clock, Seed};
use rtest_timer::AlarmClock;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::course::Course;
use crate::link::Link;
use crate::observe::{Observer, Tap};
use crate::splice::Pipes;
use crate::toxic::{LotSource, Toxics};
use crate::traffic::Traffic;

/// How long to wait when the system has no more file descriptors; some link will end.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

/// What every link of a proxy is made of.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) name: Arc<str>,
    pub(crate) seed: Seed,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) toxics: Arc<Toxics>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) pipes: Arc<Pipes>,
    pub(crate) target: Mutex<Target>,
    /// Connections accepted so far; gives each its number.
    pub(crate) accepted: AtomicU64,
    pub(crate) live: AtomicUsize,
    /// Every connection is reset as soon as it is made.
    pub(crate) breaks_off: AtomicBool,
}

/// Where the connections that follow go, and where their bytes are counted.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) upstream: Option<Arc<str>>,
    pub(crate) traffic: Arc<Traffic>,
}

impl Terms {
    pub(crate) fn target(&self) -> MutexGuard<'_, Target> {
        // It is replaced in single steps, so it is whole after a panic too.
        self.target.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn link(&self, client: TcpStream, alarms: Arc<AlarmClock>) -> Link {
        let connection = self.accepted.fetch_add(1, Ordering::Relaxed) + 1;
        let observer = self.observer.clone();
        let tap = |observer| Arc::new(Tap::new(observer, self.clock.clone(), connection));
        let course = Course {
            target: self.target().clone(),
            toxics: self.toxics.clone(),
            tap: observer.map(tap),
            lots: LotSource {
                seed: self.seed,
                proxy: self.name.clone(),
                connection,
            },
            clock: self.clock.clone(),
            alarms,
            // Whoever looks on has to see every byte.
            pipes: (cfg!(target_os = "linux") && self.observer.is_none())
                .then(|| self.pipes.clone()),
        };
        Link { client, course }
    }
}

/// An open proxy: accepts clients and owns their links. Dropping it closes them without waiting.
#[derive(Debug)]
pub(crate) struct Gate {
    closing: CancellationToken,
    /// Resets the links that there are, and none that comes later.
    breaking: Breaking,
    /// The accept loop and every link.
    tasks: TaskTracker,
}

/// What the links of the present are reset by.
type Breaking = Arc<Mutex<CancellationToken>>;

impl Gate {
    pub(crate) fn open(listener: TcpListener, terms: Arc<Terms>) -> Self {
        let closing = CancellationToken::new();
        let tasks = TaskTracker::new();
        let breaking = Breaking::default();
        let links = (breaking.clone(), tasks.clone());
        tasks.spawn(accept(listener, terms, closing.clone(), links));
        Self {
            closing,
            breaking,
            tasks,
        }
    }

    /// Resets every link that is there.
    pub(crate) fn break_links(&self) {
        let mut breaking = self.breaking.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *breaking).cancel();
    }

    /// Begins to close the accept loop and every link.
    pub(crate) fn begin_close(&self) {
        self.closing.cancel();
        self.tasks.close();
    }

    /// Returns once the accept loop and every link are gone. They wait for no peer.
    ///
    /// # Cancellation
    /// May be dropped; they still go.
    pub(crate) async fn closed(&self) {
        self.begin_close();
        self.tasks.wait().await;
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.begin_close();
    }
}

/// Accepts and never dials: each link dials for itself.
async fn accept(
    listener: TcpListener,
    terms: Arc<Terms>,
    closing: CancellationToken,
    (breaking, tasks): (Breaking, TaskTracker),
) {
    // Lives as long as the last link.
    let alarms = Arc::new(AlarmClock::start(terms.clock.clone()));
    loop {
        let accepted = tokio::select! {
            biased;
            () = closing.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((client, _)) => {
                let broken = breaking
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone();
                // In this order: a link that began before it was broken off is broken.
                let breaks_off = terms.breaks_off.load(Ordering::Acquire);
                // Boxed, because a future that is handed on is kept once for each hand.
                let link = terms.link(client, alarms.clone());
                let link = Box::pin(link.run(breaks_off, broken));
                let live = Live::count(&terms);
                let closing = closing.clone();
                tasks.spawn(async move {
                    let _live = live;
                    closing.run_until_cancelled(link).await;
                });
            }
            Err(error) if is_exhaustion(&error) => {
                let wait = tokio::time::sleep(OUT_OF_DESCRIPTORS);
                closing.run_until_cancelled(wait).await;
            }
            // The client has gone again before it was accepted.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

/// Whether accepting again at once would fail again.
fn is_exhaustion(error: &std::io::Error) -> bool {
    const ENOMEM: i32 = 12;
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    const ENOBUFS_LINUX: i32 = 105;
    matches!(
        error.raw_os_error(),
        Some(ENOMEM | ENFILE | EMFILE | ENOBUFS_LINUX)
    )
}

/// Counts a link for as long as it lives.
struct Live(Arc<Terms>);

impl Live {
    fn count(terms: &Arc<Terms>) -> Self {
        terms.live.fetch_add(1, Ordering::Relaxed);
        Self(terms.clone())
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.0.live.fetch_sub(1, Ordering::Relaxed);
    }
}
