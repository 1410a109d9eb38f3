use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rtest_core::unit::format_duration;
use rtest_core::{EventKind, EventSink};

use super::{NotYet, Probe};

/// The wait between two attempts, doubled from the first to the last of these.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// How long one attempt may take; a service may hang on the first connection and serve the next.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(5);
/// After which silence an attempt counts as "no answer" if the time is over meanwhile.
const SILENCE: Duration = Duration::from_millis(500);
/// How often is said what is being waited for.
const NOTE_EVERY: Duration = Duration::from_secs(5);

/// A wait for one service.
pub(crate) struct Waiting<'a> {
    /// Its name.
    pub(crate) service: &'a str,
    /// What is asked.
    pub(crate) probe: &'a dyn Probe,
    /// Where it may be; the first that is ready counts.
    pub(crate) candidates: &'a [SocketAddr],
    /// How long it may take.
    pub(crate) within: Duration,
    /// Who is told what is being waited for.
    pub(crate) events: &'a dyn EventSink,
}

impl Waiting<'_> {
    /// Asks until the service is ready, and says where.
    ///
    /// # Errors
    /// What was seen last, when the time is over.
    ///
    /// # Cancellation
    /// Safe.
    pub(crate) async fn until_ready(&self) -> Result<SocketAddr, NotYet> {
        let last = Last::default();
        let mut ready = pin!(self.poll(&last));
        let mut over = pin!(tokio::time::sleep(self.within));
        let mut waited = Duration::ZERO;
        loop {
            tokio::select! {
                address = &mut ready => return Ok(address),
                () = &mut over => return Err(last.get()),
                () = tokio::time::sleep(NOTE_EVERY) => {
                    waited += NOTE_EVERY;
                    self.events.emit(EventKind::Note(format!(
                        "waiting for `{}`: {}, {} of {} so far, {}",
                        self.service,
                        self.probe.describe(),
                        format_duration(waited),
                        format_duration(self.within),
                        last.get().seen,
                    )));
                }
            }
        }
    }

    async fn poll(&self, last: &Last) -> SocketAddr {
        let mut pause = FIRST_PAUSE;
        loop {
            let mut best: Option<NotYet> = None;
            for address in self.candidates {
                match self.attempt(*address, last).await {
                    Ok(()) => return *address,
                    // An answer says more than the silence of the other addresses.
                    Err(seen) if seen.answered || best.is_none() => best = Some(seen),
                    Err(_) => {}
                }
            }
            if let Some(seen) = best {
                last.set(seen);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn attempt(&self, address: SocketAddr, last: &Last) -> Result<(), NotYet> {
        let mut answer = self.probe.ask(address);
        if let Ok(answer) = tokio::time::timeout(SILENCE, &mut answer).await {
            return answer;
        }
        last.set(NotYet::silent("no answer so far"));
        tokio::time::timeout(ATTEMPT_LIMIT - SILENCE, answer)
            .await
            .unwrap_or_else(|_| {
                Err(NotYet::silent(format!(
                    "no answer within {}",
                    format_duration(ATTEMPT_LIMIT)
                )))
            })
    }
}

/// What was seen last.
#[derive(Default)]
struct Last(Mutex<Option<NotYet>>);

impl Last {
    fn set(&self, seen: NotYet) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }

    fn get(&self) -> NotYet {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .unwrap_or_else(|| NotYet::silent("no answer so far"))
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;

    use tokio::time::Instant;

    use super::*;

    /// Answers by the number of the attempt and the address.
    struct Script<F>(F, Mutex<Vec<Instant>>);

    impl<F, A> Probe for Script<F>
    where
        F: Fn(usize, SocketAddr) -> A + Send + Sync,
        A: Future<Output = Result<(), NotYet>> + Send + 'static,
    {
        fn describe(&self) -> String {
            "GET /health".to_owned()
        }

        fn ask(
            &self,
            address: SocketAddr,
        ) -> Pin<Box<dyn Future<Output = Result<(), NotYet>> + Send + '_>> {
            let mut attempts = self.1.lock().expect("no panic");
            attempts.push(Instant::now());
            Box::pin((self.0)(attempts.len(), address))
        }
    }

    #[derive(Default)]
    struct Notes(Mutex<Vec<String>>);

    impl EventSink for Notes {
        fn emit(&self, kind: EventKind) {
            if let EventKind::Note(note) = kind {
                self.0.lock().expect("no panic").push(note);
            }
        }
    }

    fn here() -> SocketAddr {
        "127.0.0.1:1".parse().expect("an address")
    }

    async fn wait(
        probe: &dyn Probe,
        candidates: &[SocketAddr],
        within: Duration,
    ) -> (Result<SocketAddr, NotYet>, Vec<String>) {
        let notes = Notes::default();
        let waiting = Waiting {
            service: "shop",
            probe,
            candidates,
            within,
            events: &notes,
        };
        let result = waiting.until_ready().await;
        (result, notes.0.into_inner().expect("no panic"))
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_begin_quickly_and_slow_down() {
        let probe = Script(
            |attempt, _| async move {
                if attempt < 10 {
                    Err(NotYet::silent("connection refused"))
                } else {
                    Ok(())
                }
            },
            Mutex::default(),
        );
        let (ready, notes) = wait(&probe, &[here()], Duration::from_secs(20)).await;
        assert_eq!(ready, Ok(here()));
        assert_eq!(notes, [""; 0]);
        let attempts = probe.1.into_inner().expect("no panic");
        let pauses: Vec<u128> = attempts
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).as_millis())
            .collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 100, 100, 100, 100]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_wait_says_what_it_waits_for_and_ends_in_time() {
        let probe = Script(
            |_, _| async { Err(NotYet::answered("last answer: 503")) },
            Mutex::default(),
        );
        let start = Instant::now();
        let (ready, notes) = wait(&probe, &[here()], Duration::from_secs(12)).await;
        assert_eq!(ready, Err(NotYet::answered("last answer: 503")));
        assert_eq!(start.elapsed().as_secs(), 12);
        assert_eq!(
            notes,
            [
                "waiting for `shop`: GET /health, 5s of 12s so far, last answer: 503",
                "waiting for `shop`: GET /health, 10s of 12s so far, last answer: 503",
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_hanging_attempt_is_given_up_for_another() {
        let probe = Script(
            |attempt, _| async move {
                if attempt == 1 {
                    std::future::pending::<()>().await;
                }
                Ok(())
            },
            Mutex::default(),
        );
        let (ready, _) = wait(&probe, &[here()], Duration::from_secs(20)).await;
        assert_eq!(ready, Ok(here()));

        let probe = Script(
            |attempt, _| async move {
                if attempt > 1 {
                    std::future::pending::<()>().await;
                }
                Err(NotYet::silent("connection refused"))
            },
            Mutex::default(),
        );
        let (ready, _) = wait(&probe, &[here()], Duration::from_secs(2)).await;
        assert_eq!(
            ready,
            Err(NotYet::silent("no answer so far")),
            "what it does now, not what it did first"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_address_that_answers_is_the_one_that_counts() {
        let six: SocketAddr = "[::1]:1".parse().expect("an address");
        let probe = Script(
            move |attempt, address| async move {
                match (address == six, attempt) {
                    (false, _) => Err(NotYet::silent("connection refused")),
                    (true, 1..4) => Err(NotYet::answered("last answer: 503")),
                    (true, _) => Ok(()),
                }
            },
            Mutex::default(),
        );
        let (ready, _) = wait(&probe, &[here(), six], Duration::from_secs(1)).await;
        assert_eq!(ready, Ok(six));
        let (ready, _) = wait(&probe, &[here()], Duration::from_secs(1)).await;
        assert_eq!(ready, Err(NotYet::silent("connection refused")));
    }
}
