//! What services used, stretch by stretch.

use rtest_core::clock::RunTime;
use rtest_core::metric::{MetricContents, MetricKind};
use rtest_core::usage::Quantity;
use rtest_metrics::summary::Sampled;
use rtest_metrics::{RunRecord, Usage, UsagePoint};

use crate::number::{bytes, plain, share};

/// A service, or rtest itself, and all that was sampled of it.
#[derive(Clone, Copy)]
pub(crate) struct Used<'a> {
    /// The service's name; `rtest` in words where it is none.
    pub(crate) name: &'a str,
    /// Whether it is rtest itself.
    pub(crate) is_rtest: bool,
    usage: &'a Usage,
}

impl<'a> Used<'a> {
    /// Every service that was seen, in the header's order, then rtest itself.
    pub(crate) fn all(record: &'a RunRecord) -> Vec<Self> {
        let services = record.services.iter().filter_map(|service| {
            Some(Self {
                name: &service.name,
                is_rtest: false,
                usage: record.usage.services.get(&service.name)?,
            })
        });
        let rtest = (!record.usage.rtest.is_empty()).then_some(Self {
            name: "rtest itself",
            is_rtest: true,
            usage: &record.usage.rtest,
        });
        services.chain(rtest).collect()
    }

    /// What was sampled of it.
    pub(crate) fn quantities(&self) -> impl Iterator<Item = Quantity> + use<'a> {
        self.usage.keys().copied()
    }

    /// Whether a quantity of it was ever told.
    pub(crate) fn has(&self, quantity: Quantity) -> bool {
        self.usage.contains_key(&quantity)
    }

    /// Whether it was looked at between two instants.
    pub(crate) fn is_seen(&self, from: RunTime, until: RunTime) -> bool {
        !self.points(Quantity::Memory, from, until).is_empty()
    }

    /// The samples of a quantity between two instants.
    pub(crate) fn points(&self, of: Quantity, from: RunTime, until: RunTime) -> &'a [UsagePoint] {
        let points = self.usage.get(&of).map_or(&[][..], Vec::as_slice);
        UsagePoint::within(points, from, until)
    }

    /// What a level came to between two instants.
    pub(crate) fn level(&self, of: Quantity, from: RunTime, until: RunTime) -> Option<Sampled> {
        Sampled::of(self.points(of, from, until))
    }

    /// What came together of a counter between two instants.
    pub(crate) fn sum(&self, of: Quantity, from: RunTime, until: RunTime) -> f64 {
        let points = self.points(of, from, until).iter();
        points.map(|point| point.value).sum()
    }
}

/// A value with its unit.
pub(crate) fn shown(quantity: Quantity, value: f64) -> String {
    match quantity.contents() {
        MetricContents::Share => share(value),
        MetricContents::Data => bytes(value.max(0.0).round() as u64),
        MetricContents::Default | MetricContents::Time => plain(value),
    }
}

/// Whether a quantity is a level, and not something that is counted.
pub(crate) fn is_level(quantity: Quantity) -> bool {
    quantity.kind() == MetricKind::Level
}

/// From when until when services are looked at: under load, or where there is none, all the time.
pub(crate) fn span(record: &RunRecord) -> (RunTime, RunTime) {
    let load = record.load.as_ref();
    load.map_or((RunTime::ZERO, record.last), |load| (load.start, load.end))
}
