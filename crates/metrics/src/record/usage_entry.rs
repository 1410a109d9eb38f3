use std::collections::BTreeMap;

use rtest_core::usage::{Quantity, Reading, UsageTick};
use serde::{Deserialize, Serialize};

/// What services used at an instant, as the record writes it: ten of these stand in a record for
/// each second, so nothing is in it that was not seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UsageEntry {
    /// Of rtest itself, by the quantity's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rtest: BTreeMap<String, f64>,
    /// Of services, by their name and the quantity's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub of: BTreeMap<String, BTreeMap<String, f64>>,
}

impl From<&UsageTick> for UsageEntry {
    fn from(tick: &UsageTick) -> Self {
        let services = tick.services.iter();
        Self {
            rtest: by_name(&tick.rtest),
            of: services
                .map(|(service, readings)| (service.clone(), by_name(readings)))
                .collect(),
        }
    }
}

impl From<&UsageEntry> for UsageTick {
    /// Without quantities that only a newer rtest knows.
    fn from(entry: &UsageEntry) -> Self {
        let services = entry.of.iter();
        Self {
            rtest: readings(&entry.rtest),
            services: services
                .map(|(service, values)| (service.clone(), readings(values)))
                .collect(),
        }
    }
}

fn by_name(readings: &[Reading]) -> BTreeMap<String, f64> {
    // JSON has no infinity.
    let finite = readings.iter().filter(|reading| reading.value.is_finite());
    finite
        .map(|reading| (reading.quantity.name().to_owned(), reading.value))
        .collect()
}

fn readings(values: &BTreeMap<String, f64>) -> Vec<Reading> {
    let known = values.iter().filter_map(|(name, value)| {
        let quantity = Quantity::named(name)?;
        Some(Reading::new(quantity, *value))
    });
    known.collect()
}
