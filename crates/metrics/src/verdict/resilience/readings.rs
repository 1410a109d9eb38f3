use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::plan::GaugeRef;
use rtest_core::usage::UsageMetric;

use super::scene::{Scene, shown};
use crate::usage_record::UsagePoint;

/// What a number was from one instant to another.
pub(super) struct Readings {
    /// Where it could be read.
    pub(super) values: Vec<(RunTime, f64)>,
    /// How often it could not be.
    pub(super) failed: usize,
    /// The longest stretch without a reading.
    pub(super) unread: Duration,
}

/// For how long a number may go unread. Those of services are sampled once a second.
const UNREAD: Duration = Duration::from_millis(1500);
const UNSAMPLED: Duration = Duration::from_millis(3500);

impl Scene<'_> {
    /// What a gauge read from one instant to another.
    pub(super) fn readings(&self, gauge: &GaugeRef, from: RunTime, to: RunTime) -> Readings {
        if let Some(metric) = UsageMetric::named(&gauge.name) {
            let samples = self.record.usage.of(metric.service, metric.quantity);
            let within = UsagePoint::within(samples, from, to).iter();
            let values = within.map(|sample| (sample.at, sample.value)).collect();
            return Readings::new(values, 0, (from, to));
        }
        let readings = self.record.gauges.iter();
        let within = readings
            .filter(|reading| reading.gauge == gauge.index)
            .filter(|reading| from <= reading.at && reading.at < to);
        let all = within.clone().count();
        let read = within.filter_map(|reading| Some((reading.at, reading.value?)));
        let values: Vec<(RunTime, f64)> = read.collect();
        let failed = all - values.len();
        Readings::new(values, failed, (from, to))
    }

    /// Why what was read of a gauge does not tell of a whole stretch; nothing where it does.
    pub(super) fn gap(&self, gauge: &GaugeRef, readings: &Readings) -> Option<String> {
        let name = &gauge.name;
        if readings.unread > unread_at_most(gauge) {
            return Some(format!(
                "{name} was not read for {}",
                shown(readings.unread)
            ));
        }
        let all = readings.values.len() + readings.failed;
        (readings.values.len() < readings.failed).then(|| {
            format!(
                "{name} could not be read {} of {all} times",
                readings.failed
            )
        })
    }

    /// Why what was read of a gauge after the fault does not tell how it stands in the end.
    pub(super) fn gap_at_the_end(&self, gauge: &GaugeRef, readings: &Readings) -> Option<String> {
        let (last, _) = readings.values.last()?;
        let unread = self.after().since(*last);
        (unread > unread_at_most(gauge))
            .then(|| format!("{} was not read in the last {}", gauge.name, shown(unread)))
    }
}

fn unread_at_most(gauge: &GaugeRef) -> Duration {
    match UsageMetric::named(&gauge.name) {
        Some(_) => UNSAMPLED,
        None => UNREAD,
    }
}

impl Readings {
    fn new(values: Vec<(RunTime, f64)>, failed: usize, (from, to): (RunTime, RunTime)) -> Self {
        let at = values.iter().map(|(at, _)| *at);
        let starts = std::iter::once(from).chain(at.clone());
        let ends = at.chain(std::iter::once(to));
        let gaps = starts.zip(ends).map(|(start, end)| end.since(start));
        let unread = gaps.max().unwrap_or_default();
        Self {
            values,
            failed,
            unread,
        }
    }

    /// Of the readings, how many failed; nothing where none did.
    pub(super) fn failures(&self) -> Option<String> {
        let all = self.values.len() + self.failed;
        (self.failed > 0).then(|| format!("{} of {all} readings failed", self.failed))
    }
}
