use std::collections::BTreeMap;
use std::time::Duration;

use rtest_core::clock::RunTime;
use rtest_core::usage::{Quantity, Reading, UsageTick};

/// What services used over time: every sample, in the order of time.
///
/// A sample takes 16 bytes: a service of which five quantities are sampled ten times a second
/// takes half a megabyte in ten minutes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsageRecord {
    /// Of rtest itself.
    pub rtest: Usage,
    /// By service.
    pub services: BTreeMap<String, Usage>,
}

/// The samples of each quantity.
pub type Usage = BTreeMap<Quantity, Vec<UsagePoint>>;

/// A sample: a level, or what came on top of a counter since the one before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UsagePoint {
    /// When.
    pub at: RunTime,
    /// How much.
    pub value: f64,
}

impl UsagePoint {
    /// Of samples in the order of time those from one instant on and before another.
    pub fn within(points: &[Self], from: RunTime, until: RunTime) -> &[Self] {
        let first = points.partition_point(|point| point.at < from);
        let after = points.partition_point(|point| point.at < until);
        points.get(first..after).unwrap_or(&[])
    }
}

impl UsageRecord {
    /// The samples of a quantity of a service; none where there are none.
    pub fn of(&self, service: &str, quantity: Quantity) -> &[UsagePoint] {
        let usage = self.services.get(service);
        let points = usage.and_then(|usage| usage.get(&quantity));
        points.map_or(&[], Vec::as_slice)
    }

    /// Folds in what was seen at an instant.
    pub(crate) fn apply(&mut self, at: RunTime, tick: &UsageTick) {
        add(&mut self.rtest, at, &tick.rtest);
        for (service, readings) in &tick.services {
            if !self.services.contains_key(service) {
                self.services.insert(service.clone(), Usage::new());
            }
            if let Some(usage) = self.services.get_mut(service) {
                add(usage, at, readings);
            }
        }
    }

    /// Notes that the system killed a service for want of memory, unless that was seen already in
    /// its control group.
    pub(crate) fn out_of_memory(&mut self, at: RunTime, service: &str) {
        let last = self.of(service, Quantity::OomKills).last();
        if last.is_none_or(|last| at.since(last.at) > SEEN_BEFORE) {
            self.count(at, service, Quantity::OomKills);
        }
    }

    /// Notes one more of something that is told when it happens, and not sampled.
    pub(crate) fn count(&mut self, at: RunTime, service: &str, quantity: Quantity) {
        let one = Reading::new(quantity, 1.0);
        let usage = self.services.entry(service.to_owned()).or_default();
        add(usage, at, &[one]);
    }
}

/// An engine says of a killed process within this time what its control group shows at once.
const SEEN_BEFORE: Duration = Duration::from_secs(2);

fn add(usage: &mut Usage, at: RunTime, readings: &[Reading]) {
    for reading in readings {
        let value = reading.value;
        let points = usage.entry(reading.quantity).or_default();
        points.push(UsagePoint { at, value });
    }
}
