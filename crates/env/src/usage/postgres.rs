use std::time::Duration;

use rtest_core::ControlFuture;
use rtest_core::usage::{Quantity, Reading};
use rtest_store::{Limits, Postgres, Session};

use super::store::Asked;

/// A look takes about two milliseconds of the server's time.
const PERIOD: Duration = Duration::from_millis(500);
/// How long an answer may take: a server that is that slow has nothing to say of itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// The name of our connection: no connection of rtest's own is counted.
const NAME: &str = "rtest-usage";

/// The database that every server has by custom. Being in the service's own would keep others from
/// making copies of it.
const DATABASE: &str = "postgres";

/// The connections of a server. Where the login may not see what others do, they still count.
const COUNT: &str = "SELECT count(*),
    count(*) FILTER (WHERE state = 'active'),
    count(*) FILTER (WHERE starts_with(state, 'idle in transaction')),
    count(*) FILTER (WHERE wait_event_type = 'Lock')
  FROM pg_stat_activity
  WHERE datid IS NOT NULL
    AND coalesce(backend_type, 'client backend') = 'client backend'
    AND coalesce(application_name, '') NOT LIKE 'rtest-%'";

/// The columns of [`COUNT`].
const COLUMNS: [Quantity; 4] = [
    Quantity::Connections,
    Quantity::ConnectionsActive,
    Quantity::ConnectionsIdleInTransaction,
    Quantity::ConnectionsWaiting,
];

/// The connections of a Postgres server.
pub(super) struct PostgresActivity {
    server: Postgres,
    session: Option<Session>,
}

impl PostgresActivity {
    /// Of the server at this URL.
    pub(super) fn at(url: &str) -> Option<Self> {
        let server = Postgres::at(&format!("{url}?application_name={NAME}")).ok()?;
        Some(Self {
            server,
            session: None,
        })
    }

    async fn connect(&self) -> Option<Session> {
        let limits = Limits::default().within(PATIENCE);
        match self.server.with_database(DATABASE).session(limits).await {
            Ok(session) => Some(session),
            Err(_) => self.server.session(limits).await.ok(),
        }
    }
}

impl Asked for PostgresActivity {
    fn ask(&mut self) -> ControlFuture<'_, Option<Vec<Reading>>> {
        Box::pin(async {
            let mut session = match self.session.take() {
                Some(session) => session,
                None => self.connect().await?,
            };
            let counted = session.run(COUNT).await.ok()?;
            // One that failed is not asked again.
            self.session = Some(session);
            let row = counted.rows.first()?;
            let values = row.iter().map(|value| value.as_ref()?.parse().ok());
            let values: Option<Vec<f64>> = values.collect();
            let readings = COLUMNS.into_iter().zip(values?);
            Some(
                readings
                    .map(|(quantity, value)| Reading::new(quantity, value))
                    .collect(),
            )
        })
    }

    fn period(&self) -> Duration {
        PERIOD
    }
}
