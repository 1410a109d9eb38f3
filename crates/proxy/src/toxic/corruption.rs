use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;

use bytes::BytesMut;
use rand::Rng;
use rtest_core::{RunTime, Stream as RandomStream};
use serde_json::json;

use super::lot::unit;
use super::{AttributeError, Attributes, Chunk, Item, Joining, Stage, Toxic};

/// Flips one bit of some bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Corruption {
    /// The share of bytes that is wrong, 0 to 1.
    pub rate: f64,
}

impl Corruption {
    pub(super) const TYPE: &str = "corruption";

    /// How many bytes are right before the next one that is wrong.
    fn skip(self, random: &mut RandomStream) -> u64 {
        // The inverse of the geometric distribution; the cast saturates. At a rate of 0 it is for
        // ever, at 1 none.
        ((1.0 - unit(random)).ln() / (1.0 - self.rate).ln()) as u64
    }
}

impl Toxic for Corruption {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        Attributes::of_values(json!({ "rate": self.rate }))
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        let rate = changes.share("rate", self.rate)?;
        Ok(Arc::new(Self { rate }))
    }

    fn on_link(&self, mut joining: Joining) -> Box<dyn Stage> {
        Box::new(Noise {
            right_before_next: self.next(&mut joining.random),
            corruption: *self,
            random: joining.random,
            passing: VecDeque::new(),
            held: 0,
        })
    }
}

impl Corruption {
    fn next(self, random: &mut RandomStream) -> u64 {
        if self.rate > 0.0 {
            self.skip(random)
        } else {
            u64::MAX
        }
    }
}

#[derive(Debug)]
struct Noise {
    corruption: Corruption,
    random: RandomStream,
    /// Bytes until the next that is wrong.
    right_before_next: u64,
    passing: VecDeque<Item>,
    held: usize,
}

impl Noise {
    fn corrupt(&mut self, chunk: Chunk) -> Chunk {
        let length = chunk.bytes.len() as u64;
        if self.right_before_next >= length {
            self.right_before_next = self.right_before_next.saturating_sub(length);
            return chunk;
        }
        let mut bytes = BytesMut::from(chunk.bytes);
        let mut at = self.right_before_next;
        while at < length {
            // Below the length, which is that of something in memory.
            bytes[at as usize] ^= 1 << (self.random.next_u32() % 8);
            let skip = self.corruption.next(&mut self.random);
            at = at.saturating_add(1).saturating_add(skip);
        }
        self.right_before_next = at - length;
        Chunk {
            bytes: bytes.freeze(),
            ..chunk
        }
    }
}

impl Stage for Noise {
    fn push(&mut self, item: Item, _now: RunTime) {
        let item = match item {
            Item::Data(chunk) => Item::Data(self.corrupt(chunk)),
            other => other,
        };
        self.held += item.cost();
        self.passing.push_back(item);
    }

    fn pop(&mut self, _now: RunTime) -> Option<Item> {
        let item = self.passing.pop_front()?;
        self.held -= item.cost();
        Some(item)
    }

    fn due(&self) -> Option<RunTime> {
        self.passing.front().map(|_| RunTime::ZERO)
    }

    fn held(&self) -> usize {
        self.held
    }

    fn update(&mut self, toxic: &dyn Toxic) {
        if let Some(corruption) = (toxic as &dyn Any).downcast_ref::<Corruption>() {
            self.corruption = *corruption;
            self.right_before_next = corruption.next(&mut self.random);
        }
    }

    fn drain(&mut self) -> Vec<Item> {
        self.held = 0;
        self.passing.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toxic::stage::tests::{at, chunk, joining, pop_all};

    /// The bytes of 1 MB of zeros, in chunks of that size, after they have passed.
    fn after(rate: f64, size: usize, seed: u64) -> Vec<u8> {
        let mut stage = Corruption { rate }.on_link(joining(seed));
        let mut seen = Vec::new();
        for _ in 0..1_000_000 / size {
            stage.push(chunk(vec![0; size], at(0)), at(0));
            for item in pop_all(&mut *stage, at(0)) {
                if let Item::Data(chunk) = item {
                    seen.extend_from_slice(&chunk.bytes);
                }
            }
        }
        seen
    }

    #[test]
    fn the_share_of_bytes_has_one_bit_flipped_whatever_the_chunks() {
        let seen = after(0.001, 1_000, 1);
        assert_eq!(seen.len(), 1_000_000);
        let wrong: Vec<u8> = seen.iter().copied().filter(|byte| *byte != 0).collect();
        assert!((880..=1_120).contains(&wrong.len()), "{}", wrong.len());
        assert!(wrong.iter().all(|byte| byte.count_ones() == 1));
        assert_eq!(after(0.001, 50_000, 1), seen, "the same bytes");
        assert_ne!(after(0.001, 1_000, 2), seen);
    }

    #[test]
    fn at_zero_nothing_is_wrong_and_at_one_everything() {
        assert!(after(0.0, 10_000, 1).iter().all(|byte| *byte == 0));
        assert!(after(1.0, 10_000, 1).iter().all(|byte| *byte != 0));
    }

    #[test]
    fn an_update_holds_from_the_next_byte() {
        let mut stage = Corruption { rate: 0.0 }.on_link(joining(1));
        stage.update(&Corruption { rate: 1.0 });
        stage.push(chunk(vec![0; 10], at(0)), at(0));
        stage.update(&Corruption { rate: 0.0 });
        stage.push(chunk(vec![0; 10], at(0)), at(0));
        let left = pop_all(&mut *stage, at(0));
        assert_ne!(left[0], chunk(vec![0; 10], at(0)));
        assert_eq!(left[1], chunk(vec![0; 10], at(0)));
    }
}
