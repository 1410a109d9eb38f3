//! The histograms of `perf_hooks`, which are HDR histograms in Node too.

use hdrhistogram::Histogram as Hdr;

/// What a program has made of them, by number.
#[derive(Debug, Default)]
pub(crate) struct Histograms {
    all: Vec<Histogram>,
    bytes: usize,
}

/// A histogram, and how many values it had no room for.
#[derive(Debug)]
pub(crate) struct Histogram {
    values: Hdr<u64>,
    exceeds: u64,
}

/// Bytes of a count.
const COUNT_BYTES: usize = size_of::<u64>();

impl Histograms {
    /// A new one for values from `lowest` to `highest`, to so many `figures` (1 to 5); none where
    /// that cannot be.
    pub(crate) fn create(&mut self, lowest: u64, highest: u64, figures: u8) -> Option<u32> {
        let values = Hdr::new_with_bounds(lowest, highest, figures).ok()?;
        self.bytes += values.distinct_values() * COUNT_BYTES;
        self.all.push(Histogram { values, exceeds: 0 });
        u32::try_from(self.all.len() - 1).ok()
    }

    /// Bytes that all of them take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn get(&self, id: u32) -> Option<&Histogram> {
        self.all.get(id as usize)
    }

    pub(crate) fn get_mut(&mut self, id: u32) -> Option<&mut Histogram> {
        self.all.get_mut(id as usize)
    }

    /// Adds what `other` holds to `id`.
    pub(crate) fn add(&mut self, id: u32, other: u32) {
        let (id, other) = (id as usize, other as usize);
        let Some(from) = self.all.get(other) else {
            return;
        };
        let (values, exceeds) = (from.values.clone(), from.exceeds);
        if let Some(to) = self.all.get_mut(id) {
            to.exceeds += exceeds;
            for step in values.iter_recorded() {
                to.record(step.value_iterated_to(), step.count_at_value());
            }
        }
    }
}

impl Histogram {
    /// Counts a value `times`.
    pub(crate) fn record(&mut self, value: u64, times: u64) {
        let room = value <= self.values.high();
        if !(room && self.values.record_n(value, times).is_ok()) {
            self.exceeds += times;
        }
    }

    pub(crate) fn reset(&mut self) {
        self.values.reset();
        self.exceeds = 0;
    }

    pub(crate) fn exceeds(&self) -> u64 {
        self.exceeds
    }

    pub(crate) fn count(&self) -> u64 {
        self.values.len()
    }

    pub(crate) fn min(&self) -> u64 {
        self.values.min()
    }

    pub(crate) fn max(&self) -> u64 {
        self.values.max()
    }

    pub(crate) fn mean(&self) -> f64 {
        self.values.mean()
    }

    pub(crate) fn stddev(&self) -> f64 {
        self.values.stdev()
    }

    /// The value that so many per cent are at or below; 0 of none.
    pub(crate) fn percentile(&self, percentile: f64) -> u64 {
        self.values.value_at_percentile(percentile)
    }

    /// Percentiles and their values, closer together towards 100.
    pub(crate) fn percentiles(&self) -> Vec<(f64, u64)> {
        if self.values.is_empty() {
            return vec![(100.0, 0)];
        }
        let steps = self.values.iter_quantiles(1);
        let steps = steps.map(|step| {
            let value = self.values.lowest_equivalent(step.value_iterated_to());
            (step.quantile_iterated_to() * 100.0, value)
        });
        steps.collect()
    }
}
