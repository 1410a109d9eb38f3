use std::time::Duration;

use rtest_core::ControlFuture;
use rtest_core::usage::{Quantity, Reading};
use rtest_store::{Limits, Redis};

use super::store::Asked;

/// Each look is a connection of its own.
const PERIOD: Duration = Duration::from_secs(1);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a Redis server says of itself.
pub(super) struct RedisInfo(Redis);

impl RedisInfo {
    /// Of the server at this URL.
    pub(super) fn at(url: &str) -> Option<Self> {
        Redis::at(url).ok().map(Self)
    }
}

impl Asked for RedisInfo {
    fn ask(&mut self) -> ControlFuture<'_, Option<Vec<Reading>>> {
        Box::pin(async {
            let limits = Limits::default().within(PATIENCE);
            let info = self.0.command(&["INFO".to_owned()], limits).await.ok()?;
            Some(readings(info.as_str()?))
        })
    }

    fn period(&self) -> Duration {
        PERIOD
    }
}

/// Of lines `name:value`.
fn readings(info: &str) -> Vec<Reading> {
    let number = |name: &str| -> Option<f64> {
        let of_line = |line: &str| {
            line.strip_prefix(name)?
                .strip_prefix(':')?
                .trim()
                .parse()
                .ok()
        };
        info.lines().find_map(of_line)
    };
    // Whoever asks is connected as well.
    let clients = number("connected_clients").map(|clients| (clients - 1.0).max(0.0));
    [
        (Quantity::Connections, clients),
        (Quantity::UsedMemory, number("used_memory")),
    ]
    .into_iter()
    .filter_map(|(quantity, value)| Some(Reading::new(quantity, value?)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_that_asks_is_not_counted() {
        let info = "# Clients\r\nconnected_clients:4\r\nmaxclients:10000\r\n# Memory\r\nused_memory_human:1M\r\nused_memory:1048576\r\n";
        assert_eq!(
            readings(info),
            [
                Reading::new(Quantity::Connections, 3.0),
                Reading::new(Quantity::UsedMemory, 1_048_576.0),
            ]
        );
        assert_eq!(readings("-NOAUTH"), []);
    }
}
