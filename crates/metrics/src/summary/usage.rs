//! Numbers of what services used while they were under load.

use rtest_core::metric::{MetricKind, MetricSelector};
use rtest_core::usage::{Quantity, UsageMetric};
use rtest_core::window::WindowId;

use super::Summary;
use super::value::{Sampled, Value};
use crate::usage_record::UsagePoint;

impl<'a> Summary<'a> {
    /// The samples of a service's quantity while there was load, in the windows that the selector
    /// and `in_window` choose.
    pub(crate) fn usage(
        &self,
        metric: UsageMetric<'_>,
        selector: &MetricSelector,
        in_window: impl Fn(WindowId) -> bool,
    ) -> Vec<&'a UsagePoint> {
        let Some(load) = &self.record.load else {
            return Vec::new();
        };
        let points = self.record.usage.of(metric.service, metric.quantity);
        let within = UsagePoint::within(points, load.start, load.end).iter();
        let chosen = |point: &&UsagePoint| {
            let window = self.window_at(point.at);
            in_window(window) && self.window_carries(window, selector)
        };
        within.filter(chosen).collect()
    }

    /// The metric's value over the load, in the windows that the selector and `in_window` choose;
    /// `None` where there was no load, there is no such service, or of a counter, where it was
    /// never seen in that time.
    pub(super) fn usage_value(
        &self,
        metric: UsageMetric<'_>,
        selector: &MetricSelector,
        in_window: impl Fn(WindowId) -> bool,
    ) -> Option<Value> {
        let mut services = self.record.header.services.iter();
        services.find(|service| service.name == metric.service)?;
        let load = self.record.load.as_ref()?;
        let points = |quantity| {
            let metric = UsageMetric { quantity, ..metric };
            self.usage(metric, selector, &in_window)
        };
        if metric.quantity.kind() == MetricKind::Level {
            return Some(Value::Level(Sampled::of(points(metric.quantity))));
        }
        // Of a service that nobody has looked at it is not known that nothing happened.
        let is_told = metric.quantity == Quantity::Restarts;
        if !is_told && points(Quantity::Memory).is_empty() {
            return None;
        }
        let chosen = |window: WindowId| in_window(window) && self.window_carries(window, selector);
        let counted = points(metric.quantity);
        Some(Value::Counter {
            count: counted.iter().map(|point| point.value).sum(),
            seconds: self.seconds_in((load.start, load.end), chosen),
        })
    }

    fn window_carries(&self, window: WindowId, selector: &MetricSelector) -> bool {
        let mut tags = selector.tags.iter();
        tags.all(|(tag, value)| self.window_has(window, tag, value).unwrap_or(false))
    }
}
