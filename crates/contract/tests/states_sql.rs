//! Provider states in a real Postgres.

mod stand_in;
#[path = "../../store/tests/support/mod.rs"]
mod support;

use rtest_core::Template;
use rtest_core::plan::StateAction;
use rtest_store::Limits;
use serde_json::json;
use stand_in::{Reply, StandIn, handlers, pact, plan, state, verify_at};
use support::Server;

fn sql(server: &Server, query: &str) -> StateAction {
    let url = format!("postgres://shop@127.0.0.1:{}/postgres", server.port);
    StateAction::Sql {
        url: Template::literal(url),
        shown: "db".to_owned(),
        query: Template::parse(query).expect("well formed"),
    }
}

#[tokio::test]
async fn a_row_is_there_while_its_interaction_lasts_and_its_columns_reach_the_request() {
    let Some(server) = Server::postgres().await else {
        return;
    };
    let database = server.database();
    let table =
        "create table users (id serial primary key, name text); select setval('users_id_seq', 41)";
    database
        .run(table, Limits::default())
        .await
        .expect("a table");
    let provider = StandIn::start(|_| Reply::text(200, "")).await;
    let interaction = json!({
        "description": "shows a user",
        "providerStates": [{ "name": "a user", "params": { "name": "O'Hara" } }],
        "request": { "method": "GET", "path": "/users/1", "generators": {
            "path": { "type": "ProviderState", "expression": "/users/${user_id}" } } },
        "response": { "status": 200 }
    });
    let (_folder, path) = pact("3.0.0", json!([interaction]));
    let mut plan = plan(path);
    let insert = "insert into users (name) values ({{ name }}) returning id as user_id";
    let mut user = state("a user", [sql(&server, insert)]);
    let delete = "delete from users where id = {{ user_id }}::int";
    user.teardown = vec![sql(&server, delete)];
    handlers(&mut plan).push(user);
    let done = verify_at(&provider.url, &plan).await;
    assert!(done.summary.passed(), "{:?}", done.events);
    assert_eq!(provider.lines(), ["GET /users/42"]);
    let left = database
        .run("select count(*) from users", Limits::default())
        .await;
    assert_eq!(left.expect("asked").first(), Some(Some("0")));
}

#[tokio::test]
async fn a_statement_that_fails_is_told_in_the_databases_words() {
    let Some(server) = Server::postgres().await else {
        return;
    };
    let provider = StandIn::start(|_| Reply::text(200, "")).await;
    let interaction = json!({
        "description": "shows a user", "providerStates": [{ "name": "a user" }],
        "request": { "method": "GET", "path": "/" }, "response": { "status": 200 }
    });
    let (_folder, path) = pact("3.0.0", json!([interaction]));
    let mut plan = plan(path);
    let insert = sql(&server, "insert into usres values (1)");
    handlers(&mut plan).push(state("a user", [insert]));
    let done = verify_at(&provider.url, &plan).await;
    let why = done.failure();
    assert!(
        why.starts_with("provider state `a user`: db: ")
            && why.contains("\"usres\" does not exist"),
        "{why}"
    );
    assert!(why.ends_with("in: insert into usres values (1)"), "{why}");
    assert!(provider.lines().is_empty(), "no request without its state");
}
