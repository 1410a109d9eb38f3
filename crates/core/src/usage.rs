//! What services use of the machine, and what stores say of themselves, sampled while a run goes.

use std::time::Duration;

use crate::metric::{MetricContents, MetricKind};
use crate::plan::{Protocol, Provider, ServicePlan};

/// How often is looked at what services use, where a suite does not say.
pub const DEFAULT_PERIOD: Duration = Duration::from_millis(100);

/// Something that is sampled of a service. Thresholds name it `service.NAME.QUANTITY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// CPU time as a share of one core: 1.5 is one core and a half.
    Cpu,
    /// Of the periods of a CPU limit, the share in which it was held back, 0 to 1.
    CpuThrottled,
    /// Bytes of memory that the system cannot take back at once.
    Memory,
    /// Bytes that came in over the network.
    NetworkIn,
    /// Bytes that went out over the network.
    NetworkOut,
    /// Processes that the system killed for want of memory.
    OomKills,
    /// Times that it was started again.
    Restarts,
    /// Connections to a store.
    Connections,
    /// Connections that run a statement.
    ConnectionsActive,
    /// Connections that hold a transaction open and do nothing.
    ConnectionsIdleInTransaction,
    /// Connections that wait for a lock.
    ConnectionsWaiting,
    /// Bytes that a store holds its data in.
    UsedMemory,
}

impl Quantity {
    /// Every quantity, in the order of reports.
    pub const ALL: [Self; 12] = [
        Self::Cpu,
        Self::CpuThrottled,
        Self::Memory,
        Self::NetworkIn,
        Self::NetworkOut,
        Self::OomKills,
        Self::Restarts,
        Self::Connections,
        Self::ConnectionsActive,
        Self::ConnectionsIdleInTransaction,
        Self::ConnectionsWaiting,
        Self::UsedMemory,
    ];

    /// The word in a suite and in the record.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::CpuThrottled => "cpu_throttled",
            Self::Memory => "memory",
            Self::NetworkIn => "network_in",
            Self::NetworkOut => "network_out",
            Self::OomKills => "oom_kills",
            Self::Restarts => "restarts",
            Self::Connections => "connections",
            Self::ConnectionsActive => "connections_active",
            Self::ConnectionsIdleInTransaction => "connections_idle_in_transaction",
            Self::ConnectionsWaiting => "connections_waiting",
            Self::UsedMemory => "used_memory",
        }
    }

    /// The quantity of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// What a metric of it holds.
    pub const fn kind(self) -> MetricKind {
        match self {
            Self::NetworkIn | Self::NetworkOut | Self::OomKills | Self::Restarts => {
                MetricKind::Counter
            }
            _ => MetricKind::Level,
        }
    }

    /// What its values are.
    pub const fn contents(self) -> MetricContents {
        match self {
            Self::Cpu | Self::CpuThrottled => MetricContents::Share,
            Self::Memory | Self::NetworkIn | Self::NetworkOut | Self::UsedMemory => {
                MetricContents::Data
            }
            _ => MetricContents::Default,
        }
    }

    /// Why a service has no such quantity; `None` where it has.
    pub const fn refusal(self, service: &ServicePlan) -> Option<&'static str> {
        let is_external = matches!(service.provider, Provider::External { .. });
        let is_container = matches!(service.provider, Provider::Container(_));
        let is_postgres = matches!(service.protocol, Protocol::Postgres(_));
        let is_redis = matches!(service.protocol, Protocol::Redis { .. });
        match self {
            Self::Cpu | Self::Memory | Self::Restarts if is_external => {
                Some("an external service is not rtest's to look into")
            }
            Self::CpuThrottled | Self::NetworkIn | Self::NetworkOut | Self::OomKills
                if !is_container =>
            {
                Some("it is known of containers only")
            }
            Self::Connections if !(is_postgres || is_redis) => {
                Some("it is known of Postgres and Redis only")
            }
            Self::ConnectionsActive
            | Self::ConnectionsIdleInTransaction
            | Self::ConnectionsWaiting
                if !is_postgres =>
            {
                Some("it is known of Postgres only")
            }
            Self::UsedMemory if !is_redis => Some("it is known of Redis only"),
            _ => None,
        }
    }
}

/// A value of a quantity: a level as it stands, or what came on top of a counter since the last
/// time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Of what.
    pub quantity: Quantity,
    /// Shares, bytes or a number, as the quantity says.
    pub value: f64,
}

impl Reading {
    /// A value of a quantity.
    pub const fn new(quantity: Quantity, value: f64) -> Self {
        Self { quantity, value }
    }
}

/// What was seen at one instant. What could not be seen is not there, and neither is a counter to
/// which nothing was added.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsageTick {
    /// Of rtest itself.
    pub rtest: Vec<Reading>,
    /// Of services, by name.
    pub services: Vec<(String, Vec<Reading>)>,
}

/// A metric that is a quantity of a service: `service.db.connections`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageMetric<'a> {
    /// The service's name.
    pub service: &'a str,
    /// Which quantity.
    pub quantity: Quantity,
}

/// How the names of such metrics begin.
const PREFIX: &str = "service.";

impl<'a> UsageMetric<'a> {
    /// The metric of this name, if it is one and its quantity is known.
    pub fn named(name: &'a str) -> Option<Self> {
        let (service, quantity) = Self::split(name)?;
        Some(Self {
            service,
            quantity: Quantity::named(quantity)?,
        })
    }

    /// Service and quantity of a name that is meant to be such a metric, known or not.
    pub fn split(name: &'a str) -> Option<(&'a str, &'a str)> {
        let rest = name.strip_prefix(PREFIX)?;
        Some(rest.split_once('.').unwrap_or((rest, "")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_names_its_service_and_its_quantity() {
        let metric = UsageMetric::named("service.orders-db.connections").expect("known");
        assert_eq!(metric.service, "orders-db");
        assert_eq!(metric.quantity, Quantity::Connections);
        for name in [
            "service.db",
            "service.db.conections",
            "db.connections",
            "http_reqs",
        ] {
            assert_eq!(UsageMetric::named(name), None, "{name}");
        }
        assert_eq!(UsageMetric::split("service.db"), Some(("db", "")));
    }

    #[test]
    fn every_quantity_is_found_by_its_name() {
        for quantity in Quantity::ALL {
            assert_eq!(Quantity::named(quantity.name()), Some(quantity));
        }
    }
}
