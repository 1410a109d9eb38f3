//! The histograms of `perf_hooks`, which are HDR histograms in Node too.

use hdrhistogram::Histogram as Hdr;

/// What a program has made of them, by number.
#[derive(Debug, Default)]
pub(crate) struct Histograms {
    all: Vec<Histogram>,
    bytes: usize,
}

/// A histogram, how many values it was given, and for how many of them it had no room. Reckoned as
/// HdrHistogram's library for C does, which Node has.
#[derive(Debug)]
pub(crate) struct Histogram {
    values: Hdr<u64>,
    count: u64,
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
        self.all.push(Histogram {
            values,
            count: 0,
            exceeds: 0,
        });
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

    /// Adds what `other` holds to `id`, as far as it has room.
    pub(crate) fn add(&mut self, id: u32, other: u32) {
        let Some(from) = self.all.get(other as usize) else {
            return;
        };
        let (values, count, exceeds) = (from.values.clone(), from.count, from.exceeds);
        if let Some(to) = self.all.get_mut(id as usize) {
            to.count += count;
            to.exceeds += exceeds;
            for step in values.iter_recorded() {
                to.put(step.value_iterated_to(), step.count_at_value());
            }
        }
    }
}

impl Histogram {
    /// Counts a value `times`.
    pub(crate) fn record(&mut self, value: u64, times: u64) {
        match self.put(value, times) {
            true => self.count += times,
            false => self.exceeds += times,
        }
    }

    fn put(&mut self, value: u64, times: u64) -> bool {
        value <= self.values.high() && self.values.record_n(value, times).is_ok()
    }

    pub(crate) fn reset(&mut self) {
        self.values.reset();
        self.count = 0;
        self.exceeds = 0;
    }

    pub(crate) fn exceeds(&self) -> u64 {
        self.exceeds
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn min(&self) -> u64 {
        self.values.min()
    }

    /// 0 of none.
    pub(crate) fn max(&self) -> u64 {
        if self.values.is_empty() {
            return 0;
        }
        self.values.max()
    }

    /// Each value that is held, by the middle of its bucket, and how often.
    fn recorded(&self) -> impl Iterator<Item = (u64, u64)> {
        let steps = self.values.iter_recorded();
        steps.map(|step| {
            let middle = self.values.median_equivalent(step.value_iterated_to());
            (middle, step.count_at_value())
        })
    }

    pub(crate) fn mean(&self) -> f64 {
        let total: u128 = self
            .recorded()
            .map(|(value, count)| u128::from(value) * u128::from(count))
            .sum();
        total as f64 / self.values.len() as f64
    }

    pub(crate) fn stddev(&self) -> f64 {
        let mean = self.mean();
        let squares: f64 = self
            .recorded()
            .map(|(value, count)| (value as f64 - mean).powi(2) * count as f64)
            .sum();
        (squares / self.values.len() as f64).sqrt()
    }

    /// The value that so many per cent are at or below; 0 of none.
    pub(crate) fn percentile(&self, percentile: f64) -> u64 {
        let wanted = (percentile / 100.0 * self.values.len() as f64 + 0.5).floor();
        let wanted = (wanted as u64).max(1);
        let mut seen = 0;
        let step = self.values.iter_recorded().find(|step| {
            seen += step.count_at_value();
            seen >= wanted
        });
        step.map_or(0, |step| {
            self.values.highest_equivalent(step.value_iterated_to())
        })
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
