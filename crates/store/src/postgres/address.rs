use std::fmt;
use std::path::PathBuf;

use tokio_postgres::config::{Config, Host};

use crate::error::StoreError;
use crate::limits::Limits;
use crate::postgres::{Rows, Session};
use crate::wire::{self, Bounded};

/// A Postgres database on this machine.
#[derive(Clone)]
pub struct Postgres {
    pub(super) config: Config,
}

impl Postgres {
    /// The database at `postgres://user:password@host:port/database`.
    ///
    /// # Errors
    /// It is no such URL, or leads away from this machine.
    pub fn at(url: &str) -> Result<Self, StoreError> {
        // The error's own text may quote the URL, and with it the password.
        let config: Config = url
            .parse()
            .map_err(|_| StoreError::Address("its `url` is not `postgres://…`".to_owned()))?;
        if config.get_hosts().is_empty() {
            return Err(StoreError::Address("its `url` names no host".to_owned()));
        }
        for host in config.get_hosts() {
            if let Host::Tcp(name) = host {
                wire::refuse_elsewhere(name)?;
            }
        }
        Ok(Self { config })
    }

    /// The database's name; the user's where the URL has none.
    pub fn database(&self) -> &str {
        let config = &self.config;
        config
            .get_dbname()
            .or(config.get_user())
            .unwrap_or("postgres")
    }

    /// Another database of the same server, with the same login.
    pub fn with_database(&self, name: &str) -> Self {
        let mut config = self.config.clone();
        config.dbname(name);
        Self { config }
    }

    /// Connects.
    ///
    /// # Errors
    /// Nobody listens, or the login is refused.
    ///
    /// # Cancellation
    /// Dropping it closes the connection.
    pub async fn session(&self, limits: Limits) -> Result<Session, StoreError> {
        limits.keep(Session::open(self.clone(), limits)).await
    }

    /// Connects, runs one statement or many, and hands out what the last one gave.
    ///
    /// # Errors
    /// As [`Postgres::session`] and [`Session::run`].
    pub async fn run(&self, sql: &str, limits: Limits) -> Result<Rows, StoreError> {
        self.session(limits).await?.run(sql).await
    }

    /// Connects and asks the server for nothing but an answer.
    ///
    /// # Errors
    /// As [`Postgres::run`].
    pub async fn ping(&self, limits: Limits) -> Result<(), StoreError> {
        self.run("SELECT 1", limits).await.map(drop)
    }

    /// A stream to the first of its hosts that takes one.
    pub(super) async fn dial(&self, bytes: u64) -> Result<Bounded, StoreError> {
        let hosts = self.config.get_hosts();
        let ports = self.config.get_ports();
        let mut refused = StoreError::Address("its `url` names no host".to_owned());
        for (index, host) in hosts.iter().enumerate() {
            // One port for all, or one for each.
            let port = ports.get(index).or(ports.first()).copied();
            match dial(host, port.unwrap_or(5432), bytes).await {
                Ok(stream) => return Ok(stream),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }
}

async fn dial(host: &Host, port: u16, bytes: u64) -> Result<Bounded, StoreError> {
    match host {
        Host::Tcp(name) => wire::connect(name, port, bytes).await,
        Host::Unix(folder) => {
            let socket: PathBuf = folder.join(format!(".s.PGSQL.{port}"));
            let stream = tokio::net::UnixStream::connect(&socket)
                .await
                .map_err(|error| {
                    let socket = socket.display();
                    StoreError::Connection(format!("no connection to {socket}: {error}"))
                })?;
            Ok(Bounded::new(Box::new(stream), bytes))
        }
    }
}

/// Without its password.
impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres")
            .field("hosts", &self.config.get_hosts())
            .field("ports", &self.config.get_ports())
            .field("database", &self.database())
            .finish_non_exhaustive()
    }
}
