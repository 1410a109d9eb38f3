use std::collections::VecDeque;
use std::sync::Arc;

use rtest_core::RunTime;

use super::{AttributeError, Attributes, Item, Joining, Stage, Toxic};

/// Does nothing. Clients add one to see that toxics can be added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noop;

impl Noop {
    pub(super) const TYPE: &str = "noop";
}

impl Toxic for Noop {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        Attributes::default()
    }

    fn merged(&self, _changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        Ok(Arc::new(Self))
    }

    fn on_link(&self, _joining: Joining) -> Box<dyn Stage> {
        Box::new(Passage::default())
    }
}

#[derive(Debug, Default)]
struct Passage {
    passing: VecDeque<Item>,
    held: usize,
}

impl Stage for Passage {
    fn push(&mut self, item: Item, _now: RunTime) {
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

    fn update(&mut self, _toxic: &dyn Toxic) {}

    fn drain(&mut self) -> Vec<Item> {
        self.held = 0;
        self.passing.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toxic::stage::tests::{at, chunk, pop_all, stage};

    #[test]
    fn everything_passes_at_once_and_in_order() {
        let mut stage = stage("noop", []);
        let items = [chunk("a", at(0)), chunk("b", at(1)), Item::End];
        for item in items.clone() {
            stage.push(item, at(1));
        }
        assert_eq!(pop_all(&mut *stage, at(1)), items);
        assert_eq!((stage.held(), stage.due()), (0, None));
    }
}
