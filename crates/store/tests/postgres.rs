//! Against a real Postgres.

mod support;

use std::time::Duration;

use rtest_core::plan::{PostgresLogin, Protocol};
use rtest_store::{Limits, Postgres, StoreError, identifier, literal, ping};
use support::Server;

fn limits() -> Limits {
    Limits::default()
}

fn some(values: &[&str]) -> Vec<Option<String>> {
    values.iter().map(|text| Some((*text).to_owned())).collect()
}

#[tokio::test]
async fn rows_are_texts_under_the_names_of_their_columns() {
    let Some(server) = Server::postgres().await else {
        return;
    };
    let mut session = server.database().session(limits()).await.expect("it is up");
    let rows = session
        .run("select 1 as one; select name, age, null as nothing, true as is from (values ('Surya', 7)) t (name, age)")
        .await
        .expect("well formed");
    assert_eq!(rows.columns, ["name", "age", "nothing", "is"]);
    let mut row = some(&["Surya", "7", "", "t"]);
    row[2] = None;
    assert_eq!(rows.rows, [row], "those of the last statement");
    let made = session
        .run("create table t (id int); insert into t values (1), (2)")
        .await
        .expect("well formed");
    assert_eq!((made.affected, made.first()), (2, None));
}

#[tokio::test]
async fn parameters_are_values_whatever_is_in_them() {
    let Some(server) = Server::postgres().await else {
        return;
    };
    let mut session = server.database().session(limits()).await.expect("it is up");
    session
        .run("create table users (id int, name text, born date)")
        .await
        .expect("well formed");
    let nasty = r"O'Hara \'); drop table users; --".to_owned();
    let values = ["7".to_owned(), nasty.clone(), "2020-02-29".to_owned()];
    session
        .run_with("insert into users values ($1, $2, $3)", &values)
        .await
        .expect("texts become what the columns are");
    let found = session
        .run_with(
            "select name, born from users where id = $1 and name = $2",
            &values[..2],
        )
        .await
        .expect("the table is still there");
    assert_eq!(found.rows, [some(&[&nasty, "2020-02-29"])]);
    let wrong = session
        .run_with(
            "select * from users where id = $1",
            &["1 or true".to_owned()],
        )
        .await;
    let Err(StoreError::Sql(error)) = wrong else {
        panic!("{wrong:?}");
    };
    assert_eq!((error.sqlstate.as_str(), error.position), ("22P02", None));
}

#[tokio::test]
async fn a_refused_statement_says_what_postgres_says_and_where() {
    let Some(server) = Server::postgres().await else {
        return;
    };
    let mut session = server.database().session(limits()).await.expect("it is up");
    for parameters in [vec![], vec!["1".to_owned()]] {
        let sql = "select id, $1 from userz"
            .replace("$1", if parameters.is_empty() { "1" } else { "$1" });
        let refused = session.run_with(&sql, &parameters).await;
        let Err(StoreError::Sql(error)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(error.sqlstate, "42P01");
        assert_eq!(error.message, r#"relation "userz" does not exist"#);
        assert_eq!(error.position, sql.find("userz").map(|at| at + 1));
    }
    let hinted = session.run("select lenght('a')").await.expect_err("a typo");
    assert!(hinted.to_string().contains("hint: "), "{hinted}");
    assert!(session.run("select 1").await.is_ok(), "the session goes on");
}

#[tokio::test]
async fn too_many_rows_too_many_bytes_and_too_slow_are_told_apart_and_end_at_the_server() {
    let Some(server) = Server::postgres().await else {
        return;
    };
    let database = server.database();
    let few = Limits {
        rows: 10,
        ..limits()
    };
    let error = database
        .run("select generate_series(1, 1000000)", few)
        .await;
    assert!(
        matches!(error, Err(StoreError::TooManyRows(10))),
        "{error:?}"
    );
    let short = Limits {
        bytes: 100_000,
        ..limits()
    };
    let error = database.run("select repeat('x', 100000000)", short).await;
    assert!(
        matches!(error, Err(StoreError::TooManyBytes(100_000))),
        "{error:?}"
    );
    let hasty = limits().within(Duration::from_millis(300));
    let error = database.run("select pg_sleep(100)", hasty).await;
    assert!(matches!(error, Err(StoreError::TooSlow(_))), "{error:?}");
    let sleeping = "select count(*) from pg_stat_activity where query like '%pg_sleep(100)%' and pid <> pg_backend_pid() and state = 'active'";
    let mut left = None;
    for _ in 0..50 {
        let rows = database.run(sleeping, limits()).await.expect("it is up");
        left = rows.first().flatten().map(str::to_owned);
        if left.as_deref() == Some("0") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(left.as_deref(), Some("0"), "the server has stopped it");
}

#[tokio::test]
async fn data_is_copied_and_names_with_quotes_are_names() {
    let Some(server) = Server::postgres().await else {
        return;
    };
    let mut session = server.database().session(limits()).await.expect("it is up");
    let name = r#"odd "name""#;
    session
        .run(&format!(
            "create table {} (id int, said text default {})",
            identifier(name),
            literal(r"a'\b")
        ))
        .await
        .expect("quoted");
    let copy = format!(
        "copy {} (id) from stdin with (format csv, header)",
        identifier(name)
    );
    let copied = session.copy(&copy, "id\n1\n2\n".into()).await;
    assert_eq!(copied.expect("two rows"), 2);
    let said = session
        .run(&format!("select said from {}", identifier(name)))
        .await;
    assert_eq!(said.expect("rows").first(), Some(Some(r"a'\b")));
    let refused = session.copy(&copy, "id\nseven\n".into()).await;
    let Err(StoreError::Sql(error)) = refused else {
        panic!("{refused:?}");
    };
    assert!(error.to_string().contains("line 2"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_and_a_database_that_is_not_there_are_told() {
    let nobody = Postgres::at("postgres://shop:s3cret@127.0.0.1:9/shop").expect("here");
    let error = nobody.ping(limits()).await.expect_err("nobody listens");
    assert!(matches!(error, StoreError::Connection(_)), "{error:?}");
    assert!(!format!("{error} {nobody:?}").contains("s3cret"));
    let Some(server) = Server::postgres().await else {
        return;
    };
    let missing = server.database().with_database("nowhere");
    let error = missing.ping(limits()).await.expect_err("no such database");
    assert!(error.to_string().contains("3D000"), "{error}");
    assert!(server.database().ping(limits()).await.is_ok());
    let login = PostgresLogin {
        user: "shop".to_owned(),
        password: None,
        database: "postgres".to_owned(),
    };
    let authority = format!("127.0.0.1:{}", server.port);
    let pinged = ping(&Protocol::Postgres(login), &authority, limits()).await;
    assert!(pinged.is_ok(), "{pinged:?}");
    let redis = Protocol::Redis { password: None };
    assert!(
        ping(&redis, &authority, limits().within(Duration::from_secs(2)))
            .await
            .is_err(),
        "it speaks something else"
    );
}
