use rtest_core::Template;
use rtest_core::plan::{SqlExpectation, SqlProbe};
use rtest_store::{Limits, Postgres};

use super::{ASK_LIMIT, Means, Probe};
use crate::drill::DrillError;
use crate::fault::FaultFuture;

/// A query to a Postgres database on this machine, and what it must give.
#[derive(Debug)]
pub(crate) struct Sql {
    database: Database,
    expected: SqlExpectation,
}

/// A query to a Postgres database on this machine.
#[derive(Debug)]
pub(crate) struct Database {
    database: Postgres,
    query: String,
}

impl Sql {
    pub(super) fn new(plan: &SqlProbe, means: &Means<'_>) -> Result<Self, DrillError> {
        Ok(Self {
            database: Database::new(&plan.url, &plan.query, means)?,
            expected: plan.expected.clone(),
        })
    }
}

impl Database {
    pub(crate) fn new(url: &Template, query: &str, means: &Means<'_>) -> Result<Self, DrillError> {
        let url = url.render(|name| means.variables.get(name).cloned())?;
        let database = Postgres::at(&url);
        Ok(Self {
            database: database.map_err(|error| DrillError::Database(error.to_string()))?,
            query: query.to_owned(),
        })
    }

    /// Asks once.
    pub(crate) async fn rows(&self) -> Result<Vec<Vec<Option<String>>>, String> {
        let limits = Limits::default().within(ASK_LIMIT);
        let answer = self.database.run(&self.query, limits).await;
        answer.map(|it| it.rows).map_err(|error| error.to_string())
    }
}

impl Probe for Sql {
    fn expected(&self) -> String {
        self.expected.to_string()
    }

    fn ask(&self) -> FaultFuture<'_, Result<(), String>> {
        Box::pin(async {
            let rows = self.database.rows().await?;
            let met = self.expected.meet(&rows);
            met.map_err(|unmet| unmet.actual)
        })
    }
}
