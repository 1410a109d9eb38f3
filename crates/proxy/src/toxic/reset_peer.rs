use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::RunTime;

use super::{AttributeError, Attributes, Item, Joining, Stage, Toxic, millis};

/// How long a connection that says nothing is spared beyond the timeout: so a client that connects
/// and writes at once has written when it is reset, not only connected.
const SPARED: Duration = Duration::from_millis(50);

/// Lets no byte through and resets the connection, both ways, `timeout` after its first bytes. One
/// on which nothing is said is reset too, 50 ms later than that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResetPeer {
    /// As the API was given it, in milliseconds; below 0 is at once.
    timeout_ms: i64,
}

impl ResetPeer {
    pub(super) const TYPE: &str = "reset_peer";

    /// In whole milliseconds.
    pub fn new(timeout: Duration) -> Self {
        Self {
            timeout_ms: millis::to_api(timeout),
        }
    }
}

impl Toxic for ResetPeer {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        Attributes::of_integers([("timeout", self.timeout_ms)])
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        let timeout_ms = changes.integer("ResetToxic", "timeout", self.timeout_ms)?;
        Ok(Arc::new(Self { timeout_ms }))
    }

    fn on_link(&self, joining: Joining) -> Box<dyn Stage> {
        Box::new(Fuse {
            timeout: millis::from_api(self.timeout_ms),
            lit_at: joining.at + SPARED,
            dropped: false,
            burnt: false,
        })
    }
}

#[derive(Debug)]
struct Fuse {
    timeout: Duration,
    /// When the first bytes came, or at the latest when they do not.
    lit_at: RunTime,
    /// Bytes are missing: the stream cannot go on.
    dropped: bool,
    /// Nothing leaves any more.
    burnt: bool,
}

impl Stage for Fuse {
    fn push(&mut self, item: Item, now: RunTime) {
        // A reset of the sender's own or a cut is a reset without delay.
        if matches!(item, Item::Reset | Item::Cut) {
            self.timeout = Duration::ZERO;
        }
        self.dropped = true;
        self.lit_at = self.lit_at.min(now);
    }

    fn pop(&mut self, now: RunTime) -> Option<Item> {
        self.due().filter(|due| *due <= now)?;
        self.burnt = true;
        Some(Item::Reset)
    }

    fn due(&self) -> Option<RunTime> {
        (!self.burnt).then(|| self.lit_at + self.timeout)
    }

    fn held(&self) -> usize {
        0
    }

    fn waits_for_receiver(&self) -> bool {
        false
    }

    fn update(&mut self, toxic: &dyn Toxic) {
        if let Some(ResetPeer { timeout_ms }) = (toxic as &dyn Any).downcast_ref() {
            self.timeout = millis::from_api(*timeout_ms);
        }
    }

    fn drain(&mut self) -> Vec<Item> {
        if self.dropped && !self.burnt {
            vec![Item::Reset]
        } else {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toxic::stage::tests::{at, chunk, pop_all, stage};

    #[test]
    fn it_resets_a_timeout_after_the_first_bytes_and_lets_none_through() {
        let mut stage = stage("reset_peer", [("timeout", 100)]);
        stage.push(chunk("a", at(3)), at(3));
        stage.push(chunk("b", at(90)), at(90));
        stage.push(Item::End, at(91));
        assert_eq!(pop_all(&mut *stage, at(102)), []);
        assert_eq!(pop_all(&mut *stage, at(103)), [Item::Reset]);
        assert_eq!((stage.held(), stage.due()), (0, None));
        assert_eq!(stage.drain(), []);
    }

    #[test]
    fn a_timeout_of_zero_or_less_resets_with_the_first_byte() {
        for timeout in [0, -1, i64::MIN] {
            let mut stage = stage("reset_peer", [("timeout", timeout)]);
            assert_eq!(pop_all(&mut *stage, at(1)), []);
            stage.push(chunk("a", at(1)), at(1));
            assert_eq!(pop_all(&mut *stage, at(1)), [Item::Reset]);
        }
    }

    #[test]
    fn a_silent_connection_is_reset_too() {
        let mut stage = stage("reset_peer", [("timeout", 20)]);
        assert_eq!(stage.due(), Some(at(70)));
        stage.update(&ResetPeer::new(Duration::from_millis(10)));
        assert_eq!(pop_all(&mut *stage, at(60)), [Item::Reset]);
    }

    #[test]
    fn removed_before_its_time_it_resets_only_what_lacks_bytes() {
        let mut untouched = stage("reset_peer", [("timeout", 1_000)]);
        assert_eq!(untouched.drain(), []);
        let mut touched = stage("reset_peer", [("timeout", 1_000)]);
        touched.push(chunk("a", at(1)), at(1));
        assert_eq!(touched.drain(), [Item::Reset]);
    }
}
