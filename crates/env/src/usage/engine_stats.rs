//! A container through its engine, which tells once a second.

use std::sync::Arc;

use futures_util::StreamExt as _;
use rtest_core::Clock;
use rtest_core::usage::{Quantity, Reading};
use testcontainers::bollard::models::ContainerStatsResponse;
use testcontainers::bollard::query_parameters::StatsOptionsBuilder;
use tokio::task::JoinSet;

use super::control_group::throttled_share;
use super::counter::Counter;
use super::inbox::Inbox;
use super::source::{Moment, Source};
use crate::docker::Engine;

/// A container of an engine that is not on this machine, or whose files cannot be read.
pub(crate) struct EngineStats {
    inbox: Inbox,
    /// Listens as long as the source is there.
    _task: JoinSet<()>,
}

impl EngineStats {
    /// Begins to listen.
    pub(crate) fn listen(engine: Engine, id: String, clock: Arc<dyn Clock>) -> Self {
        let inbox = Inbox::default();
        let mut task = JoinSet::new();
        let into = inbox.clone();
        task.spawn(async move {
            let options = StatsOptionsBuilder::new().stream(true).build();
            let mut counters = Counters::default();
            let mut told = Box::pin(engine.api().stats(&id, Some(options)));
            while let Some(Ok(stats)) = told.next().await {
                into.put(counters.readings(clock.now(), &stats));
            }
        });
        Self { inbox, _task: task }
    }
}

impl Source for EngineStats {
    fn read(&mut self, _: &mut Moment<'_>) -> Vec<Reading> {
        self.inbox.take()
    }
}

#[derive(Default)]
struct Counters {
    cpu: Counter,
    periods: Counter,
    throttled: Counter,
    network_in: Counter,
    network_out: Counter,
}

impl Counters {
    fn readings(
        &mut self,
        at: rtest_core::RunTime,
        stats: &ContainerStatsResponse,
    ) -> Vec<Reading> {
        let mut readings = Vec::new();
        let mut tell = |quantity, value: Option<f64>| {
            readings.extend(value.map(|value| Reading::new(quantity, value)));
        };
        let cpu = stats.cpu_stats.as_ref();
        let nanos = cpu.and_then(|cpu| cpu.cpu_usage.as_ref()?.total_usage);
        let share = nanos.and_then(|nanos| self.cpu.cpu_share(at, nanos));
        tell(Quantity::Cpu, share);
        let throttling = cpu.and_then(|cpu| cpu.throttling_data.as_ref());
        let periods = throttling.and_then(|it| self.periods.grown(at, it.periods?));
        let throttled = throttling.and_then(|it| self.throttled.grown(at, it.throttled_periods?));
        tell(Quantity::CpuThrottled, throttled_share(periods, throttled));
        tell(Quantity::Memory, memory(stats).map(|bytes| bytes as f64));
        let networks = stats.networks.as_ref();
        let interfaces = || networks.into_iter().flat_map(|networks| networks.values());
        let came = networks.map(|_| interfaces().filter_map(|it| it.rx_bytes).sum());
        let went = networks.map(|_| interfaces().filter_map(|it| it.tx_bytes).sum());
        let more = |counter: &mut Counter, now: Option<u64>| {
            let (grown, _) = counter.grown(at, now?)?;
            (grown > 0).then_some(grown as f64)
        };
        tell(Quantity::NetworkIn, more(&mut self.network_in, came));
        tell(Quantity::NetworkOut, more(&mut self.network_out, went));
        readings
    }
}

/// As the files are read: the engine passes the kernel's own words on.
fn memory(stats: &ContainerStatsResponse) -> Option<u64> {
    let memory = stats.memory_stats.as_ref()?;
    let words = memory.stats.as_ref();
    let idle = words.and_then(|words| {
        let names = ["total_inactive_file", "inactive_file"];
        names.into_iter().find_map(|name| words.get(name).copied())
    });
    Some(memory.usage?.saturating_sub(idle.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use rtest_core::RunTime;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_engine_tells_is_read_as_the_files_are() {
        let told = |cpu: u64, periods: u64, throttled: u64, rx: u64| -> ContainerStatsResponse {
            serde_json::from_value(json!({
                "cpu_stats": {
                    "cpu_usage": { "total_usage": cpu },
                    "throttling_data": { "periods": periods, "throttled_periods": throttled },
                },
                "memory_stats": {
                    "usage": 3000,
                    "stats": { "inactive_file": 7, "total_inactive_file": 1000 },
                },
                "networks": { "eth0": { "rx_bytes": rx, "tx_bytes": 5 } },
            }))
            .expect("the engine's layout")
        };
        let at = |seconds: u64| RunTime::from_nanos(seconds * 1_000_000_000);
        let mut counters = Counters::default();
        let first = counters.readings(at(1), &told(0, 0, 0, 10));
        assert_eq!(first, [Reading::new(Quantity::Memory, 2000.0)]);
        assert_eq!(
            counters.readings(at(3), &told(1_000_000_000, 20, 5, 110)),
            [
                Reading::new(Quantity::Cpu, 0.5),
                Reading::new(Quantity::CpuThrottled, 0.25),
                Reading::new(Quantity::Memory, 2000.0),
                Reading::new(Quantity::NetworkIn, 100.0),
            ]
        );
    }
}
