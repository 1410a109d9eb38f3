use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::RunTime;

use super::{AttributeError, Attributes, Chunk, HOLD_LIMIT, Item, Joining, Stage, Toxic};

/// How much of the line's time one piece takes at most: data flows, it does not come in lumps.
const PIECE: Duration = Duration::from_millis(10);
/// Further behind than this is not made up for: it was not the timer that was late, the receiver
/// did not take more.
const CATCH_UP: Duration = Duration::from_millis(50);
/// The least that waits before the line, in bytes; a line that is fast holds more.
const QUEUE_LEAST: usize = 64 * 1024;

/// Lets through `rate` kilobytes (1000 bytes) in a second, evenly. At a rate of 0 nothing passes.
/// An end passes when everything before it has.
///
/// It holds what is before the line, 64 KiB or twice a piece of 10 ms where that is more, and then
/// the sender has to wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bandwidth {
    /// Bytes in a millisecond. Below 0, as the API takes anything, is as good as 0.
    rate: i64,
}

impl Bandwidth {
    pub(super) const TYPE: &str = "bandwidth";

    /// In kilobytes in a second.
    pub fn new(rate_kbps: u64) -> Self {
        Self {
            rate: i64::try_from(rate_kbps).unwrap_or(i64::MAX),
        }
    }

    fn bytes_per_ms(self) -> u64 {
        u64::try_from(self.rate).unwrap_or(0)
    }

    /// How long the line takes over so many bytes; for ever at a rate of 0.
    fn time(self, bytes: usize) -> Option<Duration> {
        // A chunk is small, so this does not overflow.
        (bytes as u64 * 1_000_000)
            .checked_div(self.bytes_per_ms())
            .map(Duration::from_nanos)
    }

    /// The most that is sent at once.
    fn piece(self) -> usize {
        let bytes = self
            .bytes_per_ms()
            .saturating_mul(PIECE.as_millis() as u64)
            .max(1);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    fn queue(self) -> usize {
        self.piece()
            .saturating_mul(2)
            .clamp(QUEUE_LEAST, HOLD_LIMIT)
    }
}

impl Toxic for Bandwidth {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        Attributes::of_integers([("rate", self.rate)])
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        let rate = changes.integer("BandwidthToxic", "rate", self.rate)?;
        Ok(Arc::new(Self { rate }))
    }

    fn on_link(&self, joining: Joining) -> Box<dyn Stage> {
        Box::new(Line {
            bandwidth: *self,
            queue: VecDeque::new(),
            held: 0,
            free_at: joining.at,
        })
    }
}

#[derive(Debug)]
struct Line {
    bandwidth: Bandwidth,
    queue: VecDeque<Item>,
    held: usize,
    /// When the line began, or begins, with the piece at the front.
    free_at: RunTime,
}

impl Line {
    /// How many bytes leave next, of the chunk at the front.
    fn piece_of(&self, chunk: &Chunk) -> usize {
        chunk.bytes.len().min(self.bandwidth.piece())
    }
}

impl Stage for Line {
    fn push(&mut self, item: Item, now: RunTime) {
        if self.queue.is_empty() {
            self.free_at = self.free_at.max(now);
        }
        self.held += item.cost();
        self.queue.push_back(item);
    }

    fn pop(&mut self, now: RunTime) -> Option<Item> {
        let due = self.due().filter(|due| *due <= now)?;
        self.free_at = if now - due > CATCH_UP { now } else { due };
        let piece = match self.queue.front()? {
            Item::Data(chunk) => self.piece_of(chunk),
            Item::End | Item::Reset | Item::Cut => 0,
        };
        if let Some(Item::Data(chunk)) = self.queue.front_mut()
            && piece < chunk.bytes.len()
        {
            let bytes = chunk.bytes.split_to(piece);
            self.held -= piece;
            return Some(Item::Data(Chunk {
                bytes,
                received_at: chunk.received_at,
            }));
        }
        let item = self.queue.pop_front()?;
        self.held -= item.cost();
        Some(item)
    }

    fn due(&self) -> Option<RunTime> {
        match self.queue.front()? {
            Item::Data(chunk) => {
                let time = self.bandwidth.time(self.piece_of(chunk))?;
                Some(self.free_at + time)
            }
            Item::End | Item::Reset | Item::Cut => Some(self.free_at),
        }
    }

    fn held(&self) -> usize {
        self.held
    }

    fn has_room(&self) -> bool {
        self.held < self.bandwidth.queue()
    }

    fn update(&mut self, toxic: &dyn Toxic) {
        if let Some(bandwidth) = (toxic as &dyn Any).downcast_ref() {
            self.bandwidth = *bandwidth;
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

    fn line(rate: u64) -> Box<dyn Stage> {
        Bandwidth::new(rate).on_link(joining(1))
    }

    /// How many bytes leave until `now`, asked at every millisecond.
    fn bytes_until(stage: &mut dyn Stage, now: u64) -> usize {
        (0..=now)
            .flat_map(|millis| pop_all(stage, at(millis)))
            .map(|item| match item {
                Item::Data(chunk) => chunk.bytes.len(),
                _ => 0,
            })
            .sum()
    }

    #[test]
    fn bytes_leave_evenly_at_the_rate_and_the_end_behind_them() {
        let mut stage = line(100);
        stage.push(chunk(vec![0; 50_000], at(0)), at(0));
        stage.push(Item::End, at(0));
        assert_eq!(bytes_until(&mut *stage, 99), 9_000);
        assert_eq!(bytes_until(&mut *stage, 250), 16_000);
        assert_eq!(bytes_until(&mut *stage, 499), 24_000);
        assert_eq!(
            pop_all(&mut *stage, at(500)).last(),
            Some(&Item::End),
            "the end"
        );
        assert_eq!((stage.held(), stage.due()), (0, None));
    }

    #[test]
    fn small_chunks_take_their_share_of_the_time_each() {
        let mut stage = line(1);
        for _ in 0..5 {
            stage.push(chunk(vec![0; 2], at(0)), at(0));
        }
        assert_eq!(stage.due(), Some(at(2)));
        assert_eq!(bytes_until(&mut *stage, 9), 8);
        assert_eq!(pop_all(&mut *stage, at(10)).len(), 1);
        // The line was idle since; that time is lost.
        stage.push(chunk(vec![0; 3], at(500)), at(500));
        assert_eq!(stage.due(), Some(at(503)));
    }

    #[test]
    fn a_timer_that_is_late_costs_no_bandwidth_and_a_receiver_that_is_late_gets_no_burst() {
        let mut stage = line(10);
        stage.push(chunk(vec![0; 60_000], at(0)), at(0));
        assert!(stage.pop(at(17)).is_some());
        assert_eq!(stage.due(), Some(at(20)));
        assert!(stage.pop(at(1_000)).is_some());
        assert_eq!(stage.due(), Some(at(1_010)));
    }

    #[test]
    fn at_a_rate_of_zero_or_less_nothing_passes_until_it_is_raised() {
        for rate in [0, -1, i64::MIN] {
            let mut stage = toxic("bandwidth", [("rate", rate)]).on_link(joining(1));
            stage.push(chunk("a", at(0)), at(0));
            stage.push(Item::End, at(0));
            assert_eq!(stage.due(), None, "{rate}");
            assert_eq!(pop_all(&mut *stage, at(1_000_000)), []);
            stage.update(&Bandwidth::new(1));
            assert_eq!(pop_all(&mut *stage, at(1_000_000)).len(), 2);
        }
    }

    #[test]
    fn a_huge_rate_is_no_bound() {
        let mut stage = toxic("bandwidth", [("rate", i64::MAX)]).on_link(joining(1));
        stage.push(chunk(vec![0; 1_000_000], at(3)), at(3));
        assert_eq!(pop_all(&mut *stage, at(3)).len(), 1);
    }

    #[test]
    fn what_waits_is_bounded_by_the_rate_and_draining_gives_it_back_whole() {
        let mut stage = line(1);
        let mut pushed = 0;
        while stage.has_room() {
            stage.push(chunk(vec![0; 1_000], at(0)), at(0));
            pushed += 1_000;
        }
        assert!(pushed <= QUEUE_LEAST);
        let sent = bytes_until(&mut *stage, 30);
        assert_eq!(sent, 30);
        let left = stage.drain().iter().fold(0, |sum, item| match item {
            Item::Data(chunk) => sum + chunk.bytes.len(),
            _ => sum,
        });
        assert_eq!(sent + left, pushed);
        assert_eq!(stage.held(), 0);

        let mut stage = line(200_000);
        stage.push(chunk(vec![0; 1_000_000], at(0)), at(0));
        assert!(stage.has_room(), "a fast line is never short of bytes");
    }
}
