use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;

use rtest_core::RunTime;

use super::{AttributeError, Attributes, Item, Joining, Stage, Toxic};

/// Closes the connection once so many bytes have passed since it was added. At 0 the first byte
/// closes it and does not pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitData {
    /// Below 0, as the API takes anything, is as good as 0.
    bytes: i64,
}

impl LimitData {
    pub(super) const TYPE: &str = "limit_data";

    /// In bytes.
    pub fn new(bytes: u64) -> Self {
        Self {
            bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        }
    }

    fn limit(self) -> u64 {
        u64::try_from(self.bytes).unwrap_or(0)
    }
}

impl Toxic for LimitData {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        Attributes::of_integers([("bytes", self.bytes)])
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        let bytes = changes.integer("LimitDataToxic", "bytes", self.bytes)?;
        Ok(Arc::new(Self { bytes }))
    }

    fn on_link(&self, _joining: Joining) -> Box<dyn Stage> {
        Box::new(Meter {
            limit: self.limit(),
            passed: 0,
            passing: VecDeque::new(),
            held: 0,
            ended: false,
        })
    }
}

#[derive(Debug)]
struct Meter {
    limit: u64,
    /// Bytes since it was added.
    passed: u64,
    /// On its way through.
    passing: VecDeque<Item>,
    held: usize,
    /// Nothing is taken any more.
    ended: bool,
}

impl Meter {
    fn pass(&mut self, item: Item) {
        self.held += item.cost();
        self.passing.push_back(item);
    }
}

impl Stage for Meter {
    fn push(&mut self, item: Item, _now: RunTime) {
        if self.ended {
            return;
        }
        let Item::Data(mut chunk) = item else {
            self.ended = true;
            return self.pass(item);
        };
        let left = self.limit.saturating_sub(self.passed);
        let taken = chunk
            .bytes
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        chunk.bytes.truncate(taken);
        self.passed += taken as u64;
        if taken > 0 {
            self.pass(Item::Data(chunk));
        }
        if self.passed >= self.limit {
            self.ended = true;
            self.pass(Item::Cut);
        }
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
        if let Some(limit_data) = (toxic as &dyn Any).downcast_ref::<LimitData>() {
            self.limit = limit_data.limit();
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
    use crate::toxic::stage::tests::{at, chunk, pop_all, stage};

    #[test]
    fn so_many_bytes_pass_in_one_chunk_or_in_several_and_then_it_cuts() {
        for (chunks, passing) in [
            (vec!["abcdef"], vec!["abcde"]),
            (vec!["ab", "cd", "efgh"], vec!["ab", "cd", "e"]),
            (vec!["abc", "de"], vec!["abc", "de"]),
        ] {
            let mut stage = stage("limit_data", [("bytes", 5)]);
            let mut left = Vec::new();
            for text in chunks {
                stage.push(chunk(text, at(0)), at(0));
                left.extend(pop_all(&mut *stage, at(0)));
            }
            let mut expected: Vec<Item> =
                passing.into_iter().map(|text| chunk(text, at(0))).collect();
            expected.push(Item::Cut);
            assert_eq!(left, expected);
            stage.push(chunk("more", at(1)), at(1));
            stage.push(Item::End, at(1));
            assert_eq!(pop_all(&mut *stage, at(1)), [], "nothing follows");
            assert_eq!((stage.held(), stage.due()), (0, None));
        }
    }

    #[test]
    fn at_zero_or_less_the_first_byte_cuts_and_does_not_pass() {
        for bytes in [0, -1, i64::MIN] {
            let mut stage = stage("limit_data", [("bytes", bytes)]);
            assert_eq!(pop_all(&mut *stage, at(1_000)), [], "not before");
            stage.push(chunk("a", at(0)), at(0));
            assert_eq!(pop_all(&mut *stage, at(0)), [Item::Cut]);
        }
    }

    #[test]
    fn an_end_below_the_limit_is_an_end() {
        let mut stage = stage("limit_data", [("bytes", i64::MAX)]);
        stage.push(chunk("a", at(0)), at(0));
        stage.push(Item::End, at(0));
        assert_eq!(pop_all(&mut *stage, at(0)), [chunk("a", at(0)), Item::End]);
    }

    #[test]
    fn an_update_counts_what_has_passed_already() {
        let mut stage = stage("limit_data", [("bytes", 100)]);
        stage.push(chunk("abcd", at(0)), at(0));
        pop_all(&mut *stage, at(0));
        stage.update(&LimitData::new(6));
        stage.push(chunk("efgh", at(0)), at(0));
        assert_eq!(pop_all(&mut *stage, at(0)), [chunk("ef", at(0)), Item::Cut]);

        let mut lowered =
            super::LimitData::new(100).on_link(crate::toxic::stage::tests::joining(1));
        lowered.push(chunk("abcd", at(0)), at(0));
        pop_all(&mut *lowered, at(0));
        lowered.update(&LimitData::new(2));
        assert_eq!(pop_all(&mut *lowered, at(0)), [], "with the next byte");
        lowered.push(chunk("e", at(0)), at(0));
        assert_eq!(pop_all(&mut *lowered, at(0)), [Item::Cut]);
    }
}
