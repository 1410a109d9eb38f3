use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, TryStreamExt};
use rtest_core::causes;
use tokio::task::JoinSet;
use tokio_postgres::error::ErrorPosition;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use crate::error::{SqlError, StoreError};
use crate::limits::Limits;
use crate::postgres::{Postgres, Rows, literal};
use crate::wire::passed_limit;

/// The name of the statement that carries parameters, within its session.
const PREPARED: &str = "rtest";

/// How long asking the server to stop may take: it is a courtesy.
const CANCEL_LIMIT: Duration = Duration::from_secs(1);

/// A connection to a database, until it is dropped.
pub struct Session {
    server: Postgres,
    client: Client,
    limits: Limits,
    /// What moves the bytes.
    driver: JoinSet<Result<(), tokio_postgres::Error>>,
}

impl Session {
    pub(super) async fn open(server: Postgres, limits: Limits) -> Result<Self, StoreError> {
        let stream = server.dial(limits.bytes).await?;
        let connected = server.config.connect_raw(stream, NoTls).await;
        let (client, connection) = connected.map_err(|error| failure(&error))?;
        let mut driver = JoinSet::new();
        driver.spawn(connection);
        Ok(Self {
            server,
            client,
            limits,
            driver,
        })
    }

    /// Runs one statement or many, separated by semicolons; what the last of them gave that gives
    /// rows. Many run in one transaction, unless they say otherwise.
    ///
    /// # Errors
    /// Postgres refuses one of them, or the answer is beyond the limits; the session is of no use
    /// after the latter.
    ///
    /// # Cancellation
    /// What the server has begun goes on until it sees that nobody listens.
    pub async fn run(&mut self, sql: &str) -> Result<Rows, StoreError> {
        let ran = self.limits.keep(rows(&self.client, sql, self.limits)).await;
        match ran {
            Err(error @ (StoreError::TooSlow(_) | StoreError::TooManyRows(_))) => {
                self.cancel().await;
                Err(error)
            }
            Err(StoreError::Connection(said)) => Err(self.why_closed(said).await),
            ran => ran,
        }
    }

    /// Runs one statement with `$1`, `$2`, … as these texts, whatever is in them. Their types are
    /// those that the statement asks for.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub async fn run_with(&mut self, sql: &str, parameters: &[String]) -> Result<Rows, StoreError> {
        if parameters.is_empty() {
            return self.run(sql).await;
        }
        let prefix = format!("PREPARE {PREPARED} AS ");
        let prepared = self.run(&format!("{prefix}{sql}")).await;
        prepared.map_err(|error| moved(error, prefix.len()))?;
        let values: Vec<String> = parameters.iter().map(|text| literal(text)).collect();
        let rows = self
            .run(&format!("EXECUTE {PREPARED}({})", values.join(", ")))
            .await
            // Its place is one in `EXECUTE`, which nobody wrote.
            .map_err(without_place);
        self.run(&format!("DEALLOCATE {PREPARED}")).await.ok();
        rows
    }

    /// Sends the data of a `COPY … FROM STDIN`; the number of rows.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub async fn copy(&mut self, statement: &str, data: Bytes) -> Result<u64, StoreError> {
        let copy = async {
            let sink = self.client.copy_in(statement).await;
            let sink = sink.map_err(|error| failure(&error))?;
            tokio::pin!(sink);
            sink.send(data).await.map_err(|error| failure(&error))?;
            sink.finish().await.map_err(|error| failure(&error))
        };
        self.limits.keep(copy).await
    }

    /// Asks the server to stop what it does for this session.
    async fn cancel(&self) {
        let token = self.client.cancel_token();
        let cancel = async {
            if let Ok(stream) = self.server.dial(self.limits.bytes).await {
                // A server that does not hear it stops when it next writes.
                let _ = token.cancel_query_raw(stream, NoTls).await;
            }
        };
        let _ = tokio::time::timeout(CANCEL_LIMIT, cancel).await;
    }

    /// The connection's own reason, where the statement's is only that it is closed.
    async fn why_closed(&mut self, said: String) -> StoreError {
        match self.driver.try_join_next() {
            Some(Ok(Err(error))) => failure(&error),
            Some(Ok(Ok(()))) => {
                StoreError::Connection("the database closed the connection".to_owned())
            }
            _ => StoreError::Connection(said),
        }
    }
}

async fn rows(client: &Client, sql: &str, limits: Limits) -> Result<Rows, StoreError> {
    let stream = client.simple_query_raw(sql).await;
    let stream = stream.map_err(|error| failure(&error))?;
    tokio::pin!(stream);
    let mut given = Rows::default();
    while let Some(message) = stream.try_next().await.map_err(|error| failure(&error))? {
        match message {
            SimpleQueryMessage::RowDescription(columns) => {
                given.columns = columns.iter().map(|it| it.name().to_owned()).collect();
                given.rows.clear();
            }
            SimpleQueryMessage::Row(_) if given.rows.len() == limits.rows => {
                return Err(StoreError::TooManyRows(limits.rows));
            }
            SimpleQueryMessage::Row(row) => {
                let value = |column| row.get(column).map(str::to_owned);
                given.rows.push((0..row.len()).map(value).collect());
            }
            SimpleQueryMessage::CommandComplete(affected) => given.affected = affected,
            _ => {}
        }
    }
    Ok(given)
}

fn failure(error: &tokio_postgres::Error) -> StoreError {
    if let Some(limit) = passed_limit(error) {
        return StoreError::TooManyBytes(limit);
    }
    let Some(said) = error.as_db_error() else {
        return StoreError::Connection(causes(error));
    };
    StoreError::Sql(Box::new(SqlError {
        message: said.message().to_owned(),
        detail: said.detail().map(str::to_owned),
        hint: said.hint().map(str::to_owned),
        context: said.where_().map(str::to_owned),
        sqlstate: said.code().code().to_owned(),
        position: match said.position() {
            Some(ErrorPosition::Original(position)) => Some(*position as usize),
            _ => None,
        },
    }))
}

/// As if the statement began `by` characters later.
fn moved(error: StoreError, by: usize) -> StoreError {
    match error {
        StoreError::Sql(mut said) => {
            said.position = said.position.and_then(|at| at.checked_sub(by));
            StoreError::Sql(said)
        }
        other => other,
    }
}

fn without_place(error: StoreError) -> StoreError {
    moved(error, usize::MAX)
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("server", &self.server)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
