use rtest_core::MonotonicClock;

use super::*;

const MS: Duration = Duration::from_millis(1);

fn alarm(pacing: Pacing) -> (Alarm, Arc<dyn Clock>) {
    let clock: Arc<dyn Clock> = Arc::new(MonotonicClock::start());
    (
        Alarm::new(Timers::System, pacing, Arc::clone(&clock)),
        clock,
    )
}

#[tokio::test]
async fn no_alarm_rings_early() {
    for (_, pacing) in Pacing::NAMES {
        let (alarm, clock) = alarm(pacing);
        for wait in [3 * MS, 5 * MS, MS / 5, 2 * MS] {
            let at = clock.now() + wait;
            alarm.ring_at(at).await;
            let now = clock.now();
            assert!(now >= at, "{pacing:?}: {:?} early", at - now);
        }
    }
}

#[tokio::test]
async fn a_coalescing_alarm_rings_once_a_millisecond_at_most() {
    let (alarm, clock) = alarm(Pacing::Coalesced);
    let (begun, mut rings) = (clock.now(), 0);
    // As for 50,000 arrivals a second.
    while clock.now() - begun < 50 * MS {
        alarm.ring_at(clock.now() + MS / 50).await;
        rings += 1;
    }
    assert!((2..=52).contains(&rings), "{rings}");
}

#[tokio::test]
async fn an_alarm_that_was_not_waited_for_does_not_ring_for_the_next() {
    for pacing in [Pacing::Coalesced, Pacing::Precise] {
        let (alarm, clock) = alarm(pacing);
        tokio::select! {
            biased;
            () = alarm.ring_at(clock.now() + 2 * MS) => panic!("at once"),
            () = yield_now() => {}
        }
        let at = clock.now() + 8 * MS;
        alarm.ring_at(at).await;
        assert!(clock.now() >= at, "{pacing:?}");
    }
}

#[tokio::test]
async fn waiting_for_what_has_passed_lets_others_have_their_turn() {
    for (_, pacing) in Pacing::NAMES {
        let (alarm, _clock) = alarm(pacing);
        let others = std::cell::Cell::new(0);
        let busy = async {
            for _ in 0..20 {
                alarm.ring_at(RunTime::ZERO).await;
            }
            others.get()
        };
        let other = async {
            loop {
                others.set(others.get() + 1);
                yield_now().await;
            }
        };
        tokio::select! {
            biased;
            turns = busy => assert!(turns >= 20, "{pacing:?}: {turns}"),
            () = other => {}
        }
    }
}
