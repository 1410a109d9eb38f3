use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::RunTime;

use super::{AttributeError, Attributes, Item, Joining, Stage, Toxic, millis};

/// Lets no byte through, and closes the connection after it was quiet for the timeout; at a
/// timeout of 0 never. When it is removed, the connections that it touched are closed: the bytes
/// that it dropped are missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeout {
    /// As the API was given it, in milliseconds; 0 and below is never.
    timeout_ms: i64,
}

impl Timeout {
    pub(super) const TYPE: &str = "timeout";

    /// In whole milliseconds; 0 is never.
    pub fn new(timeout: Duration) -> Self {
        Self {
            timeout_ms: millis::to_api(timeout),
        }
    }
}

impl Toxic for Timeout {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        Attributes::of_integers([("timeout", self.timeout_ms)])
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        let timeout_ms = changes.integer("TimeoutToxic", "timeout", self.timeout_ms)?;
        Ok(Arc::new(Self { timeout_ms }))
    }

    fn on_link(&self, joining: Joining) -> Box<dyn Stage> {
        Box::new(Void {
            timeout: *self,
            quiet_since: joining.at,
            end: None,
            closed: false,
        })
    }
}

#[derive(Debug)]
struct Void {
    timeout: Timeout,
    quiet_since: RunTime,
    /// A reset, which is let through: there is nobody left to wait.
    end: Option<Item>,
    /// Nothing leaves any more.
    closed: bool,
}

impl Stage for Void {
    fn push(&mut self, item: Item, now: RunTime) {
        match item {
            Item::Data(_) => self.quiet_since = now,
            Item::Reset | Item::Cut => self.end = Some(item),
            // Says nothing that the receiver would hear of.
            Item::End => {}
        }
    }

    fn pop(&mut self, now: RunTime) -> Option<Item> {
        self.due().filter(|due| *due <= now)?;
        self.closed = true;
        Some(self.end.take().unwrap_or(Item::Cut))
    }

    fn due(&self) -> Option<RunTime> {
        if self.closed {
            None
        } else if self.end.is_some() {
            Some(RunTime::ZERO)
        } else {
            let timeout = millis::from_api(self.timeout.timeout_ms);
            (!timeout.is_zero()).then(|| self.quiet_since + timeout)
        }
    }

    fn held(&self) -> usize {
        0
    }

    fn waits_for_receiver(&self) -> bool {
        false
    }

    fn update(&mut self, toxic: &dyn Toxic) {
        if let Some(timeout) = (toxic as &dyn Any).downcast_ref() {
            self.timeout = *timeout;
        }
    }

    fn drain(&mut self) -> Vec<Item> {
        if self.closed {
            Vec::new()
        } else {
            vec![self.end.take().unwrap_or(Item::Cut)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toxic::stage::tests::{at, chunk, pop_all, stage};

    #[test]
    fn bytes_are_dropped_and_the_connection_is_cut_after_the_quiet_time() {
        let mut stage = stage("timeout", [("timeout", 100)]);
        assert_eq!(stage.due(), Some(at(100)));
        stage.push(chunk("a", at(60)), at(60));
        stage.push(chunk("b", at(90)), at(90));
        assert_eq!(pop_all(&mut *stage, at(189)), []);
        assert_eq!(pop_all(&mut *stage, at(190)), [Item::Cut]);
        assert_eq!((stage.held(), stage.due()), (0, None));
        assert_eq!(stage.drain(), []);
    }

    #[test]
    fn a_timeout_of_zero_or_less_never_cuts_and_removing_it_does() {
        for timeout in [0, -7, i64::MIN] {
            let mut stage = stage("timeout", [("timeout", timeout)]);
            stage.push(chunk("a", at(1)), at(1));
            stage.push(Item::End, at(2));
            assert_eq!(stage.due(), None);
            assert_eq!(pop_all(&mut *stage, at(u32::MAX.into())), []);
            assert_eq!(stage.drain(), [Item::Cut]);
        }
    }

    #[test]
    fn a_reset_is_passed_on() {
        let mut stage = stage("timeout", [("timeout", 0)]);
        stage.push(Item::Reset, at(1));
        assert_eq!(pop_all(&mut *stage, at(1)), [Item::Reset]);
    }

    #[test]
    fn an_update_counts_from_the_last_byte() {
        let mut stage = stage("timeout", [("timeout", 0)]);
        stage.push(chunk("a", at(40)), at(40));
        stage.update(&Timeout::new(Duration::from_millis(10)));
        assert_eq!(stage.due(), Some(at(50)));
        stage.update(&Timeout {
            timeout_ms: i64::MAX,
        });
        assert!(stage.due() > Some(at(1_000_000)));
    }
}
