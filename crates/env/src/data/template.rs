use std::time::Duration;

use rtest_core::ControlFuture;
use rtest_store::{Limits, Postgres, Session, StoreError, identifier, literal};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::Way;

/// Copies that are made ahead of the resets that will need them.
const AHEAD: usize = 2;

/// A copy of a large database takes its time.
const TIME: Duration = Duration::from_secs(120);

/// How long connections that were ended may take to be gone.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(2);

/// `object_in_use`: somebody is still connected.
const IN_USE: &str = "55006";

/// The database is replaced by a copy of what it was; copies are made in the background.
///
/// A service knows its database by name, so the copy takes that name. Connections that were open
/// end, and services connect anew.
#[derive(Debug)]
pub(crate) struct Template {
    database: Postgres,
    /// Copies that are ready, by name; absent until there is something to copy.
    ready: Option<mpsc::Receiver<Result<String, String>>>,
    /// What makes copies, and drops what they have replaced.
    background: JoinSet<()>,
    /// Databases that were replaced so far.
    replaced: u64,
}

impl Template {
    pub(crate) fn new(database: Postgres) -> Self {
        Self {
            database,
            ready: None,
            background: JoinSet::new(),
            replaced: 0,
        }
    }

    async fn keep_all(&mut self) -> Result<String, StoreError> {
        let server = Server::of(&self.database);
        let mut session = server.session().await?;
        server.drop_all(&mut session).await?;
        let (database, template) = (server.database(), server.name("template"));
        let copied = server.copy(&mut session, &database, &template).await;
        server.let_in(&mut session, true).await?;
        copied?;
        // One is in the making while this many wait.
        let (sender, receiver) = mpsc::channel(AHEAD - 1);
        self.background.spawn(make(server, sender));
        self.ready = Some(receiver);
        Ok("the database is kept as a template".to_owned())
    }

    async fn bring_back(&mut self) -> Result<String, String> {
        let ready = self.ready.as_mut().ok_or("there is no template")?;
        let gone = "nothing makes copies of the template any more";
        let copy = ready.recv().await.ok_or(gone)??;
        let server = Server::of(&self.database);
        let replaced = self.replace(&server, &copy).await;
        replaced.map_err(|error| error.to_string())?;
        Ok("replaced by a copy of the template".to_owned())
    }

    async fn replace(&mut self, server: &Server, copy: &str) -> Result<(), StoreError> {
        let mut session = server.session().await?;
        self.replaced += 1;
        let old = server.name(&format!("old_{}", self.replaced));
        server
            .rename(&mut session, &server.database(), &old)
            .await?;
        server
            .rename(&mut session, copy, &server.database())
            .await?;
        while self.background.try_join_next().is_some() {}
        let server = server.clone();
        self.background.spawn(async move {
            if let Ok(mut session) = server.session().await {
                // One that stays is dropped at the end.
                let _ = session.run(&drop_database(&old)).await;
            }
        });
        Ok(())
    }

    async fn clean(&mut self) {
        self.ready = None;
        self.background.shutdown().await;
        let server = Server::of(&self.database);
        if let Ok(mut session) = server.session().await {
            let _ = server.let_in(&mut session, true).await;
            let _ = server.drop_all(&mut session).await;
        }
    }
}

/// Makes copies of the template for as long as somebody takes them.
async fn make(server: Server, ready: mpsc::Sender<Result<String, String>>) {
    let template = server.name("template");
    for number in 1_u64.. {
        let name = server.name(&format!("copy_{number}"));
        let made = async {
            let mut session = server.session().await?;
            session.run(&create(&name, &template)).await
        };
        let made = made.await.map(|_| name).map_err(|error| error.to_string());
        if ready.send(made).await.is_err() {
            return;
        }
    }
}

/// The server that the database is in.
#[derive(Clone, Debug)]
struct Server {
    database: Postgres,
}

impl Server {
    fn of(database: &Postgres) -> Self {
        Self {
            database: database.clone(),
        }
    }

    fn database(&self) -> String {
        self.database.database().to_owned()
    }

    /// The name of a database that was made for this one.
    fn name(&self, what: &str) -> String {
        format!("{}__rtest_{what}", self.database.database())
    }

    /// A session in another database of the server: nobody can replace the one he is in.
    async fn session(&self) -> Result<Session, StoreError> {
        let elsewhere = if self.database.database() == "postgres" {
            "template1"
        } else {
            "postgres"
        };
        let limits = Limits::default().within(TIME);
        self.database.with_database(elsewhere).session(limits).await
    }

    /// Copies a database that services are connected to.
    async fn copy(&self, session: &mut Session, from: &str, to: &str) -> Result<(), StoreError> {
        self.let_in(session, false).await?;
        self.when_free(session, from, &create(to, from)).await
    }

    async fn rename(&self, session: &mut Session, from: &str, to: &str) -> Result<(), StoreError> {
        let (old, new) = (identifier(from), identifier(to));
        let rename = format!("ALTER DATABASE {old} RENAME TO {new}");
        self.when_free(session, from, &rename).await
    }

    /// Whether the database takes connections.
    async fn let_in(&self, session: &mut Session, is_open: bool) -> Result<(), StoreError> {
        let database = identifier(self.database.database());
        let alter = format!("ALTER DATABASE {database} ALLOW_CONNECTIONS {is_open}");
        session.run(&alter).await.map(drop)
    }

    /// Ends every connection to `database` and runs `statement`, again where somebody was quicker.
    async fn when_free(
        &self,
        session: &mut Session,
        database: &str,
        statement: &str,
    ) -> Result<(), StoreError> {
        let end = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {} AND pid <> pg_backend_pid()",
            literal(database)
        );
        let mut waited = Duration::ZERO;
        loop {
            session.run(&end).await?;
            match session.run(statement).await {
                Err(StoreError::Sql(error)) if error.sqlstate == IN_USE && waited < PATIENCE => {}
                done => return done.map(drop),
            }
            tokio::time::sleep(PAUSE).await;
            waited += PAUSE;
        }
    }

    /// Drops every database that was made for this one, now or in an earlier run that was killed.
    async fn drop_all(&self, session: &mut Session) -> Result<(), StoreError> {
        let prefix = literal(&self.name(""));
        let made = format!("SELECT datname FROM pg_database WHERE starts_with(datname, {prefix})");
        let made = session.run(&made).await?;
        for name in made.rows.into_iter().flatten().flatten() {
            session.run(&drop_database(&name)).await?;
        }
        Ok(())
    }
}

fn create(name: &str, template: &str) -> String {
    let (name, template) = (identifier(name), identifier(template));
    format!("CREATE DATABASE {name} TEMPLATE {template}")
}

fn drop_database(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", identifier(name))
}

impl Way for Template {
    fn keep(&mut self) -> ControlFuture<'_, Result<String, String>> {
        Box::pin(async { self.keep_all().await.map_err(|error| error.to_string()) })
    }

    fn reset(&mut self) -> ControlFuture<'_, Result<String, String>> {
        Box::pin(self.bring_back())
    }

    fn close(&mut self) -> ControlFuture<'_, ()> {
        Box::pin(self.clean())
    }
}
