use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::RunTime;
use serde_json::json;

use super::{AttributeError, Attributes, Item, Joining, Stage, Toxic};

/// Ends the connection after a time, counted from when it began or, on a live one, from when this
/// was added, or after so many bytes of its direction; whichever comes first. Bytes pass until then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// After so long.
    pub after: Option<Duration>,
    /// After so many bytes; those beyond do not pass.
    pub after_bytes: Option<u64>,
    /// With a reset instead of an orderly end.
    pub reset: bool,
}

impl Cut {
    pub(super) const TYPE: &str = "cut";

    fn end(self) -> Item {
        if self.reset { Item::Reset } else { Item::Cut }
    }
}

impl Toxic for Cut {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        Attributes::of_values(json!({
            "after_ms": self.after.map(|after| after.as_millis() as u64),
            "after_bytes": self.after_bytes,
            "reset": self.reset,
        }))
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        let given = |name| {
            let value = changes.value(name);
            value.map(|_| changes.at_least_zero(name)).transpose()
        };
        let after = given("after_ms")?.map(Duration::from_millis);
        let cut = Self {
            after: after.or(self.after),
            after_bytes: given("after_bytes")?.or(self.after_bytes),
            reset: changes.flag("reset", self.reset)?,
        };
        Ok(Arc::new(cut))
    }

    fn on_link(&self, joining: Joining) -> Box<dyn Stage> {
        Box::new(Scissors {
            cut: *self,
            began_at: joining.at,
            passed: 0,
            passing: VecDeque::new(),
            held: 0,
            ended: false,
        })
    }
}

#[derive(Debug)]
struct Scissors {
    cut: Cut,
    began_at: RunTime,
    passed: u64,
    passing: VecDeque<Item>,
    held: usize,
    /// Nothing is taken any more.
    ended: bool,
}

impl Scissors {
    fn pass(&mut self, item: Item) {
        self.held += item.cost();
        self.passing.push_back(item);
    }

    fn cut_at(&self) -> Option<RunTime> {
        let after = self.cut.after.filter(|_| !self.ended)?;
        Some(self.began_at + after)
    }
}

impl Stage for Scissors {
    fn push(&mut self, item: Item, _now: RunTime) {
        if self.ended {
            return;
        }
        let Item::Data(mut chunk) = item else {
            self.ended = true;
            return self.pass(item);
        };
        let limit = self.cut.after_bytes.unwrap_or(u64::MAX);
        let left = limit.saturating_sub(self.passed);
        chunk
            .bytes
            .truncate(usize::try_from(left).unwrap_or(usize::MAX));
        self.passed += chunk.bytes.len() as u64;
        if !chunk.bytes.is_empty() {
            self.pass(Item::Data(chunk));
        }
        if self.passed >= limit {
            self.ended = true;
            self.pass(self.cut.end());
        }
    }

    fn pop(&mut self, now: RunTime) -> Option<Item> {
        if let Some(item) = self.passing.pop_front() {
            self.held -= item.cost();
            return Some(item);
        }
        self.cut_at().filter(|at| *at <= now)?;
        self.ended = true;
        Some(self.cut.end())
    }

    fn due(&self) -> Option<RunTime> {
        match self.passing.front() {
            Some(_) => Some(RunTime::ZERO),
            None => self.cut_at(),
        }
    }

    fn held(&self) -> usize {
        self.held
    }

    fn update(&mut self, toxic: &dyn Toxic) {
        if let Some(cut) = (toxic as &dyn Any).downcast_ref() {
            self.cut = *cut;
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

    #[test]
    fn bytes_pass_until_the_time_has_come() {
        for (reset, end) in [(false, Item::Cut), (true, Item::Reset)] {
            let after = Some(Duration::from_millis(100));
            let mut stage = Cut {
                after,
                after_bytes: None,
                reset,
            }
            .on_link(joining(1));
            assert_eq!(stage.due(), Some(at(100)));
            stage.push(chunk("a", at(99)), at(99));
            assert_eq!(pop_all(&mut *stage, at(99)), [chunk("a", at(99))]);
            assert_eq!(pop_all(&mut *stage, at(100)), [end]);
            stage.push(chunk("b", at(101)), at(101));
            assert_eq!(pop_all(&mut *stage, at(200)), []);
            assert_eq!((stage.held(), stage.due()), (0, None));
        }
    }

    #[test]
    fn so_many_bytes_pass_and_no_more() {
        let cut = Cut {
            after: None,
            after_bytes: Some(3),
            reset: true,
        };
        let mut stage = cut.on_link(joining(1));
        assert_eq!(stage.due(), None);
        stage.push(chunk("abcdef", at(1)), at(1));
        let left = pop_all(&mut *stage, at(1));
        assert_eq!(left, [chunk("abc", at(1)), Item::Reset]);
    }

    #[test]
    fn without_a_bound_it_does_nothing() {
        let mut stage = Cut::default().on_link(joining(1));
        stage.push(chunk("abc", at(1)), at(1));
        stage.push(Item::End, at(1));
        let left = pop_all(&mut *stage, at(1));
        assert_eq!(left, [chunk("abc", at(1)), Item::End]);
    }
}
