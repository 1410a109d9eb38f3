//! Seeds and resets of a real Postgres and a real Redis.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rtest_core::plan::{DataPlan, PostgresLogin, Protocol, ReadinessProbe, Reset, ServicePlan};
use rtest_env::Environment;
use rtest_store::{Limits, Postgres, Redis};

use crate::rig::{Placed, Rig, command};

const SCHEMA: &str = "
create table users (id serial primary key, name text not null);
create table orders (id serial primary key, user_id int references users, item text);
create table lines (order_id int references orders, n int, twice int generated always as (n * 2) stored);
create table audit (id int generated always as identity, said text);
create function log_user() returns trigger language plpgsql as
$$ begin insert into audit (said) values (new.name); return new; end $$;
create trigger log_user after insert on users for each row execute function log_user();
";

#[allow(clippy::print_stderr)] // to whoever runs the tests
fn is_here(program: &str, package: &str) -> bool {
    let found = Command::new("sh")
        .args([
            "-c",
            &format!(
                "PATH=$PATH:$(echo /usr/lib/postgresql/*/bin | tr ' ' :) command -v {program}"
            ),
        ])
        .stdout(Stdio::null())
        .status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        eprintln!("NOT TESTED HERE: there is no {program} (apt-get install {package})");
    }
    found
}

fn postgres(seed: Vec<PathBuf>, reset: Option<Reset>) -> ServicePlan {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/stores/postgres.sh");
    let script = script.to_str().expect("a path that is text");
    let mut plan = command("db", &["sh", script]);
    plan.protocol = Protocol::Postgres(PostgresLogin {
        user: "shop".to_owned(),
        password: None,
        database: "postgres".to_owned(),
    });
    plan.ready.probe = ReadinessProbe::Protocol;
    plan.data = DataPlan { seed, reset };
    plan
}

fn write(rig: &Rig, name: &str, text: &str) -> PathBuf {
    let path = rig.path(name);
    std::fs::write(&path, text).expect("written");
    path
}

fn seed(rig: &Rig) -> Vec<PathBuf> {
    vec![
        write(rig, "schema.sql", SCHEMA),
        write(
            rig,
            "users.csv",
            "id,name\n1,Surya\n2,\"O'Hara, \"\"Jo\"\"\"\n",
        ),
        write(
            rig,
            "orders.json",
            r#"[{"id": 10, "user_id": 1, "item": "tea"}, {"id": 11, "user_id": 2}]"#,
        ),
        write(
            rig,
            "lines.sql",
            "insert into lines values (10, 1), (10, 2);",
        ),
    ]
}

fn database(environment: &Environment) -> Postgres {
    let url = &environment.variables()["db.url"];
    Postgres::at(url).expect("here")
}

async fn all(database: &Postgres) -> Vec<Vec<Option<String>>> {
    let everything = "select 'u', id::text, name, null from users union all select 'o', id::text, user_id::text, item from orders \
         union all select 'l', order_id::text, n::text, twice::text from lines union all select 'a', id::text, said, null from audit order by 1, 2, 3";
    let rows = database.run(everything, Limits::default()).await;
    rows.expect("the tables are there").rows
}

async fn change(database: &Postgres) {
    let changes = "insert into users (name) values ('Ada'); update orders set item = 'milk' where id = 10; \
         delete from lines where n = 1; create table if not exists later (id int); insert into later values (1)";
    let changed = database.run(changes, Limits::default()).await;
    changed.expect("ids go on after those of the seed");
}

async fn brings_back(reset: Reset) {
    if !is_here("postgres", "postgresql") {
        return;
    }
    let rig = Rig::new();
    let services = vec![postgres(seed(&rig), Some(reset))];
    let environment = rig.start(services).await.expect("it starts");
    let database = database(&environment);
    let data = environment.data();
    assert_eq!(data.services(), ["db"]);
    // What services do as they start belongs to it.
    let migration = "create table migrations (n int); insert into migrations values (1)";
    database
        .run(migration, Limits::default())
        .await
        .expect("made");
    let before = all(&database).await;
    assert_eq!(before.len(), 8, "{before:?}");
    data.reset("db").await.expect("kept");
    for _ in 0..4 {
        assert_eq!(all(&database).await, before);
        change(&database).await;
        assert_ne!(all(&database).await, before);
        let said = data.reset("db").await.expect("brought back");
        assert!(
            said.contains("brought back") || said.contains("copy"),
            "{said}"
        );
    }
    assert_eq!(all(&database).await, before);
    let rest = "select (select count(*) from migrations)::text || '/' || coalesce((select nextval('users_id_seq')), 0)::text";
    let rest = database.run(rest, Limits::default()).await.expect("there");
    assert_eq!(
        rest.first(),
        Some(Some("1/3")),
        "migrations stay, sequences stand where they stood"
    );
    environment.stop().await;
}

#[tokio::test]
async fn truncate_brings_back_rows_and_sequences() {
    brings_back(Reset::Truncate).await;
}

#[tokio::test]
async fn delete_brings_back_rows_and_sequences() {
    brings_back(Reset::Delete).await;
}

#[tokio::test]
async fn a_reset_does_without_the_connection_of_the_last_one() {
    if !is_here("postgres", "postgresql") {
        return;
    }
    let rig = Rig::new();
    let services = vec![postgres(seed(&rig), Some(Reset::Delete))];
    let environment = rig.start(services).await.expect("it starts");
    let (database, data) = (database(&environment), environment.data());
    data.reset("db").await.expect("kept");
    let before = all(&database).await;
    let end = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'rtest-reset'";
    for ended in ["0", "1", "1"] {
        let said = database.run(end, Limits::default()).await.expect("ended");
        assert_eq!(said.first(), Some(Some(ended)));
        change(&database).await;
        data.reset("db").await.expect("brought back all the same");
        assert_eq!(all(&database).await, before);
    }
    environment.stop().await;
}

#[tokio::test]
async fn template_brings_back_rows_and_sequences() {
    brings_back(Reset::Template).await;
}

#[tokio::test]
async fn a_template_takes_the_database_from_whoever_is_connected_and_leaves_nothing_behind() {
    if !is_here("postgres", "postgresql") {
        return;
    }
    let rig = Rig::new();
    let services = vec![postgres(seed(&rig), Some(Reset::Template))];
    let environment = rig.start(services).await.expect("it starts");
    let database = database(&environment);
    let data = environment.data();
    let mut pooled = database.session(Limits::default()).await.expect("it is up");
    data.reset("db").await.expect("kept");
    assert!(
        pooled.run("select 1").await.is_err(),
        "it has to connect anew"
    );
    // Somebody who connects again and again does not keep it from being replaced.
    let busy = tokio::spawn({
        let database = database.clone();
        async move {
            loop {
                let _ = database.run("select pg_sleep(10)", Limits::default()).await;
            }
        }
    });
    for _ in 0..5 {
        data.reset("db").await.expect("replaced all the same");
    }
    busy.abort();
    let made = "select count(*) from pg_database where datname like '%rtest%'";
    let elsewhere = database.with_database("template1");
    let made = elsewhere.run(made, Limits::default()).await.expect("up");
    assert_ne!(
        made.first(),
        Some(Some("0")),
        "there are copies while it runs"
    );
    environment.stop().await;
}

#[tokio::test]
async fn a_table_that_is_locked_is_named_as_the_reason() {
    if !is_here("postgres", "postgresql") {
        return;
    }
    let rig = Rig::new();
    let services = vec![postgres(seed(&rig), Some(Reset::Truncate))];
    let environment = rig.start(services).await.expect("it starts");
    let database = database(&environment);
    let data = environment.data();
    data.reset("db").await.expect("kept");
    change(&database).await;
    let mut other = database.session(Limits::default()).await.expect("it is up");
    other.run("begin").await.expect("begun");
    other
        .run("select * from users for update")
        .await
        .expect("held");
    let refused = data.reset("db").await.expect_err("it waits no longer");
    assert!(refused.contains("lock timeout"), "{refused}");
    other.run("rollback").await.expect("let go");
    data.reset("db").await.expect("free again");
    environment.stop().await;
}

#[tokio::test]
async fn a_seed_that_is_refused_is_told_with_its_place() {
    if !is_here("postgres", "postgresql") {
        return;
    }
    let rig = Rig::new();
    let broken = write(
        &rig,
        "broken.sql",
        "create table t (id int);\ninsert into u values (1);\n",
    );
    let said = rig.refused(vec![postgres(vec![broken], None)]).await;
    assert!(said.contains("broken.sql:2:13"), "{said}");
    assert!(said.contains("42P01"), "{said}");
    for (name, text, why) in [
        ("t.csv", "id\n1\n", "relation \"t\" does not exist"),
        ("t.json", "{}", "not an array of objects"),
        (
            "copy.sql",
            "create table t (id int);\nCOPY t (id) FROM stdin;\n1\n\\.\n",
            "--inserts",
        ),
    ] {
        let rig = Rig::new();
        let file = write(&rig, name, text);
        let said = rig.refused(vec![postgres(vec![file], None)]).await;
        assert!(said.contains(why), "{said}");
    }
}

#[tokio::test]
async fn a_redis_is_flushed() {
    if !is_here("redis-server", "redis-server") {
        return;
    }
    let rig = Rig::new();
    let mut cache = command(
        "cache",
        &[
            "sh",
            "-c",
            "exec redis-server --bind 127.0.0.1 --save '' --port $PORT",
        ],
    );
    cache.protocol = Protocol::Redis { password: None };
    cache.ready.probe = ReadinessProbe::Protocol;
    cache.data.reset = Some(Reset::Truncate);
    let cache = cache.in_dir(rig.dir.path());
    let environment = rig.start(vec![cache]).await.expect("it starts");
    let redis = Redis::at(&environment.variables()["cache.url"]).expect("here");
    let words = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
    let set = redis.command(&words("SET a 1"), Limits::default()).await;
    set.expect("set");
    environment.data().reset("cache").await.expect("flushed");
    let left = redis.command(&words("DBSIZE"), Limits::default()).await;
    assert_eq!(left.expect("counted"), 0);
    environment.stop().await;
}

#[tokio::test]
async fn a_service_without_a_reset_is_none_of_them_and_one_that_is_restarted_forgets() {
    let rig = Rig::new();
    let mut forgets = crate::rig::server("web");
    forgets.data.reset = Some(Reset::Restart);
    let services = vec![crate::rig::server("catalog"), forgets];
    let environment = rig.start(services).await.expect("it starts");
    let data = environment.data();
    assert_eq!(data.services(), ["web"]);
    let said = data.reset("web").await.expect("restarted");
    assert!(said.contains("ready again"), "{said}");
    assert!(data.reset("catalog").await.is_err());
    assert!(data.reset("nobody").await.is_err());
    environment.stop().await;
}

#[tokio::test]
async fn what_is_brought_back_is_settled_as_everything_comes_up_when_that_is_asked_for() {
    if !is_here("postgres", "postgresql") {
        return;
    }
    let rig = Rig::new();
    let migrates = "PATH=$PATH:$(echo /usr/lib/postgresql/*/bin | tr ' ' :); \
         psql -q \"$DB_URL\" -c 'create table if not exists migrations (n int)' -c 'insert into migrations values (1)' && $serve";
    let mut api = crate::rig::script("api", migrates)
        .after(&["db"])
        .http("/health");
    api.data.reset = Some(Reset::Restart);
    let direct = rtest_core::Template::parse("{{ db.url }}").expect("well formed");
    api.env = vec![("DB_URL".to_owned(), direct)];
    let db = postgres(seed(&rig), Some(Reset::Template));
    let mut setup = rig.setup(vec![db, api]);
    setup.settle = true;
    let environment = rig.start_setup(setup).await.expect("it starts");
    let database = database(&environment);
    let before = all(&database).await;
    change(&database).await;
    let said = environment.data().reset("db").await.expect("brought back");
    assert!(said.contains("copy"), "already the first: {said}");
    assert_eq!(all(&database).await, before);
    let migrations = "select count(*) from migrations";
    let migrations = database.run(migrations, Limits::default()).await;
    assert_eq!(
        migrations.expect("there").first(),
        Some(Some("1")),
        "what the service did as it started belongs to it, what it did when it was settled not"
    );
    environment.stop().await;
}

#[tokio::test]
async fn data_that_cannot_be_kept_ends_the_start() {
    let rig = Rig::new();
    let mut web = crate::rig::server("web");
    web.protocol = Protocol::Redis { password: None };
    web.data.reset = Some(Reset::Truncate);
    let mut setup = rig.setup(vec![web]);
    setup.settle = true;
    let error = rig.start_setup(setup).await.expect_err("it is no Redis");
    let said = error.diagnostic().to_string();
    assert!(said.contains("cannot be kept for resets"), "{said}");
    assert_eq!(crate::rig::left_of(&rig.run_id), [""; 0]);
}
