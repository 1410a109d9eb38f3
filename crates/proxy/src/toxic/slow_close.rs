use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::RunTime;

use super::{AttributeError, Attributes, Item, Joining, Stage, Toxic, millis};

/// Lets bytes through and delays the end of the stream, orderly or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlowClose {
    /// As the API was given it, in milliseconds; below 0 is none.
    delay_ms: i64,
}

impl SlowClose {
    pub(super) const TYPE: &str = "slow_close";

    /// In whole milliseconds.
    pub fn new(delay: Duration) -> Self {
        Self {
            delay_ms: millis::to_api(delay),
        }
    }
}

impl Toxic for SlowClose {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        Attributes::of_integers([("delay", self.delay_ms)])
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        let delay_ms = changes.integer("SlowCloseToxic", "delay", self.delay_ms)?;
        Ok(Arc::new(Self { delay_ms }))
    }

    fn on_link(&self, _joining: Joining) -> Box<dyn Stage> {
        Box::new(Doorstop {
            delay: millis::from_api(self.delay_ms),
            passing: VecDeque::new(),
            held: 0,
            end: None,
        })
    }
}

#[derive(Debug)]
struct Doorstop {
    delay: Duration,
    /// Bytes on their way through.
    passing: VecDeque<Item>,
    held: usize,
    /// The end of the stream, and when it came.
    end: Option<(Item, RunTime)>,
}

impl Stage for Doorstop {
    fn push(&mut self, item: Item, now: RunTime) {
        match item {
            _ if self.end.is_some() => {}
            Item::Data(_) => {
                self.held += item.cost();
                self.passing.push_back(item);
            }
            Item::End | Item::Reset | Item::Cut => self.end = Some((item, now)),
        }
    }

    fn pop(&mut self, now: RunTime) -> Option<Item> {
        if let Some(item) = self.passing.pop_front() {
            self.held -= item.cost();
            return Some(item);
        }
        self.due().filter(|due| *due <= now)?;
        self.end.take().map(|(item, _)| item)
    }

    fn due(&self) -> Option<RunTime> {
        if self.passing.is_empty() {
            self.end.as_ref().map(|(_, came)| *came + self.delay)
        } else {
            Some(RunTime::ZERO)
        }
    }

    fn held(&self) -> usize {
        self.held + self.end.as_ref().map_or(0, |(item, _)| item.cost())
    }

    fn update(&mut self, toxic: &dyn Toxic) {
        if let Some(SlowClose { delay_ms }) = (toxic as &dyn Any).downcast_ref() {
            self.delay = millis::from_api(*delay_ms);
        }
    }

    fn drain(&mut self) -> Vec<Item> {
        self.held = 0;
        let end = self.end.take().map(|(item, _)| item);
        self.passing.drain(..).chain(end).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toxic::stage::tests::{at, chunk, pop_all, stage};

    #[test]
    fn bytes_pass_at_once_and_every_kind_of_end_after_the_delay() {
        for end in [Item::End, Item::Reset, Item::Cut] {
            let mut stage = stage("slow_close", [("delay", 100)]);
            stage.push(chunk("a", at(5)), at(5));
            assert_eq!(pop_all(&mut *stage, at(5)), [chunk("a", at(5))]);
            stage.push(chunk("b", at(6)), at(6));
            stage.push(end.clone(), at(7));
            assert_eq!(pop_all(&mut *stage, at(7)), [chunk("b", at(6))]);
            assert_eq!(stage.due(), Some(at(107)));
            assert_eq!(pop_all(&mut *stage, at(106)), []);
            assert_eq!(pop_all(&mut *stage, at(107)), [end]);
            assert_eq!((stage.held(), stage.due()), (0, None));
        }
    }

    #[test]
    fn an_update_holds_for_an_end_that_waits_and_draining_lets_it_go() {
        let mut stage = stage("slow_close", [("delay", 100_000)]);
        stage.push(Item::End, at(10));
        stage.update(&SlowClose::new(Duration::from_millis(20)));
        assert_eq!(stage.due(), Some(at(30)));
        assert_eq!(stage.drain(), [Item::End]);
    }

    #[test]
    fn absurd_delays_are_none_or_for_ever() {
        let mut soon = stage("slow_close", [("delay", -5)]);
        soon.push(Item::End, at(10));
        assert_eq!(pop_all(&mut *soon, at(10)), [Item::End]);
        let mut never = stage("slow_close", [("delay", i64::MAX)]);
        never.push(Item::End, at(10));
        assert_eq!(pop_all(&mut *never, at(1_000_000)), []);
    }
}
