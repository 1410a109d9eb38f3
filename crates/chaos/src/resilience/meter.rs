use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rtest_core::event::{EventKind, EventSink};
use rtest_core::traffic::LinkTick;
use rtest_core::{Clock, RunTime};
use rtest_proxy::observe::{Attempt, AttemptEnd, Began, Observer};

use super::chains::Chains;

/// Folds the attempts on one link into ticks. Ticks in which nothing happened are not told.
pub struct LinkMeter {
    clock: Arc<dyn Clock>,
    events: Arc<dyn EventSink>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tick: LinkTick,
    chains: Chains,
}

impl LinkMeter {
    /// Of the link with this index in the plan.
    pub fn new(link: u16, clock: Arc<dyn Clock>, events: Arc<dyn EventSink>) -> Self {
        let tick = tick_at(link, clock.now());
        Self {
            clock,
            events,
            state: Mutex::new(State {
                tick,
                chains: Chains::default(),
            }),
        }
    }

    /// Tells what is not told yet. To be called when the link is closed.
    pub fn finish(&self) {
        let mut state = self.lock();
        let next = LinkTick {
            link: state.tick.link,
            from: state.tick.to,
            to: state.tick.to + LinkTick::LENGTH,
            ..LinkTick::default()
        };
        self.tell(std::mem::replace(&mut state.tick, next));
    }

    /// The present tick, after those that are over were told.
    fn present(&self) -> MutexGuard<'_, State> {
        let now = self.clock.now();
        let mut state = self.lock();
        if now >= state.tick.to {
            let next = tick_at(state.tick.link, now);
            self.tell(std::mem::replace(&mut state.tick, next));
        }
        state
    }

    fn tell(&self, tick: LinkTick) {
        if !tick.is_empty() {
            self.events.emit(EventKind::LinkTick(Box::new(tick)));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for LinkMeter {
    fn began(&self, attempt: &Began) {
        let state = &mut *self.present();
        state.tick.began += 1;
        state.chains.began(attempt, &mut state.tick.retries);
    }

    fn ended(&self, attempt: &Attempt) {
        let state = &mut *self.present();
        let ends = &mut state.tick.ends;
        match attempt.end {
            AttemptEnd::Answered { status: 500.. } => ends.server_errors += 1,
            AttemptEnd::Answered { status } => {
                ends.answered += 1;
                *state.tick.answered_with.entry(status).or_default() += 1;
            }
            AttemptEnd::GivenUp => ends.given_up += 1,
            AttemptEnd::Broken => ends.broken += 1,
            AttemptEnd::Refused => ends.refused += 1,
        }
        if attempt.end != AttemptEnd::Refused {
            let waited = attempt.ended_at.since(attempt.began.at);
            let millis = u32::try_from(waited.as_micros().div_ceil(1000)).unwrap_or(u32::MAX);
            *state.tick.waited_ms.entry(millis).or_default() += 1;
        }
        let tick = &mut state.tick;
        let began = ticks_before(tick, attempt.began.at);
        match ticks_before(tick, attempt.ended_at) {
            0 if began == 0 => {}
            0 => *tick.carried.entry(began).or_default() += 1,
            ended => *tick.late.entry((began, ended)).or_default() += 1,
        }
        state.chains.ended(attempt);
    }
}

impl fmt::Debug for LinkMeter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkMeter")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// How many ticks before this one an instant lies.
fn ticks_before(tick: &LinkTick, at: RunTime) -> u32 {
    let from = tick_at(tick.link, at).from;
    let ticks = tick.from.since(from).as_nanos() / LinkTick::LENGTH.as_nanos();
    u32::try_from(ticks).unwrap_or(u32::MAX)
}

/// The tick in which `now` lies; ticks begin at multiples of their length.
fn tick_at(link: u16, now: RunTime) -> LinkTick {
    let length = LinkTick::LENGTH.as_nanos() as u64;
    let from = RunTime::from_nanos(now.as_nanos() / length * length);
    LinkTick {
        link,
        from,
        to: from + LinkTick::LENGTH,
        ..LinkTick::default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;
    use rtest_core::ManualClock;
    use rtest_core::traffic::Pauses;
    use rtest_proxy::observe::Correlation;

    #[derive(Default)]
    struct Ticks(Mutex<Vec<LinkTick>>);

    impl EventSink for Ticks {
        fn emit(&self, kind: EventKind) {
            if let EventKind::LinkTick(tick) = kind {
                self.0.lock().unwrap().push(*tick);
            }
        }
    }

    struct Scene {
        clock: Arc<ManualClock>,
        ticks: Arc<Ticks>,
        meter: LinkMeter,
    }

    impl Scene {
        fn new() -> Self {
            let (clock, ticks) = (Arc::new(ManualClock::default()), Arc::new(Ticks::default()));
            let meter = LinkMeter::new(3, clock.clone(), ticks.clone());
            Self {
                clock,
                ticks,
                meter,
            }
        }

        fn pass(&self, millis: u64) {
            self.clock.advance(Duration::from_millis(millis));
        }

        fn began(&self, method: &str, request: Option<&str>) -> Began {
            let began = Began {
                at: self.clock.now(),
                connection: 1,
                method: Some(method.to_owned()),
                call: 7,
                correlation: request
                    .and_then(|id| Correlation::of_header("x-request-id", id.as_bytes())),
            };
            self.meter.began(&began);
            began
        }

        fn ends(&self, began: Began, end: AttemptEnd) {
            self.meter.ended(&Attempt {
                began,
                ended_at: self.clock.now(),
                end,
            });
        }

        fn told(&self) -> Vec<LinkTick> {
            self.meter.finish();
            self.ticks.0.lock().unwrap().clone()
        }
    }

    const OK: AttemptEnd = AttemptEnd::Answered { status: 200 };

    #[test]
    fn attempts_count_where_they_begin_and_where_they_end() {
        let scene = Scene::new();
        scene.pass(250);
        let slow = scene.began("GET", None);
        let quick = scene.began("GET", None);
        scene.ends(quick, OK);
        scene.pass(400);
        scene.ends(slow, AttemptEnd::GivenUp);
        let told = scene.told();
        let stretches: Vec<_> = told
            .iter()
            .map(|tick| tick.from.as_nanos() / 1_000_000)
            .collect();
        assert_eq!(stretches, [200, 600], "ticks without anything are left out");
        assert_eq!(
            (told[0].link, told[0].began, told[0].ends.answered),
            (3, 2, 1)
        );
        assert_eq!(told[0].answered_with, BTreeMap::from([(200, 1)]));
        assert_eq!(told[0].waited_ms, BTreeMap::from([(0, 1)]));
        assert_eq!((told[1].began, told[1].ends.given_up), (0, 1));
        assert_eq!(told[1].waited_ms, BTreeMap::from([(400, 1)]));
        assert_eq!(told[0].carried, BTreeMap::new());
        assert_eq!(told[1].carried, BTreeMap::from([(4, 1)]));
    }

    #[test]
    fn an_end_that_is_heard_of_late_counts_where_it_was() {
        let scene = Scene::new();
        let began = scene.began("GET", None);
        scene.pass(150);
        let ended_at = scene.clock.now();
        scene.pass(3000);
        scene.meter.ended(&Attempt {
            began,
            ended_at,
            end: AttemptEnd::GivenUp,
        });
        let told = scene.told();
        assert_eq!(told[1].late, BTreeMap::from([((31, 30), 1)]));
        assert_eq!(told[1].waited_ms, BTreeMap::from([(150, 1)]));
        assert_eq!(
            told[1].ended().collect::<Vec<_>>(),
            [(0, 0, 0), (31, 30, 1)]
        );
    }

    #[test]
    fn what_repeats_a_failed_attempt_of_the_same_request_is_its_retry() {
        let scene = Scene::new();
        for (pause, end) in [(0, AttemptEnd::Broken), (20, AttemptEnd::Broken), (50, OK)] {
            scene.pass(pause);
            let began = scene.began("GET", Some("a"));
            scene.ends(began, end);
        }
        // It was served: the same call again is another one.
        let began = scene.began("GET", Some("a"));
        scene.ends(began, OK);
        // Another request's.
        let began = scene.began("POST", Some("b"));
        scene.ends(began, AttemptEnd::Answered { status: 503 });
        scene.began("POST", Some("b"));
        scene.began("GET", None);
        let [tick] = scene.told().try_into().expect("one tick");
        let millis = Duration::from_millis;
        let pause = |pause| {
            let mut pauses = Pauses::default();
            pauses.record(pause);
            pauses
        };
        assert_eq!(tick.retries.correlated, 6);
        assert_eq!(tick.retries.repeated, 3);
        assert_eq!(tick.retries.unsafe_repeats, 1, "the second POST");
        assert_eq!(tick.retries.most, 3);
        assert_eq!(tick.retries.anew, 1, "the fourth GET");
        let first = &tick.retries.pauses[&1];
        assert_eq!((first.count, first.longest), (2, millis(20)));
        assert_eq!(first.spread, BTreeMap::from([(0, 1), (200, 1)]));
        assert_eq!(tick.retries.pauses[&2], pause(millis(50)));
    }

    #[test]
    fn two_attempts_at_once_are_two_attempts_of_one_request() {
        let scene = Scene::new();
        scene.began("GET", Some("hedged"));
        scene.began("GET", Some("hedged"));
        let [tick] = scene.told().try_into().expect("one tick");
        assert_eq!((tick.retries.repeated, tick.retries.most), (1, 2));
        assert!(tick.retries.pauses.is_empty(), "nothing had ended");
    }
}
