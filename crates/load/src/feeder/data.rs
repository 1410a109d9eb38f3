use std::sync::Arc;

use rtest_core::Seed;
use rtest_core::plan::{ExecutorPlan, FeederPlan, LoadPlan};

use super::reader::RowReader;
use super::row::Row;
use super::{Feeder, FeederError, Limits};
use crate::error::{LoadError, LoadErrorKind};

/// The feeders of one scenario. Opened once, and shared by all workers.
#[derive(Debug, Default)]
pub(crate) struct Feeders(Vec<Arc<Feeder>>);

impl Feeders {
    /// Opens those of each scenario, and reads their files once.
    ///
    /// # Errors
    /// The first that has no rows, or lacks a column, or holds a row that is none: with its place
    /// in the file, or else with its entry in the suite.
    pub(crate) fn open_all(plan: &LoadPlan, seed: Seed) -> Result<Vec<Self>, LoadError> {
        let scenarios = plan.scenarios.iter();
        scenarios
            .map(|scenario| Self::open(&scenario.feeders, seed, &scenario.name))
            .collect()
    }

    /// Opens those of one scenario.
    pub(super) fn open(
        plans: &[FeederPlan],
        seed: Seed,
        scenario: &str,
    ) -> Result<Self, LoadError> {
        let open = |(index, plan): (usize, &FeederPlan)| {
            let feeder = Feeder::open(plan, seed, &format!("{scenario}/{index}"));
            feeder.map(Arc::new).map_err(|error| LoadError {
                span: error.place.clone().or_else(|| Some(plan.span.clone())),
                hint: error.hint.map(str::to_owned),
                ..LoadErrorKind::Feeder(error).into()
            })
        };
        let feeders = plans.iter().enumerate().map(open);
        Ok(Self(feeders.collect::<Result<_, _>>()?))
    }

    /// How far their rows reach, where the scenario ends with them.
    pub(crate) fn limits(&self) -> Limits {
        let limits = self.0.iter().map(|feeder| feeder.limits());
        limits.fold(Limits::default(), Limits::and)
    }

    /// Makes no more virtual users than there are rows, where each has one of its own and the
    /// scenario ends with them. They are dealt out to workers by their number: a worker with
    /// arrivals and nobody to take them would drop them all. The course of ramping virtual users
    /// stays as it is; it is cut off at the top while it runs.
    pub(crate) fn limit_vus(&self, executor: &mut ExecutorPlan) {
        let Some(most) = self.limits().vus else {
            return;
        };
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        match executor {
            ExecutorPlan::ConstantVus { vus, .. }
            | ExecutorPlan::SharedIterations { vus, .. }
            | ExecutorPlan::PerVuIterations { vus, .. }
            | ExecutorPlan::ConstantArrivalRate { max_vus: vus, .. }
            | ExecutorPlan::RampingArrivalRate { max_vus: vus, .. }
            | ExecutorPlan::Replay { max_vus: vus, .. } => *vus = most.min(*vus),
            ExecutorPlan::RampingVus { .. } => {}
        }
    }

    /// Reads their rows, for one worker.
    pub(crate) fn reader(&self) -> DataReader {
        DataReader(self.0.iter().map(|feeder| feeder.reader()).collect())
    }
}

/// Reads the data of iterations, for the virtual users of one worker.
#[derive(Debug)]
pub(crate) struct DataReader(Vec<RowReader>);

/// The data of one iteration: a row of each feeder. A virtual user has one, which is filled again
/// for each of its iterations.
#[derive(Debug, Default)]
pub(crate) struct Data(Vec<Row>);

impl DataReader {
    /// Reads the data of the iteration `iteration` of the scenario, from 0, by its virtual user
    /// `vu`, from 0.
    ///
    /// # Errors
    /// A feeder has no row left, or its file was changed since it was opened; there is no data
    /// then.
    pub(crate) fn feed(
        &mut self,
        iteration: u64,
        vu: u64,
        data: &mut Data,
    ) -> Result<(), FeederError> {
        data.0.resize_with(self.0.len(), Row::default);
        let mut each = self.0.iter_mut().zip(&mut data.0);
        let fed = each.try_for_each(|(reader, row)| reader.feed(iteration, vu, row));
        if fed.is_err() {
            data.0.clear();
        }
        fed
    }
}

impl Data {
    /// The same in every column.
    pub(crate) fn sample(plans: &[FeederPlan], cell: &str) -> Self {
        let row = |plan: &FeederPlan| {
            let mut row = Row::default();
            row.reset(plan.columns.len());
            for column in 0..plan.columns.len() {
                row.set(column, cell);
            }
            row
        };
        Self(plans.iter().map(row).collect())
    }

    /// The value in a column of one of the scenario's feeders, both by their places in the plan;
    /// nothing where there is no row.
    pub(crate) fn get(&self, feeder: usize, column: usize) -> Option<&str> {
        self.0.get(feeder)?.get(column)
    }
}
