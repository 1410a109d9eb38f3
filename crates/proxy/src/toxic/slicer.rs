use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::{RunTime, Stream as RandomStream};

use super::lot::unit;
use super::{AttributeError, Attributes, Chunk, Item, Joining, Stage, Toxic};

/// Cuts what was received together into pieces of `average_size` ± `size_variation` bytes, evenly
/// spread, and leaves `delay` between one piece and the next. At an average size of 0 chunks stay
/// whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slicer {
    // As the API was given them. Below 0 is as good as 0.
    average_size: i64,
    size_variation: i64,
    delay_us: i64,
}

impl Slicer {
    pub(super) const TYPE: &str = "slicer";

    /// Sizes in bytes; the delay in whole microseconds.
    pub fn new(average_size: usize, size_variation: usize, delay: Duration) -> Self {
        let integer = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
        Self {
            average_size: integer(average_size),
            size_variation: integer(size_variation),
            delay_us: i64::try_from(delay.as_micros()).unwrap_or(i64::MAX),
        }
    }

    fn delay(self) -> Duration {
        Duration::from_micros(u64::try_from(self.delay_us).unwrap_or(0))
    }

    /// How many bytes the next piece has, of `left`; at least 1.
    fn piece(self, left: usize, random: &mut RandomStream) -> usize {
        if self.average_size <= 0 {
            return left;
        }
        let offset = unit(random) * 2.0 - 1.0;
        let size = self.average_size as f64 + self.size_variation.max(0) as f64 * offset;
        // The cast saturates.
        (size.round() as usize).clamp(1, left)
    }
}

impl Toxic for Slicer {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        Attributes::of_integers([
            ("average_size", self.average_size),
            ("size_variation", self.size_variation),
            ("delay", self.delay_us),
        ])
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        let merge = |name, current| changes.plain_integer("SlicerToxic", name, current);
        Ok(Arc::new(Self {
            average_size: merge("average_size", self.average_size)?,
            size_variation: merge("size_variation", self.size_variation)?,
            delay_us: merge("delay", self.delay_us)?,
        }))
    }

    fn on_link(&self, joining: Joining) -> Box<dyn Stage> {
        Box::new(Knife {
            slicer: *self,
            random: joining.random,
            queue: VecDeque::new(),
            held: 0,
            last_cut: None,
        })
    }
}

#[derive(Debug)]
struct Knife {
    slicer: Slicer,
    random: RandomStream,
    queue: VecDeque<Item>,
    held: usize,
    /// When the last piece left.
    last_cut: Option<RunTime>,
}

impl Stage for Knife {
    fn push(&mut self, item: Item, _now: RunTime) {
        self.held += item.cost();
        self.queue.push_back(item);
    }

    fn pop(&mut self, now: RunTime) -> Option<Item> {
        self.due().filter(|due| *due <= now)?;
        if let Some(Item::Data(chunk)) = self.queue.front_mut() {
            // By when it left, not by when it should have: two pieces that leave together would
            // arrive as one.
            self.last_cut = Some(now);
            let piece = self.slicer.piece(chunk.bytes.len(), &mut self.random);
            if piece < chunk.bytes.len() {
                self.held -= piece;
                return Some(Item::Data(Chunk {
                    bytes: chunk.bytes.split_to(piece),
                    received_at: chunk.received_at,
                }));
            }
        }
        let item = self.queue.pop_front()?;
        self.held -= item.cost();
        Some(item)
    }

    fn due(&self) -> Option<RunTime> {
        self.queue.front()?;
        Some(match self.last_cut {
            Some(last) => last + self.slicer.delay(),
            None => RunTime::ZERO,
        })
    }

    fn held(&self) -> usize {
        self.held
    }

    fn update(&mut self, toxic: &dyn Toxic) {
        if let Some(slicer) = (toxic as &dyn Any).downcast_ref() {
            self.slicer = *slicer;
        }
    }

    fn drain(&mut self) -> Vec<Item> {
        self.held = 0;
        self.queue.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toxic::stage::tests::{at, chunk, joining, pop_all, toxic};

    fn sizes(items: &[Item]) -> Vec<usize> {
        items
            .iter()
            .map(|item| match item {
                Item::Data(chunk) => chunk.bytes.len(),
                _ => 0,
            })
            .collect()
    }

    fn knife(slicer: Slicer, seed: u64) -> Box<dyn Stage> {
        slicer.on_link(joining(seed))
    }

    #[test]
    fn pieces_are_of_the_average_size_within_the_variation_and_lose_nothing() {
        let slicer = Slicer::new(1024, 512, Duration::ZERO);
        let cut = |seed| {
            let mut stage = knife(slicer, seed);
            stage.push(chunk(vec![0; 480_000], at(0)), at(0));
            sizes(&pop_all(&mut *stage, at(0)))
        };
        let mut seen = cut(1);
        assert_eq!(seen, cut(1));
        assert_ne!(seen, cut(2));
        assert_eq!(seen.iter().sum::<usize>(), 480_000);
        seen.pop();
        assert!(seen.iter().all(|size| (512..=1536).contains(size)));
        let average = seen.iter().sum::<usize>() / seen.len();
        assert!((970..=1080).contains(&average), "{average}");
    }

    #[test]
    fn pieces_leave_a_delay_apart_the_first_at_once() {
        let mut stage = knife(Slicer::new(2, 0, Duration::from_micros(500)), 1);
        stage.push(chunk("abcd", at(3)), at(3));
        stage.push(Item::End, at(3));
        assert_eq!(sizes(&pop_all(&mut *stage, at(3))), [2]);
        let next = at(3) + Duration::from_micros(500);
        assert_eq!(stage.due(), Some(next));
        assert_eq!(pop_all(&mut *stage, at(10)), [chunk("cd", at(3))]);
        assert_eq!(pop_all(&mut *stage, at(11)), [Item::End]);
        assert_eq!((stage.held(), stage.due()), (0, None));
    }

    #[test]
    fn absurd_sizes_neither_panic_nor_lose_a_byte() {
        let extremes = [i64::MIN, -1, 0, 1, 3, i64::MAX];
        for average in extremes {
            for variation in extremes {
                let attributes = [
                    ("average_size", average),
                    ("size_variation", variation),
                    ("delay", -1),
                ];
                let mut stage = toxic("slicer", attributes).on_link(joining(1));
                stage.push(chunk(vec![0; 100], at(0)), at(0));
                let sizes = sizes(&pop_all(&mut *stage, at(0)));
                assert_eq!(sizes.iter().sum::<usize>(), 100, "{attributes:?}");
                assert!(average > 0 || sizes == [100], "{attributes:?}");
            }
        }
    }

    #[test]
    fn draining_gives_back_the_rest_of_a_chunk() {
        let mut stage = knife(Slicer::new(2, 0, Duration::from_secs(1)), 1);
        stage.push(chunk("abcdef", at(0)), at(0));
        stage.push(Item::End, at(0));
        assert!(stage.pop(at(0)).is_some());
        assert_eq!(stage.drain(), [chunk("cdef", at(0)), Item::End]);
        assert_eq!(stage.held(), 0);
    }
}
