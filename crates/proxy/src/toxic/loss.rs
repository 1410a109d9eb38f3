use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::{RunTime, Stream as RandomStream};
use serde_json::json;

use super::lot::unit;
use super::{AttributeError, Attributes, Item, Joining, Stage, Toxic, millis};

/// What one packet carries on Ethernet, in bytes.
const SEGMENT: usize = 1448;
/// A sender gives up long before; it bounds the delay.
const MOST_RETRANSMITS: u32 = 6;

/// Loses packets as an application sees it: TCP sends them again, so bytes are late, never missing,
/// and what follows them waits. A packet that is lost again waits twice as long each time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// The share of packets that is lost, 0 to 1.
    pub rate: f64,
    /// How long the sender waits before it sends one again. Linux waits 200 ms at least.
    pub retransmit: Duration,
}

impl Loss {
    pub(super) const TYPE: &str = "loss";

    /// How long the last of the packets of so many bytes is late.
    fn delay(self, bytes: usize, random: &mut RandomStream) -> Duration {
        let mut most = 0;
        for _ in 0..bytes.div_ceil(SEGMENT) {
            let lost = (0..MOST_RETRANSMITS)
                .take_while(|_| unit(random) < self.rate)
                .count();
            most = most.max(lost);
        }
        self.retransmit * ((1 << most) - 1)
    }
}

impl Default for Loss {
    fn default() -> Self {
        Self {
            rate: 0.0,
            retransmit: Duration::from_millis(200),
        }
    }
}

impl Toxic for Loss {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        let retransmit = millis::to_api(self.retransmit);
        Attributes::of_values(json!({ "rate": self.rate, "retransmit_ms": retransmit }))
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        let retransmit = match changes.value("retransmit_ms") {
            None => self.retransmit,
            Some(_) => Duration::from_millis(changes.at_least_zero("retransmit_ms")?.min(60_000)),
        };
        let rate = changes.share("rate", self.rate)?;
        Ok(Arc::new(Self { rate, retransmit }))
    }

    fn on_link(&self, joining: Joining) -> Box<dyn Stage> {
        Box::new(Lossy {
            loss: *self,
            random: joining.random,
            queue: VecDeque::new(),
            held: 0,
        })
    }
}

#[derive(Debug)]
struct Lossy {
    loss: Loss,
    random: RandomStream,
    /// What waits, and until when.
    queue: VecDeque<(Item, RunTime)>,
    held: usize,
}

impl Stage for Lossy {
    fn push(&mut self, item: Item, now: RunTime) {
        self.held += item.cost();
        let until = match &item {
            Item::Data(chunk) => now + self.loss.delay(chunk.bytes.len(), &mut self.random),
            Item::End | Item::Reset | Item::Cut => RunTime::ZERO,
        };
        self.queue.push_back((item, until));
    }

    fn pop(&mut self, now: RunTime) -> Option<Item> {
        self.due().filter(|due| *due <= now)?;
        let (item, _) = self.queue.pop_front()?;
        self.held -= item.cost();
        Some(item)
    }

    fn due(&self) -> Option<RunTime> {
        self.queue.front().map(|(_, until)| *until)
    }

    fn held(&self) -> usize {
        self.held
    }

    fn update(&mut self, toxic: &dyn Toxic) {
        if let Some(loss) = (toxic as &dyn Any).downcast_ref() {
            self.loss = *loss;
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
    use crate::toxic::stage::tests::{at, chunk, joining, pop_all};
    use rtest_core::Seed;

    #[test]
    fn as_many_packets_are_late_as_are_lost_and_those_lost_again_twice_as_long() {
        let loss = Loss {
            rate: 0.1,
            retransmit: Duration::from_millis(200),
        };
        let mut random = Seed::new(1).stream("test");
        let delays: Vec<u128> = (0..20_000)
            .map(|_| loss.delay(100, &mut random).as_millis())
            .collect();
        let count = |wanted| delays.iter().filter(|delay| **delay == wanted).count();
        assert!((17_700..=18_300).contains(&count(0)), "{}", count(0));
        assert!((1_650..=1_950).contains(&count(200)), "{}", count(200));
        assert!((120..=240).contains(&count(600)), "{}", count(600));
        // 45 packets: 1 - 0.9^45.
        let late = (0..2_000)
            .filter(|_| !loss.delay(64 * 1024, &mut random).is_zero())
            .count();
        assert!((1_960..=2_000).contains(&late), "{late}");
    }

    #[test]
    fn nothing_is_missing_and_what_follows_a_lost_packet_waits_for_it() {
        let loss = Loss {
            rate: 1.0,
            ..Loss::default()
        };
        let mut stage = loss.on_link(joining(1));
        stage.push(chunk("a", at(0)), at(0));
        stage.update(&Loss::default());
        stage.push(chunk("b", at(1)), at(1));
        stage.push(Item::End, at(1));
        assert_eq!(stage.due(), Some(at(200 * 63)));
        let left = pop_all(&mut *stage, at(200 * 63));
        assert_eq!(left, [chunk("a", at(0)), chunk("b", at(1)), Item::End]);
    }
}
