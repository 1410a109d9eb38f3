use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::{RunTime, Stream as RandomStream};

use super::lot::unit;
use super::{AttributeError, Attributes, Item, Joining, Stage, Toxic};

/// Delays every chunk by `latency` ± `jitter`, evenly spread, counted from when it was received.
/// Order is kept: a chunk that draws a short delay leaves behind those before it. An end or a
/// reset is not delayed itself, but stays behind the chunks before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// May be negative, as the API takes anything; then no delay.
    latency_us: i128,
    /// Negative or 0: none.
    jitter_us: i128,
}

impl Latency {
    pub(super) const TYPE: &str = "latency";

    /// To the microsecond.
    pub fn new(latency: Duration, jitter: Duration) -> Self {
        let micros = |duration: Duration| i128::try_from(duration.as_micros()).unwrap_or(i128::MAX);
        Self {
            latency_us: micros(latency),
            jitter_us: micros(jitter),
        }
    }

    /// The delay of a chunk that drew `offset`, at least −1 and below 1.
    fn delay(self, offset: f64) -> Duration {
        let micros = self.latency_us as f64 + self.jitter_us.max(0) as f64 * offset;
        // The cast saturates: below 0 is none, above u64 is for ever.
        Duration::from_micros(micros as u64)
    }
}

/// Of what was given as 64 bits of milliseconds, which any number there is came as.
fn whole_ms(us: i128) -> i64 {
    i64::try_from(us / 1000).unwrap_or(i64::MAX)
}

impl Toxic for Latency {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    /// In whole milliseconds, the unit of the API.
    fn attributes(&self) -> Attributes {
        Attributes::of_integers([
            ("latency", whole_ms(self.latency_us)),
            ("jitter", whole_ms(self.jitter_us)),
        ])
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        let merge = |name, current_us: i128| {
            let current_ms = whole_ms(current_us);
            let ms = changes.integer("LatencyToxic", name, current_ms)?;
            // Finer than a millisecond stays as it is where it is not changed.
            Ok(if ms == current_ms {
                current_us
            } else {
                i128::from(ms) * 1000
            })
        };
        Ok(Arc::new(Self {
            latency_us: merge("latency", self.latency_us)?,
            jitter_us: merge("jitter", self.jitter_us)?,
        }))
    }

    fn on_link(&self, joining: Joining) -> Box<dyn Stage> {
        Box::new(Delay {
            latency: *self,
            random: joining.random,
            queue: VecDeque::new(),
            held: 0,
        })
    }
}

#[derive(Debug)]
struct Delay {
    latency: Latency,
    random: RandomStream,
    /// What waits, with what each item drew. The draw is kept instead of an instant, so that an
    /// update holds for what waits already. Bounded by the direction, which stops reading.
    queue: VecDeque<(Item, f64)>,
    held: usize,
}

impl Delay {
    fn due_at(&self, item: &Item, offset: f64) -> RunTime {
        match item {
            Item::Data(chunk) => chunk.received_at + self.latency.delay(offset),
            Item::End | Item::Reset | Item::Cut => RunTime::ZERO,
        }
    }
}

impl Stage for Delay {
    fn push(&mut self, item: Item, _now: RunTime) {
        self.held += item.cost();
        let offset = unit(&mut self.random) * 2.0 - 1.0;
        self.queue.push_back((item, offset));
    }

    fn pop(&mut self, now: RunTime) -> Option<Item> {
        self.due().filter(|due| *due <= now)?;
        let (item, _) = self.queue.pop_front()?;
        self.held -= item.cost();
        Some(item)
    }

    fn due(&self) -> Option<RunTime> {
        self.queue
            .front()
            .map(|(item, offset)| self.due_at(item, *offset))
    }

    fn held(&self) -> usize {
        self.held
    }

    fn update(&mut self, toxic: &dyn Toxic) {
        if let Some(latency) = (toxic as &dyn Any).downcast_ref() {
            self.latency = *latency;
        }
    }

    fn drain(&mut self) -> Vec<Item> {
        self.held = 0;
        self.queue.drain(..).map(|(item, _)| item).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toxic::stage::tests::{at, chunk, joining};

    fn stage(latency_ms: u64, jitter_ms: u64, seed: u64) -> Box<dyn Stage> {
        Latency::new(
            Duration::from_millis(latency_ms),
            Duration::from_millis(jitter_ms),
        )
        .on_link(joining(seed))
    }

    #[test]
    fn a_chunk_is_delayed_from_when_it_was_received_not_from_when_it_was_pushed() {
        let mut stage = stage(100, 0, 1);
        stage.push(chunk("a", at(50)), at(90));
        assert_eq!(stage.due(), Some(at(150)));
        assert_eq!(stage.pop(at(149)), None);
        assert_eq!(stage.pop(at(150)), Some(chunk("a", at(50))));
        assert_eq!(stage.held(), 0);
    }

    #[test]
    fn delays_do_not_add_up_and_order_is_kept_whatever_the_jitter_draws() {
        let mut stage = stage(100, 100, 3);
        let mut received = Vec::new();
        for index in 0..200 {
            stage.push(chunk("x", at(index)), at(index));
        }
        stage.push(Item::End, at(200));
        let mut now = at(0);
        while let Some(due) = stage.due() {
            now = now.max(due);
            received.push(stage.pop(now).unwrap());
        }
        // Each within 200 ms of its own arrival or of that of the one it had to wait for.
        assert!(now <= at(199 + 200), "{now}");
        assert_eq!(received.pop(), Some(Item::End));
        assert!(received.is_sorted_by_key(|item| match item {
            Item::Data(chunk) => chunk.received_at,
            Item::End | Item::Reset | Item::Cut => RunTime::ZERO,
        }));
    }

    #[test]
    fn jitter_is_spread_evenly_over_both_sides_and_the_same_for_the_same_seed() {
        let delays = |seed| -> Vec<u64> {
            (0..1000)
                .scan(stage(100, 50, seed), |stage, _| {
                    stage.push(chunk("x", at(0)), at(0));
                    let due = stage.due();
                    stage.drain();
                    due.map(|due| due.as_nanos() / 1_000_000)
                })
                .collect()
        };
        let seen = delays(5);
        assert!(seen.iter().all(|delay| (50..150).contains(delay)));
        let early = seen.iter().filter(|delay| **delay < 75).count();
        let late = seen.iter().filter(|delay| **delay >= 125).count();
        assert!((190..=310).contains(&early), "{early} in the first quarter");
        assert!((190..=310).contains(&late), "{late} in the last quarter");
        assert_eq!(seen, delays(5));
        assert_ne!(seen, delays(6));
    }

    #[test]
    fn any_integer_is_shown_as_it_was_given() {
        for ms in [i64::MAX, i64::MIN, -5, 0] {
            let given = Attributes::of_integers([("latency", ms), ("jitter", ms)]);
            let latency = Latency::default().merged(&given).unwrap();
            assert_eq!(latency.attributes(), given);
        }
    }

    #[test]
    fn an_update_holds_for_what_waits_already() {
        let mut stage = stage(10_000, 0, 1);
        stage.push(chunk("a", at(0)), at(0));
        stage.update(&Latency::new(Duration::from_millis(20), Duration::ZERO));
        assert_eq!(stage.due(), Some(at(20)));
    }

    #[test]
    fn draining_gives_back_everything_in_order() {
        let mut stage = stage(10_000, 5_000, 1);
        let items = [chunk("a", at(0)), chunk("b", at(1)), Item::Reset];
        for item in items.clone() {
            stage.push(item, at(1));
        }
        assert_eq!(stage.drain(), items);
        assert_eq!((stage.held(), stage.due()), (0, None));
    }

    #[test]
    fn an_end_waits_for_the_chunks_before_it_and_for_nothing_else() {
        let mut stage = stage(100, 0, 1);
        stage.push(chunk("a", at(0)), at(0));
        stage.push(Item::End, at(1));
        assert_eq!(stage.pop(at(99)), None);
        assert!(stage.pop(at(100)).is_some());
        assert_eq!(stage.pop(at(100)), Some(Item::End));

        stage.push(Item::End, at(0));
        assert_eq!(stage.pop(at(0)), Some(Item::End));
    }

    #[test]
    fn absurd_attributes_neither_panic_nor_reorder_time() {
        for (latency, jitter) in [
            (i64::MAX, i64::MAX),
            (i64::MIN, i64::MAX),
            (-5, -5),
            (0, i64::MIN),
        ] {
            let toxic = Latency::default()
                .merged(&Attributes::of_integers([
                    ("latency", latency),
                    ("jitter", jitter),
                ]))
                .unwrap();
            let mut stage = toxic.on_link(joining(1));
            stage.push(chunk("a", at(5)), at(5));
            assert!(stage.due() >= Some(at(5)));
            toxic.attributes();
        }
    }

    #[test]
    fn merging_changes_only_what_is_given_and_keeps_microseconds() {
        let toxic = Latency::new(Duration::from_micros(1500), Duration::from_millis(3));
        let merged = toxic
            .merged(&Attributes::of_integers([("jitter", 4)]))
            .unwrap();
        assert_eq!(
            merged.attributes(),
            Attributes::of_integers([("latency", 1), ("jitter", 4)])
        );
        let mut stage = merged.on_link(joining(1));
        stage.update(&Latency {
            jitter_us: 0,
            ..Latency::new(Duration::from_micros(1500), Duration::ZERO)
        });
        stage.push(chunk("a", at(0)), at(0));
        assert_eq!(stage.due(), Some(RunTime::from_nanos(1_500_000)));
    }
}
