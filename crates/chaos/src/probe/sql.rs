use std::net::IpAddr;

use rtest_core::expectation::ValueMatch;
use rtest_core::plan::{SqlExpectation, SqlProbe};
use rtest_core::{Template, causes};
use tokio_postgres::config::Host;
use tokio_postgres::{Config, NoTls, SimpleQueryMessage};

use super::{Means, Probe};
use crate::drill::DrillError;
use crate::fault::FaultFuture;

/// Rows that are compared; a query that gives more is no probe.
const MOST_ROWS: usize = 1000;

/// A query to a Postgres database on this machine, and what it must give.
#[derive(Debug)]
pub(crate) struct Sql {
    database: Database,
    expected: SqlExpectation,
}

/// A query to a Postgres database on this machine.
pub(crate) struct Database {
    config: Config,
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
        let unusable = |why: String| DrillError::Database(why);
        // The error's own text may quote the URL, and with it the password.
        let config: Config = url
            .parse()
            .map_err(|_| unusable("its `url` is not `postgres://…`".to_owned()))?;
        // Without TLS, a password is worth nothing outside of this machine.
        if config.get_hosts().is_empty() || !config.get_hosts().iter().all(is_here) {
            return Err(unusable(
                "its `url` leads away from this machine, where nothing would be encrypted"
                    .to_owned(),
            ));
        }
        Ok(Self {
            config,
            query: query.to_owned(),
        })
    }

    /// Asks once.
    pub(crate) async fn rows(&self) -> Result<Vec<Vec<Option<String>>>, String> {
        let connected = self.config.connect(NoTls).await;
        let (client, connection) = connected.map_err(|error| causes(&error))?;
        let query = async {
            let messages = client.simple_query(&self.query).await;
            messages.map_err(|error| causes(&error))
        };
        // The connection is driven as long as the query takes, and goes with it.
        let messages = tokio::select! {
            messages = query => messages?,
            ended = connection => return Err(match ended {
                Ok(()) => "the database closed the connection".to_owned(),
                Err(error) => causes(&error),
            }),
        };
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                let value = |column| row.get(column).map(str::to_owned);
                Some((0..row.len()).map(value).collect())
            }
            _ => None,
        });
        Ok(rows.take(MOST_ROWS + 1).collect())
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

/// Without its password.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}

impl Probe for Sql {
    fn expected(&self) -> String {
        match &self.expected {
            SqlExpectation::Value(value) => format!("value {value}"),
            SqlExpectation::Rows(rows) => {
                let rows = rows.iter().map(|row| {
                    let row = serde_json::Value::from(row.clone());
                    row.to_string()
                });
                format!("rows [{}]", rows.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn ask(&self) -> FaultFuture<'_, Result<(), String>> {
        Box::pin(async {
            let rows = self.database.rows().await?;
            match &self.expected {
                SqlExpectation::Value(wanted) => {
                    let value = rows.first().and_then(|row| row.first());
                    let value = value.ok_or("no row")?;
                    if wanted.fits_text(value.as_deref()) {
                        Ok(())
                    } else {
                        Err(format!("value {}", shown(value.as_deref())))
                    }
                }
                SqlExpectation::Rows(wanted) => {
                    let same = rows.len() == wanted.len()
                        && rows
                            .iter()
                            .zip(wanted)
                            .all(|(row, wanted)| equal(row, wanted));
                    if same {
                        return Ok(());
                    }
                    let shown_rows = rows.iter().take(5).map(|row| {
                        let values = row.iter().map(|value| shown(value.as_deref()));
                        format!("[{}]", values.collect::<Vec<_>>().join(", "))
                    });
                    let shown_rows: Vec<String> = shown_rows.collect();
                    let more = if rows.len() > 5 { ", …" } else { "" };
                    Err(format!("rows [{}{more}]", shown_rows.join(", ")))
                }
            }
        })
    }
}

fn equal(row: &[Option<String>], wanted: &[serde_json::Value]) -> bool {
    row.len() == wanted.len()
        && row.iter().zip(wanted).all(|(value, wanted)| match value {
            None => wanted.is_null(),
            Some(text) => ValueMatch::Equals(wanted.clone()).fits_text(Some(text)),
        })
}

fn shown(value: Option<&str>) -> String {
    value.map_or_else(|| "null".to_owned(), |text| format!("{text:?}"))
}
