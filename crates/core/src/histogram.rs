use std::time::Duration;

/// Significant decimal digits of every histogram: a recorded value is off by at most 0.1 %.
pub const SIGNIFICANT_DIGITS: u8 = 3;

/// Largest recordable value: one hour. Longer values are recorded as one hour.
pub const MAX_MICROS: u64 = 3_600_000_000;

/// Largest number of a suite's own metric; larger ones are recorded as this. A petabyte in bytes
/// fits, and a histogram that has to reach so far takes some 400 KB.
pub const MAX_NUMBER: f64 = 1e15;

/// Durations in microseconds, in an HDR histogram of one fixed layout.
///
/// Every histogram of every core, shard and run has the same layout, so merging them loses
/// nothing and percentiles are read once, from the merged counts. Percentiles are never averaged.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram(hdrhistogram::Histogram<u64>);

impl Default for Histogram {
    fn default() -> Self {
        let mut empty = hdrhistogram::Histogram::new(SIGNIFICANT_DIGITS)
            .expect("three digits are within HDR's 0 to 5");
        // Grows with the largest value seen: a histogram of millisecond answers stays small.
        empty.auto(true);
        Self(empty)
    }
}

impl Histogram {
    /// Records one duration, rounded down to whole microseconds.
    pub fn record(&mut self, value: Duration) {
        self.record_n(value, 1);
    }

    /// Records the same duration `count` times.
    pub fn record_n(&mut self, value: Duration, count: u64) {
        let micros = u64::try_from(value.as_micros())
            .unwrap_or(MAX_MICROS)
            .min(MAX_MICROS);
        self.0
            .record_n(micros, count)
            .expect("an auto-resizing histogram takes every value up to an hour");
    }

    /// Records a value of a metric of a suite's own: milliseconds, or whatever it counts, kept in
    /// thousandths up to [`MAX_NUMBER`]. What is below zero is recorded as zero, which HDR's
    /// buckets begin with; what is no number is not recorded.
    pub fn record_number(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        let thousandths = (value.clamp(0.0, MAX_NUMBER) * 1000.0).round() as u64;
        self.0
            .record(thousandths)
            .expect("an auto-resizing histogram takes every value of 64 bits");
    }

    /// Adds the other's counts.
    pub fn merge(&mut self, other: &Self) {
        self.0
            .add(&other.0)
            .expect("an auto-resizing histogram takes every value of its layout");
    }

    /// Forgets every value, keeps the memory.
    pub fn clear(&mut self) {
        self.0.reset();
    }

    /// Number of recorded values.
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value at a quantile in 0..=1, in milliseconds; 0 when empty.
    ///
    /// Nearest rank, as HDR defines it: the smallest recorded value that at least `q` of all
    /// values do not exceed.
    pub fn quantile_ms(&self, q: f64) -> f64 {
        to_ms(self.0.value_at_quantile(q).min(self.0.max()))
    }

    /// The smallest value, in milliseconds; 0 when empty.
    pub fn min_ms(&self) -> f64 {
        to_ms(self.0.min())
    }

    /// The largest value, in milliseconds; 0 when empty.
    pub fn max_ms(&self) -> f64 {
        to_ms(self.0.max())
    }

    /// The mean, in milliseconds; 0 when empty.
    pub fn mean_ms(&self) -> f64 {
        self.0.mean() / 1000.0
    }

    /// Number of values in the buckets up to and including `value`'s.
    pub fn count_at_or_below(&self, value: Duration) -> u64 {
        let micros = u64::try_from(value.as_micros())
            .unwrap_or(u64::MAX)
            .min(MAX_MICROS);
        self.0
            .iter_recorded()
            .take_while(|step| step.value_iterated_to() <= self.0.highest_equivalent(micros))
            .map(|step| step.count_at_value())
            .sum()
    }

    /// The histogram below, for encoding and iteration.
    pub fn as_hdr(&self) -> &hdrhistogram::Histogram<u64> {
        &self.0
    }

    /// From a decoded HDR histogram.
    ///
    /// # Errors
    /// Returns the histogram when its precision differs from [`SIGNIFICANT_DIGITS`]: merging it
    /// would not be exact.
    pub fn from_hdr(
        mut hdr: hdrhistogram::Histogram<u64>,
    ) -> Result<Self, hdrhistogram::Histogram<u64>> {
        if hdr.sigfig() != SIGNIFICANT_DIGITS {
            return Err(hdr);
        }
        hdr.auto(true);
        Ok(Self(hdr))
    }
}

/// The recorded values of a histogram alone: a few hundred bytes to a few kilobytes where the
/// histogram itself has room for every value up to its largest. For keeping one per tick.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SparseHistogram {
    /// Bucket (by its highest value, in µs) and count, ascending.
    counts: Vec<(u64, u64)>,
}

impl SparseHistogram {
    /// Adds a histogram's counts.
    pub fn add(&mut self, histogram: &Histogram) {
        if histogram.is_empty() {
            return;
        }
        let mut merged = Histogram::default();
        self.add_to(&mut merged);
        merged.merge(histogram);
        let buckets = merged.0.iter_recorded();
        self.counts = buckets
            .map(|step| (step.value_iterated_to(), step.count_at_value()))
            .collect();
    }

    /// Adds its counts to a histogram; nothing is lost on the way there and back.
    pub fn add_to(&self, histogram: &mut Histogram) {
        for (micros, count) in &self.counts {
            histogram.record_n(Duration::from_micros(*micros), *count);
        }
    }
}

fn to_ms(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_stay_within_the_stated_error_of_an_exact_sort() {
        let mut exact: Vec<u64> = (0..20_000_u64)
            .map(|i| (i * 7919) % 1_999_993 + 3)
            .collect();
        let mut histogram = Histogram::default();
        for micros in &exact {
            histogram.record(Duration::from_micros(*micros));
        }
        exact.sort_unstable();
        for q in [0.5, 0.9, 0.95, 0.99, 0.999] {
            let rank = (q * exact.len() as f64).ceil() as usize - 1;
            let truth = exact[rank] as f64 / 1000.0;
            let read = histogram.quantile_ms(q);
            assert!(
                (read - truth).abs() / truth <= 0.001,
                "q {q}: {read} against {truth}"
            );
        }
    }

    #[test]
    fn merged_histograms_equal_one_histogram_bit_for_bit() {
        let mut whole = Histogram::default();
        let mut parts = [
            Histogram::default(),
            Histogram::default(),
            Histogram::default(),
        ];
        for i in 0..10_000_u64 {
            let value = Duration::from_micros(i * i % 900_001);
            whole.record(value);
            parts[(i % 3) as usize].record(value);
        }
        let mut merged = Histogram::default();
        for part in &parts {
            merged.merge(part);
        }
        assert_eq!(merged, whole);
    }

    #[test]
    fn a_sparse_copy_loses_nothing() {
        let mut parts = [Histogram::default(), Histogram::default()];
        let mut whole = Histogram::default();
        let mut sparse = SparseHistogram::default();
        for i in 0..5000_u64 {
            let value = Duration::from_micros(i * i * 7 % 4_000_000_000);
            parts[(i % 2) as usize].record(value);
            whole.record(value);
        }
        parts.iter().for_each(|part| sparse.add(part));
        let mut back = Histogram::default();
        sparse.add_to(&mut back);
        for q in [0.0, 0.1, 0.5, 0.95, 0.999, 1.0] {
            assert_eq!(back.quantile_ms(q), whole.quantile_ms(q), "q {q}");
        }
        assert_eq!(back.len(), whole.len());
    }

    #[test]
    fn numbers_without_a_unit_are_not_bound_to_an_hour() {
        let mut histogram = Histogram::default();
        for value in [5e6, 0.25, 3.0, -1.0, f64::NAN, 7e14] {
            histogram.record_number(value);
        }
        assert_eq!(histogram.len(), 5, "what is no number is not recorded");
        assert_eq!(histogram.min_ms(), 0.0);
        assert_eq!(histogram.quantile_ms(0.4), 0.25);
        assert!((histogram.quantile_ms(0.8) / 5e6 - 1.0).abs() <= 0.001);
        assert!((histogram.max_ms() / 7e14 - 1.0).abs() <= 0.001);
        let mut merged = Histogram::default();
        merged.merge(&histogram);
        assert_eq!(merged, histogram);
    }

    #[test]
    fn values_beyond_an_hour_are_recorded_as_an_hour() {
        let mut histogram = Histogram::default();
        histogram.record(Duration::from_secs(1_000_000));
        assert_eq!(histogram.len(), 1);
        assert!(histogram.max_ms() >= 3_600_000.0 * 0.999);
    }
}
