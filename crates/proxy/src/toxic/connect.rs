use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;

use super::{AttributeError, Attributes, Joining, Noop, Stage, Toxic};

/// What becomes of a connection before its upstream is dialled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConnect {
    /// The upstream is dialled.
    #[default]
    Dial,
    /// It is reset at once, as by an upstream that refuses.
    Reset,
    /// It is held and never answered: until the client goes, or for a time and then reset.
    Hold(Option<Duration>),
}

/// Lets connections fail before anything crosses them: all of them, the first ones since this was
/// added, or every Nth.
#[derive(Debug, Default)]
pub struct Connect {
    /// How they fail.
    pub on_connect: OnConnect,
    /// Only so many, the first ones.
    pub first: Option<u64>,
    /// Only every Nth; 0 is as good as 1.
    pub every: Option<u64>,
    /// Connections since it was added.
    seen: AtomicU64,
}

impl Connect {
    pub(super) const TYPE: &str = "connect";

    /// Every connection.
    pub fn new(on_connect: OnConnect) -> Self {
        Self {
            on_connect,
            ..Self::default()
        }
    }

    /// Only the first so many.
    pub fn first(mut self, count: u64) -> Self {
        self.first = Some(count);
        self
    }

    /// Only every Nth.
    pub fn every(mut self, count: u64) -> Self {
        self.every = Some(count);
        self
    }
}

impl Toxic for Connect {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        let (how, hold) = match self.on_connect {
            OnConnect::Dial => ("dial", None),
            OnConnect::Reset => ("reset", None),
            OnConnect::Hold(time) => ("hold", time),
        };
        Attributes::of_values(json!({
            "how": how,
            "hold_ms": hold.map(|time| time.as_millis() as u64),
            "first": self.first,
            "every": self.every,
        }))
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        let given = |name| {
            let value = changes.value(name);
            value.map(|_| changes.at_least_zero(name)).transpose()
        };
        let hold = given("hold_ms")?.map(Duration::from_millis);
        let on_connect = match changes.text("how")?.as_deref() {
            None => match (self.on_connect, hold) {
                (OnConnect::Hold(_), Some(time)) => OnConnect::Hold(Some(time)),
                (other, _) => other,
            },
            Some("dial") => OnConnect::Dial,
            Some("reset") => OnConnect::Reset,
            Some("hold") => OnConnect::Hold(hold),
            Some(other) => {
                return Err(AttributeError::new(format!(
                    "`how` is `{other}`, but can be reset, hold or dial"
                )));
            }
        };
        Ok(Arc::new(Self {
            on_connect,
            first: given("first")?.or(self.first),
            every: given("every")?.or(self.every),
            // Those it has seen already count on.
            seen: AtomicU64::new(self.seen.load(Ordering::Relaxed)),
        }))
    }

    fn on_link(&self, joining: Joining) -> Box<dyn Stage> {
        Noop.on_link(joining)
    }

    fn on_connect(&self) -> OnConnect {
        let number = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        let is_among_first = self.first.is_none_or(|first| number <= first);
        let is_its_turn = self
            .every
            .is_none_or(|every| number.is_multiple_of(every.max(1)));
        if is_among_first && is_its_turn {
            self.on_connect
        } else {
            OnConnect::Dial
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(connect: &dyn Toxic, count: usize) -> Vec<bool> {
        (0..count)
            .map(|_| connect.on_connect() == OnConnect::Reset)
            .collect()
    }

    #[test]
    fn all_the_first_or_every_so_manieth_connection_fails() {
        let connect = || Connect::new(OnConnect::Reset);
        assert_eq!(fates(&connect(), 3), [true; 3]);
        assert_eq!(fates(&connect().first(2), 4), [true, true, false, false]);
        assert_eq!(
            fates(&connect().every(3), 7),
            [false, false, true, false, false, true, false]
        );
        assert_eq!(
            fates(&connect().every(2).first(4), 6),
            [false, true, false, true, false, false]
        );
        assert_eq!(fates(&connect().every(0), 2), [true, true]);
    }

    #[test]
    fn attributes_are_merged_and_the_count_goes_on() {
        let connect = Connect::new(OnConnect::Reset).first(3);
        fates(&connect, 2);
        let changes = Attributes::of_values(json!({ "first": 4 }));
        let merged = connect.merged(&changes).unwrap();
        assert_eq!(fates(&*merged, 3), [true, true, false]);
        let changes = Attributes::of_values(json!({ "how": "hold", "hold_ms": 5 }));
        let shown = merged.merged(&changes).unwrap().attributes();
        assert_eq!(
            serde_json::Value::from(shown.as_json().clone()),
            json!({ "how": "hold", "hold_ms": 5, "first": 4, "every": null })
        );
        let wrong = Attributes::of_values(json!({ "how": "softly" }));
        assert_eq!(
            connect.merged(&wrong).unwrap_err().to_string(),
            "`how` is `softly`, but can be reset, hold or dial"
        );
    }
}
