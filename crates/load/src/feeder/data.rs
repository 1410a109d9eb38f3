use std::sync::Arc;

use rtest_core::Seed;
use rtest_core::plan::FeederPlan;

use super::reader::RowReader;
use super::row::Row;
use super::{Feeder, FeederError, Limits};

/// The feeders of one scenario. Opened once, and shared by all workers.
#[derive(Debug, Default)]
pub(crate) struct Feeders {
    feeders: Vec<Arc<Feeder>>,
    /// The names of each one's columns.
    columns: Vec<Vec<String>>,
}

/// A column of one of a scenario's feeders; what a hole is resolved to before the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Index into [`ScenarioPlan::feeders`](rtest_core::plan::ScenarioPlan::feeders).
    pub(crate) feeder: usize,
    /// Index into [`FeederPlan::columns`].
    pub(crate) column: usize,
}

impl Feeders {
    /// Opens all of them, and reads their files once.
    ///
    /// # Errors
    /// The first that has no rows, or lacks a column, or holds a row that is none.
    pub(crate) fn open(
        plans: &[FeederPlan],
        seed: Seed,
        scenario: &str,
    ) -> Result<Self, FeederError> {
        let open = |(index, plan): (usize, &FeederPlan)| {
            Feeder::open(plan, seed, &format!("{scenario}/{index}")).map(Arc::new)
        };
        Ok(Self {
            feeders: plans
                .iter()
                .enumerate()
                .map(open)
                .collect::<Result<_, _>>()?,
            columns: plans.iter().map(|plan| plan.columns.clone()).collect(),
        })
    }

    /// The column of this name; of the first feeder that has one.
    pub(crate) fn column(&self, name: &str) -> Option<Column> {
        let mut all = self.columns.iter().enumerate();
        all.find_map(|(feeder, columns)| {
            let column = columns.iter().position(|column| column == name)?;
            Some(Column { feeder, column })
        })
    }

    /// How far their rows reach, where the scenario ends with them.
    pub(crate) fn limits(&self) -> Limits {
        let limits = self.feeders.iter().map(|feeder| feeder.limits());
        limits.fold(Limits::default(), Limits::and)
    }

    /// Reads their rows, for one worker.
    pub(crate) fn reader(&self) -> DataReader {
        DataReader(self.feeders.iter().map(|feeder| feeder.reader()).collect())
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
    /// A feeder has no row left, or its file was changed since it was opened.
    pub(crate) fn feed(
        &mut self,
        iteration: u64,
        vu: u64,
        data: &mut Data,
    ) -> Result<(), FeederError> {
        data.0.resize_with(self.0.len(), Row::default);
        let mut each = self.0.iter_mut().zip(&mut data.0);
        each.try_for_each(|(reader, row)| reader.feed(iteration, vu, row))
    }
}

impl Data {
    /// A column's value; nothing before the first iteration.
    pub(crate) fn get(&self, column: Column) -> Option<&str> {
        self.0.get(column.feeder)?.get(column.column)
    }
}
