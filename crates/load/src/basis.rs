use std::collections::BTreeMap;

use rtest_core::Seed;
use rtest_core::plan::{CustomMetric, HttpPlan, LoadPlan};

use crate::context::{LoadContext, ResolvedTarget};

/// What is known before the first step is taken, and steps are compiled on.
#[derive(Clone, Debug)]
pub(crate) struct Basis {
    /// What is loaded.
    pub(crate) target: ResolvedTarget,
    /// Values for holes that are the same in every iteration: addresses of services, what the
    /// setup has captured.
    pub(crate) variables: BTreeMap<String, String>,
    /// How HTTP is spoken to it.
    pub(crate) http: HttpPlan,
    /// The suite's own metrics.
    pub(crate) metrics: Vec<CustomMetric>,
    /// The run's seed.
    pub(crate) seed: Seed,
}

impl Basis {
    /// The basis of a load.
    pub(crate) fn new(plan: &LoadPlan, context: &LoadContext) -> Self {
        Self {
            target: context.target.clone(),
            variables: context.variables.clone(),
            http: plan.http.clone(),
            metrics: plan.metrics.clone(),
            seed: context.seed,
        }
    }

    /// The same, with something for each of these names.
    pub(crate) fn with_samples_of(mut self, names: Vec<String>) -> Self {
        let samples = names.into_iter().map(|name| (name, "0".to_owned()));
        self.variables.extend(samples);
        self
    }
}
