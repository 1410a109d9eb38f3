//! What services in containers use, on a real Docker engine with the images `redis:7` and
//! `postgres:15`.

use rtest_core::Template;
use rtest_core::event::{EventKind, ServiceState};
use rtest_core::plan::{Limit, PostgresLogin, Protocol, ReadinessProbe};
use rtest_core::usage::Quantity;
use rtest_store::{Limits, Postgres, Redis};

use crate::containers::{container, docker, has_docker, redis, service};
use crate::rig::{Placed as _, Rig, Seen};
use crate::usage::{until, watched};

#[tokio::test]
async fn memory_network_and_connections_of_a_cache_follow_what_is_done_to_it() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    let environment = watched(&rig, vec![redis("cache")]).await;
    let empty = until(&rig, "cache", Quantity::Memory, |bytes| bytes > 0.0).await;
    let address = environment.address("cache").expect("it is up");
    let cache = Redis::at(&format!("redis://{address}")).expect("an address");
    let words = ["SETRANGE", "key", "67108863", "x"].map(str::to_owned);
    cache
        .command(&words, Limits::default())
        .await
        .expect("64 MiB are kept");
    let full = until(&rig, "cache", Quantity::Memory, |bytes| bytes > empty + 5e7).await;
    assert!(full < 1e9, "in bytes: {full}");
    until(&rig, "cache", Quantity::UsedMemory, |bytes| bytes > 6.7e7).await;
    until(&rig, "cache", Quantity::NetworkIn, |bytes| bytes > 0.0).await;
    until(&rig, "cache", Quantity::NetworkOut, |bytes| bytes > 0.0).await;
    until(&rig, "cache", Quantity::Connections, |clients| {
        clients == 0.0
    })
    .await;
    let mut held = Vec::new();
    for _ in 0..7 {
        held.push(tokio::net::TcpStream::connect(address).await.expect("open"));
    }
    until(&rig, "cache", Quantity::Connections, |clients| {
        clients == 7.0
    })
    .await;
    environment.stop().await;
}

#[tokio::test]
async fn connections_of_a_database_are_counted_by_what_they_do_without_ours() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    let mut db = service("db", container("postgres:15", 5432));
    db.env = vec![("POSTGRES_PASSWORD".to_owned(), Template::literal("p@ss"))];
    db.protocol = Protocol::Postgres(PostgresLogin {
        user: "postgres".to_owned(),
        password: Some("p@ss".to_owned()),
        database: "postgres".to_owned(),
    });
    db.ready.probe = ReadinessProbe::Protocol;
    let environment = watched(&rig, vec![db.within(60_000)]).await;
    until(&rig, "db", Quantity::Connections, |count| count == 0.0).await;
    let server = Postgres::at(&environment.variables()["db.url"]).expect("a URL");
    let open = || server.session(Limits::default());
    let (mut holder, mut waiter) = (open().await.expect("in"), open().await.expect("in"));
    let held = "CREATE TABLE held (); BEGIN; LOCK TABLE held";
    for statement in held.split("; ") {
        holder.run(statement).await.expect("it runs");
    }
    let idle = Quantity::ConnectionsIdleInTransaction;
    until(&rig, "db", idle, |count| count == 1.0).await;
    let waits = async { waiter.run("SELECT * FROM held").await.map(drop) };
    let seen = async {
        until(&rig, "db", Quantity::ConnectionsWaiting, |count| {
            count == 1.0
        })
        .await;
        until(&rig, "db", Quantity::ConnectionsActive, |count| {
            count == 1.0
        })
        .await;
        until(&rig, "db", Quantity::Connections, |count| count == 2.0).await;
        holder.run("COMMIT").await.expect("it lets go");
    };
    let (waited, ()) = tokio::join!(waits, seen);
    waited.expect("it was let go");
    environment.stop().await;
}

#[tokio::test]
async fn a_container_that_is_held_back_or_killed_for_want_of_memory_is_seen_to_be() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    let mut plan = container("redis:7", 6379);
    plan.limit = Some(Limit {
        cpu_percent: Some(10),
        memory_bytes: Some(64 << 20),
    });
    let mut small = service("cache", plan);
    small.protocol = Protocol::Redis { password: None };
    small.ready.probe = ReadinessProbe::Protocol;
    let environment = watched(&rig, vec![small]).await;
    let name = format!("rtest-{}-cache", rig.run_id);
    let spin = "local s=0 for i=1,30000000 do s=s+i end return s";
    let spun = docker(&["exec", "-d", &name, "redis-cli", "EVAL", spin, "0"]);
    spun.expect("the engine runs it");
    until(&rig, "cache", Quantity::CpuThrottled, |share| share > 0.5).await;
    let eat = "redis.call('SETRANGE', 'key', 400000000, 'x')";
    docker(&["exec", "-d", &name, "redis-cli", "EVAL", eat, "0"]).expect("the engine runs it");
    rig.witness.until("cache exited").await;
    assert!(
        rig.witness.position("cache out of memory") < rig.witness.position("cache exited"),
        "{:?}",
        rig.witness.story()
    );
    let all = rig.witness.all();
    let is_exit = |seen: &Seen| {
        let Seen::Event(EventKind::Service { state, .. }) = seen else {
            return false;
        };
        matches!(state, ServiceState::Exited { .. })
    };
    let after = all.iter().position(is_exit).expect("it was told");
    let is_looked_at = |seen: &Seen| {
        let Seen::Event(EventKind::Usage(tick)) = seen else {
            return false;
        };
        !tick.services.is_empty()
    };
    assert!(!all[after..].iter().any(is_looked_at), "it is not there");
    environment.stop().await;
}
